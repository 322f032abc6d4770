"""Random ops and initializers draw the numbers that TensorFlow draws for the same seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra.compat.v1 as tf


@pytest.mark.parametrize(
    ("function", "seed", "wanted"),
    [
        # Two ops of five numbers in an empty graph, run twice: the first two of each. Recorded from TensorFlow 2.15.1's
        # compat.v1.
        (
            tf.random_uniform,
            1,
            [
                [[0.8126964, 0.0785747], [0.0555441, 0.0186985]],
                [[0.9844202, 0.0061411], [0.5265721, 0.4002794]],
            ],
        ),
        (
            tf.random_uniform,
            1234,
            [
                [[0.1304712, 0.9760946], [0.1689806, 0.9725481]],
                [[0.0189629, 0.9528031], [0.7062043, 0.2965168]],
            ],
        ),
        (
            tf.random_normal,
            1,
            [
                [[0.3052047, 0.5671378], [0.281834, 2.3878284]],
                [[0.0068362, 0.1770824], [0.6641034, -0.9174425]],
            ],
        ),
        (
            tf.random_normal,
            1234,
            [
                [[-0.302002, 1.9954948], [-0.3236484, 1.857739]],
                [[-0.8229258, 2.6932025], [0.7987146, -0.2403256]],
            ],
        ),
    ],
)
def test_ops_are_numbered_in_their_graph(function: Any, seed: int, wanted: Any) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(seed)
        ops = [function([5]) for _ in range(2)]
        drawn = np.array([sess.run(ops) for _ in range(2)])
    np.testing.assert_allclose(drawn[:, :, :2], wanted, atol=2e-6)


@pytest.mark.parametrize(
    ("initializer", "matrix", "kernel"),
    [
        # Variables [4, 6] and [3, 3, 2, 5] made in this order with graph seed 1: their first numbers, recorded too.
        (
            tf.glorot_uniform_initializer(),
            [0.4844274, -0.6528694, 0.6067965],
            [-0.2743241, -0.2970658, -0.264902],
        ),
        (
            tf.glorot_normal_initializer(),
            [0.1551702, 0.2883406, 0.2127826],
            [0.0570874, -0.0625216, -0.0906607],
        ),
        (
            tf.keras.initializers.he_normal(),
            [0.2453456, 0.4559064, 0.3364389],
            [0.1068007, -0.1169672, -0.1696106],
        ),
        (
            tf.keras.initializers.he_uniform(),
            [0.7659468, -1.0322771, 0.9594296],
            [-0.5132134, -0.5557592, -0.4955862],
        ),
        (
            tf.variance_scaling_initializer(),
            [0.1734856, 0.3223745, 0.2378982],
            [0.0755195, -0.0827083, -0.1199328],
        ),
        (tf.orthogonal_initializer(), [0.1356617, -0.2934646, -0.173763], [0.0693705, 0.5539288, 0.5132488]),
        (
            tf.truncated_normal_initializer(),
            [0.3052047, 0.5671378, 0.4185227],
            [0.281834, -0.308662, -0.4475815],
        ),
        (
            tf.uniform_unit_scaling_initializer(),
            [0.5416062, -0.7299301, 0.6784192],
            [-0.3628967, -0.3929811, -0.3504324],
        ),
    ],
)
def test_initializers(initializer: Any, matrix: list[float], kernel: list[float]) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(1)
        made = [
            tf.get_variable("w", [4, 6], initializer=initializer),
            tf.get_variable("k", [3, 3, 2, 5], initializer=initializer),
        ]
        sess.run(tf.global_variables_initializer())
        values = sess.run(made)
    np.testing.assert_allclose(values[0].ravel()[:3], matrix, atol=1e-5)
    np.testing.assert_allclose(values[1].ravel()[:3], kernel, atol=1e-5)


def test_an_op_seed_alone_is_enough() -> None:
    drawn = []
    for _ in range(2):
        with tf.Graph().as_default(), tf.Session() as sess:
            drawn.append(sess.run(tf.random_uniform([3], seed=5)))
    np.testing.assert_array_equal(drawn[0], drawn[1])


def test_states_belong_to_a_session_and_are_shared_by_its_runs() -> None:
    with tf.Graph().as_default():
        x = tf.random_uniform([2], seed=5)
        y = x + 1.0
        with tf.Session() as sess:
            first, second = sess.run(x), sess.run(y) - 1.0
        with tf.Session() as sess:
            again = [sess.run(x), sess.run(x)]
    np.testing.assert_array_equal(first, again[0])
    np.testing.assert_allclose(second, again[1], atol=1e-6)
