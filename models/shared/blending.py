"""Pictures without a target as a veil over others: more backdrops than were ever drawn.

A network that knows the backdrops of its training by heart takes unknown ones for objects. What is
mixed here stays true: a picture without a target is none in whatever way it is turned or mixed with
another such, and a target under a thin veil is still there.
"""

import numpy as np

SHARE = 0.4  # of the pictures that are mixed
VEIL = 0.35  # at most so much of the other picture over a target
EMPTY_VEIL = 0.5  # and over none


class Blending:
    """Mixes batches with the pictures of `images` that `empty` names by their numbers."""

    def __init__(self, images: np.ndarray, empty: np.ndarray, random: np.random.Generator):
        self._images = images
        self._empty = np.asarray(empty)
        self._random = random

    def __call__(self, pictures: np.ndarray, is_empty: np.ndarray) -> np.ndarray:
        """`pictures` uint8 (n, height, width, 3), some of them turned or mixed; bool (n,) says
        which of them have no target.
        """
        if len(self._empty) == 0:
            return pictures
        random = self._random
        turned = is_empty & (random.random(len(pictures)) < 0.5)
        pictures[turned] = np.rot90(pictures[turned], random.integers(1, 4), axes=(1, 2))
        mixed = np.flatnonzero(random.random(len(pictures)) < SHARE)
        others = np.sort(random.choice(self._empty, len(mixed)))
        most = np.where(is_empty[mixed], EMPTY_VEIL, VEIL)
        veil = (random.random(len(mixed)) * most).astype(np.float32)[:, None, None, None]
        pictures[mixed] = (1 - veil) * pictures[mixed] + veil * self._images[others]
        return pictures
