"""Forward-mode derivatives against differences and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg
from tensegra import autodiff


def test_product_with_the_jacobian_equals_differences() -> None:
    rng = np.random.default_rng(0)
    w, x, v = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=3)

    def f(x: np.ndarray) -> np.ndarray:
        return np.tanh(w @ x) * np.sum(x**2)

    point, direction = tg.constant(x), tg.constant(v)
    with autodiff.ForwardAccumulator(point, direction) as acc:
        y = tg.tanh(tg.linalg.matmul(tg.constant(w), point[:, None])[:, 0]) * tg.reduce_sum(point * point)
    step = 1e-6
    np.testing.assert_allclose(
        acc.jvp(y).numpy(), (f(x + step * v) - f(x - step * v)) / (2 * step), rtol=1e-7
    )


def test_several_primals_and_variables() -> None:
    a, b = tg.Variable([1.0, 2.0]), tg.constant([3.0, 4.0])
    tangents = {"a": tg.constant([1.0, 0.0]), "b": tg.constant([0.0, 1.0])}
    with autodiff.ForwardAccumulator({"a": a, "b": b}, tangents) as acc:
        y = a * b
        pair = [y, 2.0 * y]
    assert acc.jvp(y).numpy().tolist() == [3.0, 2.0]
    assert [each.numpy().tolist() for each in acc.jvp(pair)] == [[3.0, 2.0], [6.0, 4.0]]
    assert acc.jvp(b).numpy().tolist() == [0.0, 1.0]


def test_hessian_vector_product() -> None:
    x, v = tg.constant([1.0, 2.0, 3.0]), tg.constant([1.0, -1.0, 0.5])
    with autodiff.ForwardAccumulator(x, v) as acc:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = tg.reduce_prod(x) + tg.reduce_sum(x**3.0)
        gradient = tape.gradient(y, x)
    a, b, c = 1.0, 2.0, 3.0
    hessian = np.array([[6 * a, c, b], [c, 6 * b, a], [b, a, 6 * c]])
    np.testing.assert_allclose(acc.jvp(gradient).numpy(), hessian @ v.numpy(), rtol=1e-5)


def test_accumulators_nest() -> None:
    x = tg.constant(2.0)
    with autodiff.ForwardAccumulator(x, tg.constant(1.0)) as outer:
        with autodiff.ForwardAccumulator(x, tg.constant(1.0)) as inner:
            y = x**4.0
        first = inner.jvp(y)
    assert first.numpy() == pytest.approx(32.0)
    assert outer.jvp(first).numpy() == pytest.approx(48.0)


def test_in_a_function() -> None:
    @tg.function
    def product(x: tg.Tensor, v: tg.Tensor) -> tg.Tensor:
        with autodiff.ForwardAccumulator(x, v) as acc:
            y = tg.exp(x)
        return acc.jvp(y)

    np.testing.assert_allclose(
        product(tg.constant([0.0, 1.0]), tg.constant([2.0, 3.0])).numpy(), [2.0, 3.0 * np.e], rtol=1e-6
    )


def test_what_does_not_depend_on_the_primals() -> None:
    x = tg.constant(1.0)
    with autodiff.ForwardAccumulator(x, tg.constant(1.0)) as acc:
        other = tg.constant([5.0]) * 2.0
        whole = tg.cast(x, tg.int32)
    assert acc.jvp(other) is None
    assert acc.jvp(other, unconnected_gradients="zero").numpy().tolist() == [0.0]
    assert acc.jvp(whole) is None


def test_wrong_input() -> None:
    x = tg.constant([1.0, 2.0])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"shape of its primal.*TG-0105"):
        autodiff.ForwardAccumulator(x, tg.constant([1.0, 2.0, 3.0]))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0203"):
        autodiff.ForwardAccumulator(1.0, 1.0)
    with pytest.raises((ValueError, TypeError)):
        autodiff.ForwardAccumulator([x], x)
    acc = autodiff.ForwardAccumulator(x, x)
    with acc:
        pass
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0202"), acc:
        pass
