"""Convolutions in TensorFlow's argument order: formats, ranks and shapes beyond what the ops' samples cover."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg


def normal(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=shape)


SPATIAL = {1: (7,), 2: (6, 5), 3: (4, 5, 3)}
FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    "attributes",
    [
        {"strides": 1, "padding": "SAME"},
        {"strides": 2, "padding": "VALID"},
        {"strides": 1, "padding": "SAME", "dilations": 2},
        {"strides": 2, "padding": "explicit"},
    ],
    ids=str,
)
def test_channels_first_is_channels_last_transposed(n: int, attributes: dict[str, Any]) -> None:
    x, filters = normal(2, *SPATIAL[n], 4), normal(*[2] * n, 2, 6, seed=1)
    last, first = FORMATS[n]
    pads = [[i, i + 1] for i in range(n)]
    in_last = dict(attributes, data_format=last)
    in_first = dict(attributes, data_format=first)
    if attributes["padding"] == "explicit":
        in_last["padding"] = [[0, 0], *pads, [0, 0]]
        in_first["padding"] = [[0, 0], [0, 0], *pads]
    wanted = tg.nn.convolution(x, filters, **in_last).numpy()
    got = tg.nn.convolution(np.moveaxis(x, -1, 1), filters, **in_first).numpy()
    np.testing.assert_allclose(np.moveaxis(got, 1, -1), wanted, rtol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("channels_first", [False, True])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_conv_transpose_is_the_gradient_of_the_convolution(
    n: int, channels_first: bool, padding: str
) -> None:
    data_format = FORMATS[n][channels_first]
    shape = (2, 3, *SPATIAL[n]) if channels_first else (2, *SPATIAL[n], 3)
    x, filters = tg.constant(normal(*shape)), tg.constant(normal(*[3] * n, 3, 4, seed=1))
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = tg.nn.convolution(x, filters, 2, padding, data_format)
    dy = tg.constant(normal(*y.shape, seed=2))
    wanted = tape.gradient(y, x, dy)
    got = tg.nn.conv_transpose(dy, filters, shape, 2, padding, data_format)
    np.testing.assert_allclose(got.numpy(), wanted.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_more_batch_axes(n: int) -> None:
    x, filters = normal(2, 3, *SPATIAL[n], 2), normal(*[2] * n, 2, 3, seed=1)
    run: Any = (tg.nn.conv1d, tg.nn.conv2d, tg.nn.conv3d)[n - 1]
    wanted = run(x.reshape(6, *x.shape[2:]), filters, 1, "VALID").numpy()
    got = run(x, filters, 1, "VALID")
    assert got.shape == (2, 3, *wanted.shape[1:])
    np.testing.assert_array_equal(got.numpy().reshape(wanted.shape), wanted)


@pytest.mark.parametrize(
    "shape", [(0, 4, 4, 4, 2), (1, 0, 4, 4, 2), (1, 1, 4, 4, 2), (2, 4, 1, 4, 2)], ids=str
)
def test_volumes_without_results_have_gradients_of_zero(shape: tuple[int, ...]) -> None:
    x, filters = tg.constant(np.ones(shape)), tg.constant(np.ones((2, 2, 2, 2, 3)))
    with tg.GradientTape() as tape:
        tape.watch([x, filters])
        y = tg.nn.conv3d(x, filters, 1, "VALID")
        total = tg.reduce_sum(y)
    assert y.numpy().size == 0
    dx, df = tape.gradient(total, [x, filters])
    assert dx.shape == shape
    assert not dx.numpy().any()
    assert not df.numpy().any()


def test_a_volume_of_many_planes_is_done_in_pieces() -> None:
    """More planes than are gathered at a time: the same numbers, forwards and backwards."""
    x, filters = normal(1, 40, 64, 64, 8).astype(np.float32), normal(3, 3, 3, 8, 2, seed=1).astype(np.float32)

    def run(values: Any, kernels: Any) -> list[np.ndarray[Any, Any]]:
        inputs = [tg.constant(values), tg.constant(kernels)]
        with tg.GradientTape() as tape:
            tape.watch(inputs)
            y = tg.nn.conv3d(inputs[0], inputs[1], 1, "SAME")
            total = tg.reduce_sum(y * y)
        return [y.numpy(), *(g.numpy() for g in tape.gradient(total, inputs))]

    whole = run(x, filters)
    for got, wanted in zip(whole, run(x.astype(np.float64), filters.astype(np.float64)), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=2e-5 * np.abs(wanted).max())


def test_depthwise_gradients_by_name() -> None:
    x, filter = tg.constant(normal(2, 5, 6, 3)), tg.constant(normal(3, 2, 3, 2, seed=1))
    with tg.GradientTape() as tape:
        tape.watch([x, filter])
        y = tg.nn.depthwise_conv2d(x, filter, [1, 2, 2, 1], "SAME")
    dy = tg.constant(normal(*y.shape, seed=2))
    dx, df = tape.gradient(y, [x, filter], dy)
    got = tg.nn.depthwise_conv2d_backprop_input(x.shape, filter, dy, [1, 2, 2, 1], "SAME")
    np.testing.assert_allclose(got.numpy(), dx.numpy(), rtol=1e-12)
    got = tg.nn.depthwise_conv2d_backprop_filter(x, filter.shape, dy, [1, 2, 2, 1], "SAME")
    np.testing.assert_allclose(got.numpy(), df.numpy(), rtol=1e-12)


def test_separable_conv2d_is_a_convolution_with_a_product_of_filters() -> None:
    x, depthwise, pointwise = normal(1, 5, 5, 2), normal(3, 3, 2, 2, seed=1), normal(1, 1, 4, 3, seed=2)
    got = tg.nn.separable_conv2d(x, depthwise, pointwise, [1, 1, 1, 1], "SAME")
    filters = np.einsum("hwcm,cmo->hwco", depthwise, pointwise[0, 0].reshape(2, 2, 3))
    np.testing.assert_allclose(got.numpy(), tg.nn.conv2d(x, filters, 1, "SAME").numpy(), rtol=1e-10)


def test_shapes_from_values_that_a_graph_does_not_know() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None, 3, 3, 2], tg.float64)])
    def larger(x: Any) -> Any:
        batch = tg.shape(x)[0]
        return tg.nn.conv2d_transpose(x, tg.ones([2, 2, 4, 2], tg.float64), tg.stack([batch, 6, 6, 4]), 2)

    assert larger(tg.ones([5, 3, 3, 2], tg.float64)).shape == (5, 6, 6, 4)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0103", lambda: tg.nn.convolution(tg.ones([1, 2]), tg.ones([1, 1]))),
        ("TG-0103", lambda: tg.nn.conv_transpose(tg.ones([1, 2]), tg.ones([1]), [1, 2], 1)),
        ("TG-0106", lambda: tg.nn.conv1d(tg.ones([1, 2, 1]), tg.ones([1, 1, 1]), 1, "SAME", data_format="NHWC")),
        ("TG-0106", lambda: tg.nn.conv1d(tg.ones([1, 2, 1]), tg.ones([1, 1, 1]), [1, 2], "SAME")),
        ("TG-0106", lambda: tg.nn.conv1d(tg.ones([1, 2, 1]), tg.ones([1, 1, 1]), 1, "FULL")),
        ("TG-0106", lambda: tg.nn.conv3d(tg.ones([1, 2, 2, 2, 1]), tg.ones([1, 1, 1, 1, 1]), [1, 1], "SAME")),
    ],
)  # fmt: skip
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError) as error:
        call()
    assert error.value.error_code == code
