"""Attention, morphology, moments, losses and counts, against NumPy and SciPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import scipy.special

import tensegra as tg


def normal(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=shape)


def check_gradients(function: Callable[..., Any], *arrays: np.ndarray[Any, Any]) -> None:
    """The gradients of a weighted sum of the result against central differences."""
    weights = np.random.default_rng(9).uniform(0.5, 1.5, function(*arrays).shape)
    tensors = [tg.constant(x) for x in arrays]
    with tg.GradientTape() as tape:
        tape.watch(tensors)
        total = tg.reduce_sum(function(*tensors) * weights)
    for which, gradient in enumerate(tape.gradient(total, tensors)):
        wanted = np.zeros(arrays[which].shape)
        for place in np.ndindex(wanted.shape):
            ends = []
            for sign in (1, -1):
                moved = [x.copy() for x in arrays]
                moved[which][place] += sign * 1e-5
                ends.append(float(tg.reduce_sum(function(*moved) * weights)))
            wanted[place] = (ends[0] - ends[1]) / 2e-5
        np.testing.assert_allclose(gradient.numpy(), wanted, rtol=1e-6, atol=1e-7)


def attention(q: Any, k: Any, v: Any, bias: Any) -> Any:
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]) + bias
    return scipy.special.softmax(scores, axis=-1) @ v


def test_attention() -> None:
    q, k, v = normal(2, 3, 4, 5), normal(2, 3, 6, 5, seed=1), normal(2, 3, 6, 2, seed=2)
    run = tg.nn.experimental.scaled_dot_product_attention
    np.testing.assert_allclose(run(q, k, v).numpy(), attention(q, k, v, 0), rtol=1e-12)
    mask = np.random.default_rng(3).random((2, 1, 4, 6)) < 0.6
    mask[..., 0] = True
    wanted = attention(q, k, v, np.where(mask, 0, -np.inf))
    np.testing.assert_allclose(run(q, k, v, mask).numpy(), wanted, rtol=1e-12)
    bias = normal(4, 6, seed=4)
    np.testing.assert_allclose(run(q, k, v, bias).numpy(), attention(q, k, v, bias), rtol=1e-12)
    ahead = np.where(np.tri(4, 6, dtype=bool), 0, -np.inf)
    np.testing.assert_allclose(run(q, k, v, causal=True).numpy(), attention(q, k, v, ahead), rtol=1e-12)
    got = run(q, k, v, scale=0.1).numpy()
    np.testing.assert_allclose(got, attention(q * 0.1 * np.sqrt(5), k, v, 0), rtol=1e-12)
    check_gradients(lambda *x: run(*x, causal=True), normal(2, 3), normal(4, 3, seed=1), normal(4, 2, seed=2))


def test_attention_of_a_query_that_sees_nothing_is_the_mean() -> None:
    v = normal(3, 2)
    got = tg.nn.experimental.scaled_dot_product_attention(v, v, v, np.zeros((3, 3), bool)).numpy()
    np.testing.assert_allclose(got, np.stack([v.mean(0)] * 3))


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_dilation_is_greyscale_dilation(padding: str) -> None:
    x, surface = normal(1, 7, 6, 2), normal(3, 2, 2, seed=1)
    got = tg.nn.dilation2d(x, surface, 1, padding, "NHWC", 1).numpy()
    for c in range(2):
        # SciPy turns the structure.
        whole = scipy.ndimage.grey_dilation(
            x[0, ..., c], structure=surface[::-1, ::-1, c], mode="constant", cval=-1e30, origin=0
        )
        wanted = whole if padding == "SAME" else whole[1:-1, :-1]
        np.testing.assert_allclose(got[0, ..., c], wanted)


def test_strided_and_dilated_dilation_and_erosion() -> None:
    x, surface = normal(2, 9, 8, 3), normal(2, 3, 3, seed=1)
    got = tg.nn.dilation2d(x, surface, [1, 2, 1, 1], "VALID", "NHWC", [1, 3, 2, 1]).numpy()
    wanted = np.full((2, 3, 4, 3), -np.inf)
    for i in range(2):
        for j in range(3):
            wanted = np.maximum(wanted, x[:, 3 * i : 3 * i + 5 : 2, 2 * j : 2 * j + 4] + surface[i, j])
    np.testing.assert_allclose(got, wanted)
    eroded = tg.nn.erosion2d(x, surface, [1, 2, 1, 1], "VALID", "NHWC", [1, 3, 2, 1]).numpy()
    turned = surface[::-1, ::-1]
    wanted = np.full((2, 3, 4, 3), np.inf)
    for i in range(2):
        for j in range(3):
            wanted = np.minimum(wanted, x[:, 3 * i : 3 * i + 5 : 2, 2 * j : 2 * j + 4] - turned[i, j])
    np.testing.assert_allclose(eroded, wanted)


def test_gradient_of_dilation() -> None:
    def run(x: Any, surface: Any) -> Any:
        return tg.nn.dilation2d(x, surface, 2, "SAME", "NHWC", 1)

    check_gradients(run, normal(1, 4, 5, 2), normal(2, 2, 2, seed=1))


def test_moments() -> None:
    x, weights = normal(3, 4, 5), np.random.default_rng(1).integers(0, 4, size=(3, 4, 5)).astype(float)
    statistics = tg.nn.sufficient_statistics(x, [0, -1], shift=0.5, keepdims=True)
    assert float(statistics[0]) == 15.0
    mean, variance = tg.nn.normalize_moments(*statistics)
    np.testing.assert_allclose(mean.numpy(), x.mean((0, 2), keepdims=True), rtol=1e-12)
    np.testing.assert_allclose(variance.numpy(), x.var((0, 2), keepdims=True), rtol=1e-10)
    mean, variance = tg.nn.weighted_moments(x, [0, 2], weights)
    repeated = [np.repeat(x[:, i].ravel(), weights[:, i].ravel().astype(int)) for i in range(4)]
    np.testing.assert_allclose(mean.numpy(), [r.mean() for r in repeated], rtol=1e-12)
    np.testing.assert_allclose(variance.numpy(), [r.var() for r in repeated], rtol=1e-12)
    mean, variance = tg.nn.weighted_moments(x, [1], np.arange(4.0)[:, None], keepdims=True)
    assert mean.shape == variance.shape == (3, 1, 5)
    np.testing.assert_allclose(mean.numpy()[:, 0], np.average(x, 1, np.arange(4.0)), rtol=1e-12)


def test_batch_norm_with_global_normalization() -> None:
    x, mean, beta, gamma = normal(1, 2, 2, 3), normal(3, seed=1), normal(3, seed=2), normal(3, seed=3)
    variance = np.array([0.5, 1.0, 2.0])
    unit = (x - mean) / np.sqrt(variance + 0.1)
    run = tg.nn.batch_norm_with_global_normalization
    np.testing.assert_allclose(run(x, mean, variance, beta, gamma, 0.1, True).numpy(), unit * gamma + beta)
    np.testing.assert_allclose(run(x, mean, variance, beta, gamma, 0.1, False).numpy(), unit + beta)


@pytest.mark.parametrize("radius", [0, 1, 2, 9])
def test_local_response_normalization(radius: int) -> None:
    x = normal(2, 3, 2, 5)
    wanted = np.zeros_like(x)
    for c in range(5):
        near = x[..., max(0, c - radius) : c + radius + 1]
        wanted[..., c] = x[..., c] / (1.5 + 0.3 * (near**2).sum(-1)) ** 0.75
    got = tg.nn.local_response_normalization(x, radius, 1.5, 0.3, 0.75)
    np.testing.assert_allclose(got.numpy(), wanted, rtol=1e-12)
    check_gradients(lambda y: tg.nn.lrn(y, radius, 1.5, 0.3, 0.75), normal(1, 1, 2, 4))


def test_losses() -> None:
    labels, logits, weight = np.array([0.0, 0.3, 1.0]), np.array([-2.0, 30.0, 0.5]), np.array([2.0, 0.5, 3.0])
    p = scipy.special.expit(logits)
    wanted = -labels * np.log(p) * weight - (1 - labels) * scipy.special.log_expit(-logits)
    got = tg.nn.weighted_cross_entropy_with_logits(labels, logits, weight)
    np.testing.assert_allclose(got.numpy(), wanted, rtol=1e-10)
    targets, log_input = np.array([0.0, 1.0, 2.0, 30.0]), normal(4)
    short = np.exp(log_input) - log_input * targets
    np.testing.assert_allclose(tg.nn.log_poisson_loss(targets, log_input).numpy(), short, rtol=1e-12)
    full = tg.nn.log_poisson_loss(targets, log_input, compute_full_loss=True).numpy() - short
    np.testing.assert_allclose(full[:2], 0.0, atol=1e-12)
    np.testing.assert_allclose(full[2:], scipy.special.gammaln(targets[2:] + 1), rtol=0.07)
    check_gradients(lambda t, x: tg.nn.log_poisson_loss(t, x, True), np.array([0.5, 3.0]), normal(2))
    losses = np.arange(6.0).reshape(3, 2)
    assert float(tg.nn.compute_average_loss(losses, [1, 0, 2])) == pytest.approx((1 + 2 * 9) / 3)
    assert float(tg.nn.compute_average_loss(2.0, global_batch_size=tg.constant(4))) == 0.5


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_in_top_k(dtype: str) -> None:
    scores = np.array(
        [[0.1, 0.4, 0.4, 0.1], [0.3, 0.2, 0.4, 0.1], [np.nan, 1.0, 2.0, 3.0], [1, 2, 3, 4]], dtype
    )
    targets = np.array([2, 3, 0, 7], np.int64)
    assert tg.nn.in_top_k(targets, scores, 1).numpy().tolist() == [True, False, False, False]
    assert tg.math.in_top_k(targets, scores, 4).numpy().tolist() == [True, True, False, False]


@pytest.mark.parametrize("dtype", ["float64", "int8", "uint16"])
def test_zero_fraction(dtype: str) -> None:
    assert float(tg.math.zero_fraction(np.array([[0, 1], [2, 0]], dtype))) == 0.5
    assert np.isnan(float(tg.nn.zero_fraction(np.zeros((0, 2), dtype))))


def test_crelu() -> None:
    x = normal(2, 3, 4)
    wanted = np.maximum(np.concatenate([x, -x], 1), 0)
    np.testing.assert_array_equal(tg.nn.crelu(x, axis=1).numpy(), wanted)


_X = np.ones((1, 4, 4, 1), np.float32)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0103", lambda: tg.nn.experimental.scaled_dot_product_attention([1.0], [[1.0]], [[1.0]])),
        ("TG-0105", lambda: tg.nn.experimental.scaled_dot_product_attention(np.ones((2, 3)), np.ones((2, 4)), [[1.0]])),
        ("TG-0103", lambda: tg.nn.dilation2d(_X[0], np.ones((2, 2, 1), np.float32), 1, "SAME", "NHWC", 1)),
        ("TG-0106", lambda: tg.nn.dilation2d(_X, np.ones((2, 2, 1), np.float32), 1, "SAME", "NCHW", 1)),
        ("TG-0106", lambda: tg.nn.erosion2d(_X, np.ones((2, 2, 1), np.float32), [1, 2, 3], "SAME", "NHWC", 1)),
        ("TG-0103", lambda: tg.nn.lrn(np.ones(3))),
        ("TG-0105", lambda: tg.nn.weighted_cross_entropy_with_logits([1.0], [[1.0]], 1.0)),
        ("TG-0103", lambda: tg.nn.compute_average_loss(1.0)),
        ("TG-0106", lambda: tg.nn.compute_average_loss([1.0], global_batch_size=2.5)),
    ],
)  # fmt: skip
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError) as error:
        call()
    assert error.value.error_code == code


def test_attention_whose_depth_a_graph_does_not_know() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None, None], tg.float32)])
    def run(x: Any) -> Any:
        return tg.nn.experimental.scaled_dot_product_attention(x, x, x)

    with pytest.raises(tg.errors.InvalidArgumentError) as error:
        run(tg.ones([2, 2]))
    assert error.value.error_code == "TG-0106"
