from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg


@tg.custom_gradient
def log1pexp(x: Any) -> Any:
    e = tg.exp(x)

    def grad(upstream: Any) -> Any:
        return upstream * (1 - 1 / (1 + e))

    return tg.math.log(1 + e), grad


def test_the_gradient_given_is_the_one_used() -> None:
    x = tg.constant(100.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = log1pexp(x)
    # The gradient of the naive formula would be NaN here.
    assert tape.gradient(y, x).numpy() == 1.0


def test_higher_derivatives_go_through_it() -> None:
    x = tg.constant(0.5, dtype=tg.float64)
    with tg.GradientTape() as outer:
        outer.watch(x)
        with tg.GradientTape() as inner:
            inner.watch(x)
            y = log1pexp(x)
        dy = inner.gradient(y, x)
    sigmoid = 1 / (1 + np.exp(-0.5))
    np.testing.assert_allclose(dy, sigmoid, rtol=1e-12)
    np.testing.assert_allclose(outer.gradient(dy, x), sigmoid * (1 - sigmoid), rtol=1e-12)


def test_several_arguments_and_results() -> None:
    @tg.custom_gradient
    def f(pair: Any, *, scale: float) -> Any:
        a, b = pair
        return {"sum": scale * (a + b), "product": a * b}, lambda dproduct, dsum: [
            dproduct * 10.0,
            dsum * 100.0,
        ]

    a, b = tg.constant(2.0), tg.Variable(3.0)
    with tg.GradientTape() as tape:
        tape.watch(a)
        y = f((a, b), scale=2.0)
    assert (y["sum"].numpy(), y["product"].numpy()) == (10.0, 6.0)
    da, db = tape.gradient(y["sum"], [a, b])
    assert (da.numpy(), db.numpy()) == (0.0, 100.0)


def test_variables_get_gradients_too() -> None:
    v = tg.Variable(3.0)

    @tg.custom_gradient
    def f(x: Any) -> Any:
        y = v * x

        def grad(dy: Any, variables: Any) -> Any:
            assert variables == [v]
            return dy * 7.0, [dy * 11.0]

        return y, grad

    x = tg.constant(2.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    assert y.numpy() == 6.0
    dx, dv = tape.gradient(y, [x, v])
    assert (dx.numpy(), dv.numpy()) == (7.0, 11.0)


@tg.custom_gradient
def reversed_gradient(x: Any) -> Any:
    return x, lambda dy: -dy


def test_inside_of_a_function() -> None:
    @tg.function
    def gradient(x: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = 3.0 * reversed_gradient(x)
        return tape.gradient(y, x)

    assert gradient(tg.constant(1.0)).numpy() == -3.0


def test_from_outside_of_a_function_and_of_one_that_calls_it() -> None:
    inner = tg.function(lambda x: 3.0 * reversed_gradient(x))
    outer = tg.function(lambda x: {"y": 2.0 * inner(x)})
    x = tg.constant(1.0)
    for f, expected in ((inner, -3.0), (lambda x: outer(x)["y"], -6.0)):
        f(x)
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        assert y.numpy() == -expected
        assert tape.gradient(y, x).numpy() == expected

    @tg.function
    def gradient(x: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = outer(x)["y"]
        return tape.gradient(y, x)

    assert gradient(x).numpy() == -6.0


def test_wrong_functions_are_refused() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="only_y must return a pair.*TG-0305"):

        @tg.custom_gradient
        def only_y(x: Any) -> Any:
            return x

        only_y(tg.constant(1.0))

    @tg.custom_gradient
    def too_many(x: Any) -> Any:
        return x, lambda dy: (dy, dy)

    v = tg.Variable(1.0)

    @tg.custom_gradient
    def no_pair(x: Any) -> Any:
        return v * x, lambda dy, variables: dy

    x = tg.constant(1.0)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = too_many(x), no_pair(x)
    with pytest.raises(tg.errors.InvalidArgumentError, match="too_many.*2 for 1.*TG-0110"):
        tape.gradient(y, x)
    with pytest.raises(tg.errors.InvalidArgumentError, match="no_pair.*must return a pair.*TG-0305"):
        tape.gradient(z, x)
