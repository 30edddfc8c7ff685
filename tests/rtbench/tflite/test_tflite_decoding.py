"""rtbench.tflite.decoding: the integer contract between network, host and firmware."""

import numpy as np
import pytest

from rtbench.tflite.decoding import (
    GRID,
    MAXIMUM_CANDIDATES,
    MAXIMUM_PERSONS,
    OVERLAP_256,
    decode,
    distance_multiplier,
    overlaps,
)

ZERO = -128
ONE_PIXEL = 1 << 16  # a multiplier with which a step is a sixteenth of a pixel


def tensors(*cells):
    """Scores and distances with (row, column, score, distance in steps) set, nothing elsewhere."""
    scores = np.full((GRID, GRID, 1), -128, np.int8)
    distances = np.full((GRID, GRID, 4), ZERO, np.int8)
    for row, column, score, steps in cells:
        scores[row, column, 0] = score
        distances[row, column] = np.array(steps) + ZERO
    return scores, distances


def found(*cells, threshold=0, multiplier=ONE_PIXEL):
    scores, distances = tensors(*cells)
    return decode(scores, distances, threshold, multiplier, ZERO)


def test_box_is_the_middle_of_the_cell_and_the_four_distances():
    (person,) = found((5, 3, 100, (16, 32, 48, 64)))
    x, y = (3 * 4 + 2) * 16, (5 * 4 + 2) * 16
    assert person.box == (x - 16, y - 32, x + 48, y + 64)
    assert person.pixels == (13.0, 20.0, 17.0, 26.0)
    assert person.probability == 228 / 256


def test_multiplier_rounds_to_the_nearest_sixteenth():
    assert distance_multiplier(1 / 256) == 1 << 16
    (person,) = found((5, 5, 1, (1, 2, 3, 4)), multiplier=1 << 15)
    x = (5 * 4 + 2) * 16
    # Halves go up: (1 + 1) >> 1, (2 + 1) >> 1, (3 + 1) >> 1, (4 + 1) >> 1.
    assert person.box == (x - 1, x - 1, x + 2, x + 2)


def test_box_is_cut_at_the_picture():
    (person,) = found((0, 23, 5, (40, 200, 255, 40)))
    assert person.box == ((23 * 4 + 2) * 16 - 40, 0, 96 * 16, 2 * 16 + 40)


def test_score_below_the_threshold_is_nobody():
    cell = (5, 5, 7, (50, 50, 50, 50))
    assert len(found(cell, threshold=7)) == 1
    assert found(cell, threshold=8) == []


def test_of_equal_neighbours_the_first_in_row_major_order_is_the_peak():
    size = (50, 50, 50, 50)
    (person,) = found((5, 6, 9, size), (6, 5, 9, size), (6, 6, 9, size))
    assert person.box[0] == (6 * 4 + 2) * 16 - 50
    assert person.box[1] == (5 * 4 + 2) * 16 - 50


def test_greater_neighbour_takes_the_peak():
    size = (50, 50, 50, 50)
    (person,) = found((5, 5, 9, size), (6, 6, 10, size))
    assert person.score == 10


def test_peaks_two_cells_apart_are_two_persons_if_their_boxes_are_apart():
    narrow = (30, 100, 30, 100)
    assert len(found((5, 5, 9, narrow), (5, 7, 10, narrow))) == 2
    wide = (255, 255, 255, 255)
    assert len(found((5, 5, 9, wide), (5, 7, 10, wide))) == 1


def test_surest_person_comes_first_and_keeps_its_box():
    wide = (255, 255, 255, 255)
    (person,) = found((5, 5, 9, wide), (5, 7, 10, wide))
    assert person.score == 10
    several = found(*((2 * i, 2 * i, i, (8, 8, 8, 8)) for i in range(1, 8)))
    assert [person.score for person in several] == [7, 6, 5, 4, 3, 2, 1]


def test_overlap_is_compared_with_integers():
    a = (0, 0, 256, 100)
    # Shifted by s, the shared part is (256 - s) of a union of (256 + s).
    limit = next(s for s in range(256) if (256 - s) * 256 <= OVERLAP_256 * (256 + s))
    assert overlaps(a, (limit - 1, 0, 256 + limit - 1, 100))
    assert not overlaps(a, (limit, 0, 256 + limit, 100))
    assert not overlaps(a, (256, 0, 512, 100))


def test_box_without_area_is_nobody():
    assert found((5, 5, 50, (0, 0, 0, 0))) == []


def test_neither_candidates_nor_persons_exceed_their_number():
    cells = [(r, c, 1, (4, 4, 4, 4)) for r in range(0, GRID, 2) for c in range(0, GRID, 2)]
    assert len(cells) > MAXIMUM_CANDIDATES > MAXIMUM_PERSONS
    assert len(found(*cells)) == MAXIMUM_PERSONS
    # The first MAXIMUM_CANDIDATES are without area: nobody is left of the later ones.
    cells = [
        (r, c, 1, (0, 0, 0, 0) if number < MAXIMUM_CANDIDATES else (4, 4, 4, 4))
        for number, (r, c, _, _) in enumerate(cells)
    ]
    assert found(*cells) == []


def test_products_stay_within_32_bits():
    edge = 96 * 16
    assert 2 * edge * edge * OVERLAP_256 < 1 << 31
    assert edge * edge * 256 < 1 << 31
    assert 255 * distance_multiplier(6 / 255) + (1 << 15) < 1 << 31


def test_tensors_of_another_type_or_size_are_refused():
    scores, distances = tensors()
    with pytest.raises(ValueError, match="scores must be int8 of 24x24, not float32"):
        decode(scores.astype(np.float32), distances, 0, 1, 0)
    with pytest.raises(ValueError, match="boxes must be int8 of 24x24x4"):
        decode(scores, distances[:5], 0, 1, 0)
    with pytest.raises(ValueError, match="threshold must be -128 to 127, not 128"):
        decode(scores, distances, 128, 1, 0)
