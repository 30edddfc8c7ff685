"""rtbench.scenes.sequence: persons keep their identity and move as persons do."""

from math import hypot

import pytest

from rtbench.scenes import Scene, render
from rtbench.scenes.sequence import FRAME_RATE, sequence


def test_camera_backdrop_and_light_stay_while_the_noise_changes():
    frames = sequence(1, frames=12)
    assert len({str((f.camera, f.backdrop, f.light)) for f in frames}) == 1
    assert len({f.optics.noise_seed for f in frames}) == 12
    assert [f.frame for f in frames] == list(range(12))


def test_identities_stay_with_the_person():
    looks = {}
    for frame in sequence(4, frames=40, persons=5):
        for thing in frame.things:
            look = (thing.style, str(thing.colours), thing.size_m, thing.seed)
            assert looks.setdefault(thing.identity, look) == look
    assert set(looks) <= {1, 2, 3, 4, 5}
    assert len(looks) >= 3


@pytest.mark.parametrize("seed", range(6))
def test_nobody_moves_faster_than_a_walk_or_jumps(seed):
    before = {}
    for frame in sequence(seed, frames=50):
        now = {thing.identity: (thing.x_m, thing.y_m) for thing in frame.things}
        for identity in now.keys() & before.keys():
            (x0, y0), (x1, y1) = before[identity], now[identity]
            assert hypot(x1 - x0, y1 - y0) <= 1.75 / FRAME_RATE
        before = now


def test_persons_enter_and_leave_over_some_sequences():
    counts = [
        [len(render(frame).truth.persons) for frame in sequence(seed, frames=40)[::4]]
        for seed in range(4)
    ]
    assert any(min(row) < max(row) for row in counts)
    assert max(map(max, counts)) >= 2


def test_frame_of_a_sequence_goes_through_json():
    frame = sequence(2, "test", frames=10)[9]
    again = Scene.from_json(frame.to_json())
    assert render(again).image.tobytes() == render(frame).image.tobytes()


def test_number_of_frames_must_be_positive():
    with pytest.raises(ValueError, match="frames must be 1 or more, not 0"):
        sequence(0, frames=0)
