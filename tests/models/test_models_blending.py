"""models.shared.blending: mixed pictures still show what they are said to show."""

import numpy as np

from models.shared.blending import EMPTY_VEIL, SHARE, VEIL, Blending


def blending(images, empty, seed=0):
    return Blending(images, np.array(empty, int), np.random.default_rng(seed))


def test_a_target_stays_upright_under_at_most_the_veil():
    images = np.zeros((64, 4, 4, 3), np.uint8)
    images[:32, 0] = 200  # targets: bright above, the others black
    mix = blending(images, range(32, 64))
    mixed = mix(images[:32].copy(), np.zeros(32, bool))
    assert (mixed[:, 1:] == 0).all()
    assert (mixed[:, 0] >= int(200 * (1 - VEIL))).all()
    changed = (mixed[:, 0] < 200).any(axis=(1, 2))
    assert 0.5 * SHARE < changed.mean() < 1.5 * SHARE


def test_pictures_without_a_target_are_turned_and_mixed_among_themselves():
    images = np.zeros((64, 4, 4, 3), np.uint8)
    images[::2, 0] = 200
    mixed = blending(images, range(64))(images.copy(), np.ones(64, bool))
    assert (mixed[:, -1] > 0).any() or (mixed[:, 1:3, -1] > 0).any(), "none was turned"
    assert mixed.max() <= 200
    assert (mixed[1::2].max(axis=(1, 2, 3)) <= 200 * EMPTY_VEIL + 1).all()


def test_without_a_picture_to_mix_in_nothing_changes():
    images = np.full((4, 4, 4, 3), 9, np.uint8)
    assert (blending(images, [])(images.copy(), np.zeros(4, bool)) == images).all()


def test_the_same_seed_mixes_the_same():
    images = np.random.default_rng(1).integers(0, 256, (32, 4, 4, 3), np.uint8)
    empty = np.arange(32) % 2 == 0
    one, other = (blending(images, np.flatnonzero(empty))(images.copy(), empty) for _ in range(2))
    assert (one == other).all()
