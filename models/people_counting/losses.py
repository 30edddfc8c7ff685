"""The two losses: penalty-reduced focal loss for the scores, overlap loss for the boxes.

Sources: X. Zhou et al., "Objects as Points", 2019 (scores); J. Yu et al., "UnitBox", 2016 (overlap
of boxes given as distances from a point inside).
"""

import tensorflow as tf

_TINY = 1e-4


def score_loss(truth: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """`truth` is heat and weight; 1.0 of heat is the middle of a person."""
    heat, weight = truth[..., 0:1], truth[..., 1:2]
    scores = tf.clip_by_value(scores, _TINY, 1 - _TINY)
    middle = tf.cast(heat > 0.999, tf.float32)
    hit = -middle * (1 - scores) ** 2 * tf.math.log(scores)
    miss = -(1 - middle) * (1 - heat) ** 4 * scores**2 * tf.math.log(1 - scores)
    return tf.reduce_sum(weight * (hit + miss)) / tf.maximum(tf.reduce_sum(middle), 1.0)


def box_loss(truth: tf.Tensor, distances: tf.Tensor) -> tf.Tensor:
    """One minus the overlap, where a box is known."""
    weight, wanted = truth[..., 0], truth[..., 1:]
    shared = tf.minimum(wanted, distances)
    wide, high = shared[..., 0] + shared[..., 2], shared[..., 1] + shared[..., 3]
    intersection = wide * high
    union = _area(wanted) + _area(distances) - intersection
    overlap = intersection / tf.maximum(union, _TINY)
    # A distance that fell to zero has no slope left; the absolute error brings it back.
    error = tf.reduce_mean(tf.abs(wanted - distances), axis=-1)
    loss = weight * (1 - overlap + 0.3 * error)
    return tf.reduce_sum(loss) / tf.maximum(tf.reduce_sum(weight), 1.0)


def _area(distances: tf.Tensor) -> tf.Tensor:
    return (distances[..., 0] + distances[..., 2]) * (distances[..., 1] + distances[..., 3])
