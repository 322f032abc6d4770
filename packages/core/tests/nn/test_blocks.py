"""Moves between space, channels and batch, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg


def places(x: np.ndarray[Any, Any], block: int) -> np.ndarray[Any, Any]:
    """space_to_depth, place by place."""
    batch, height, width, channels = x.shape
    out = np.zeros((batch, height // block, width // block, block * block * channels), x.dtype)
    for i in range(block):
        for j in range(block):
            first = (i * block + j) * channels
            out[..., first : first + channels] = x[:, i::block, j::block]
    return out


@pytest.mark.parametrize("dtype", ["float32", "int8", "bool", "complex64"])
def test_space_to_depth_and_back(dtype: str) -> None:
    x = np.random.default_rng(0).integers(0, 2, size=(2, 4, 6, 3)).astype(dtype)
    deep = tg.nn.space_to_depth(x, 2)
    np.testing.assert_array_equal(deep.numpy(), places(x, 2))
    np.testing.assert_array_equal(tg.nn.depth_to_space(deep, 2).numpy(), x)
    first = np.moveaxis(x, -1, 1)
    moved = tg.nn.space_to_depth(first, 2, data_format="NCHW")
    np.testing.assert_array_equal(np.moveaxis(moved.numpy(), 1, -1), places(x, 2))
    np.testing.assert_array_equal(tg.nn.depth_to_space(moved, 2, data_format="NCHW").numpy(), first)


def test_space_to_batch_takes_every_nth_place() -> None:
    x = np.random.default_rng(1).normal(size=(2, 5, 6, 3))
    y = tg.space_to_batch(x, [2, 3], [[1, 0], [0, 0]])
    padded = np.pad(x, [(0, 0), (1, 0), (0, 0), (0, 0)])
    wanted = np.concatenate([padded[:, i::2, j::3] for i in range(2) for j in range(3)])
    np.testing.assert_array_equal(y.numpy(), wanted)
    np.testing.assert_array_equal(tg.batch_to_space(y, [2, 3], [[1, 0], [0, 0]]).numpy(), x)
    np.testing.assert_array_equal(
        tg.batch_to_space(y, [2, 3], [[2, 1], [1, 2]]).numpy(), padded[:, 2:-1, 1:-2]
    )


def test_one_size_for_all_axes() -> None:
    x = np.arange(32).reshape(1, 4, 4, 2)
    np.testing.assert_array_equal(
        tg.nn.space_to_batch(x, 2, [[0, 0], [0, 0]]).numpy(),
        tg.space_to_batch_nd(x, [2, 2], [[0, 0], [0, 0]]).numpy(),
    )


def test_sizes_that_a_graph_does_not_know() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None, None, 4, 3], tg.float32)])
    def back(x: Any) -> Any:
        y = tg.nn.depth_to_space(tg.nn.space_to_depth(x, 2), 2)
        return tg.batch_to_space(tg.space_to_batch(y, [2, 2], [[2, 0], [1, 1]]), [2, 2], [[2, 0], [1, 1]])

    x = np.random.default_rng(2).normal(size=(2, 6, 4, 3)).astype(np.float32)
    np.testing.assert_array_equal(back(tg.constant(x)).numpy(), x)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_with_space_to_batch_is_a_dilated_convolution(padding: str) -> None:
    random = np.random.default_rng(3)
    x, filters = random.normal(size=(2, 7, 8, 2)), random.normal(size=(3, 2, 2, 4))

    def op(images: Any, spatial: int, pad: str) -> Any:
        assert spatial == 2
        return tg.nn.conv2d(images, filters, 1, pad)

    got = tg.nn.with_space_to_batch(x, [2, 3], padding, op, filter_shape=[3, 2])
    wanted = tg.nn.conv2d(x, filters, 1, padding, dilations=[2, 3])
    np.testing.assert_allclose(got.numpy(), wanted.numpy(), rtol=1e-12)


def test_gradients_move_back() -> None:
    x = tg.constant(np.random.default_rng(4).normal(size=(1, 4, 4, 2)))
    weights = np.random.default_rng(5).normal(size=(4, 2, 2, 2))
    with tg.GradientTape() as tape:
        tape.watch(x)
        total = tg.reduce_sum(tg.space_to_batch(x, [2, 2], [[0, 0], [0, 0]]) * weights)
    wanted = tg.batch_to_space(weights, [2, 2], [[0, 0], [0, 0]]).numpy()
    np.testing.assert_allclose(tape.gradient(total, x).numpy(), wanted)


_X = np.ones((1, 4, 4, 1), np.float32)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0103", lambda: tg.nn.space_to_depth(np.ones((4, 4)), 2)),
        ("TG-0105", lambda: tg.nn.space_to_depth(_X, 3)),
        ("TG-0105", lambda: tg.nn.depth_to_space(_X, 2)),
        ("TG-0106", lambda: tg.nn.space_to_depth(_X, 0)),
        ("TG-0106", lambda: tg.nn.space_to_depth(_X, 2, data_format="NHW")),
        ("TG-0103", lambda: tg.space_to_batch(np.ones(4), [2], [[0, 0]])),
        ("TG-0105", lambda: tg.space_to_batch(_X, [3, 1], [[0, 0], [0, 0]])),
        ("TG-0105", lambda: tg.batch_to_space(_X, [2, 1], [[0, 0], [0, 0]])),
        ("TG-0106", lambda: tg.space_to_batch(_X, [2, 2], [[0, 0]])),
        ("TG-0106", lambda: tg.space_to_batch(_X, [2, 2], [[0, 0], [0, -2]])),
        ("TG-0106", lambda: tg.batch_to_space(_X, [1, 1], [[0, 0], [3, 2]])),
        ("TG-0106", lambda: tg.nn.with_space_to_batch(_X, [2, 2], "FULL", None)),
        ("TG-0106", lambda: tg.nn.with_space_to_batch(_X, [2, 2], "SAME", None)),
        ("TG-0106", lambda: tg.nn.with_space_to_batch(_X, [2, 2], "VALID", None, spatial_dims=[1])),
    ],
)  # fmt: skip
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError) as error:
        call()
    assert error.value.error_code == code
