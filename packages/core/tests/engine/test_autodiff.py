"""Gradients of functions equal gradients of what was run op by op; orders, tapes and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra.testing._random_graphs import arguments, program


def sum_of(results: list[Any]) -> Any:
    total = tg.reduce_sum(tg.sin(results[0]))
    for result in results[1:]:
        total = total + tg.reduce_sum(tg.sin(result))
    return total


def scalar(f: Callable[..., list[Any]]) -> Callable[..., Any]:
    return lambda *inputs: sum_of(f(*inputs))


def first_order(f: Callable[..., Any], inputs: tuple[Any, ...]) -> list[Any]:
    with tg.GradientTape() as tape:
        for x in inputs:
            tape.watch(x)
        y = f(*inputs)
    result: list[Any] = tape.gradient(y, list(inputs))
    return result


def second_order(f: Callable[..., Any], inputs: tuple[Any, ...]) -> list[Any]:
    with tg.GradientTape() as outer:
        for x in inputs:
            outer.watch(x)
        first = [g for g in first_order(f, inputs) if g is not None]
        total = sum_of(first)
    result: list[Any] = outer.gradient(total, list(inputs))
    return result


def close(results: list[Any], expected: list[Any], tolerance: float = 1e-9) -> None:
    assert [r is None for r in results] == [e is None for e in expected]
    for result, reference in zip(results, expected):
        if result is not None:
            np.testing.assert_allclose(result, reference, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs(seed: int) -> None:
    eager = program(seed, smooth=True)
    inputs = arguments(seed, 3, "float64")
    expected = first_order(scalar(eager), inputs)
    assert expected[0] is not None
    assert expected[2] is None
    # The function with what follows outside, all of it inside, and the gradient inside too.
    close(first_order(scalar(tg.function(eager)), inputs), expected)
    close(first_order(tg.function(scalar(eager)), inputs), expected)
    inside = tg.function(lambda x, row, unused: first_order(scalar(eager), (x, row, unused))[:2])
    close(list(inside(*inputs)), expected[:2])


@pytest.mark.parametrize("seed", range(15))
def test_random_graphs_twice(seed: int) -> None:
    eager = program(seed, smooth=True, steps=8)
    inputs = arguments(seed, 2, "float64")
    expected = second_order(scalar(eager), inputs)
    close(second_order(scalar(tg.function(eager)), inputs), expected, 1e-8)
    close(second_order(tg.function(scalar(eager)), inputs), expected, 1e-8)


CASES: dict[str, tuple[Callable[[Any], Any], Callable[[np.ndarray], list[np.ndarray]]]] = {
    # f, and its derivatives of orders 1 to 3
    "sin(exp(x))": (
        lambda x: tg.sin(tg.exp(x)),
        lambda x: [
            np.exp(x) * np.cos(np.exp(x)),
            np.exp(x) * np.cos(np.exp(x)) - np.exp(2 * x) * np.sin(np.exp(x)),
            np.exp(x) * np.cos(np.exp(x))
            - 3 * np.exp(2 * x) * np.sin(np.exp(x))
            - np.exp(3 * x) * np.cos(np.exp(x)),
        ],
    ),
    "x^4": (lambda x: tg.square(tg.square(x)), lambda x: [4 * x**3, 12 * x**2, 24 * x]),
    "exp(2x)": (
        lambda x: tg.exp(x) * tg.exp(x),
        lambda x: [2 * np.exp(2 * x), 4 * np.exp(2 * x), 8 * np.exp(2 * x)],
    ),
    "1/x": (lambda x: 1.0 / x, lambda x: [-(x**-2), 2 * x**-3, -6 * x**-4]),
    "x": (lambda x: tg.identity(x), lambda x: [np.ones_like(x)]),
}


@pytest.mark.parametrize("traced", ["eager", "function", "function of function"])
@pytest.mark.parametrize("name", CASES)
def test_higher_orders(name: str, traced: str) -> None:
    f, derivatives = CASES[name]
    g: Callable[[Any], Any] = f
    if traced == "function":
        g = tg.function(f)
    elif traced == "function of function":
        inner = tg.function(f)
        g = tg.function(lambda x: inner(x))
    x = np.array([0.3, -0.7, 1.1])
    tensor = tg.constant(x)
    expected = derivatives(x)

    def derive(order: int) -> Any:
        if order == 0:
            return g(tensor)
        with tg.GradientTape() as tape:
            tape.watch(tensor)
            y = derive(order - 1)
        return tape.gradient(y, tensor)

    for order, reference in enumerate(expected, start=1):
        np.testing.assert_allclose(derive(order), reference, rtol=1e-10, err_msg=f"order {order}")


def test_second_order_does_not_run_the_function_again() -> None:
    count = tg.Variable(0.0, trainable=False)
    v = tg.Variable(2.0, dtype=tg.float64)

    @tg.function
    def f(x: Any) -> Any:
        count.assign_add(1.0)
        return tg.sin(tg.exp(x) * v)

    x = tg.constant(0.5, tg.float64)
    with tg.GradientTape() as outer:
        outer.watch(x)
        with tg.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        dy = inner.gradient(y, x)
    v.assign(100.0)  # after the fact
    result = outer.gradient(dy, x)
    u = 2.0 * np.exp(0.5)
    np.testing.assert_allclose(result, u * np.cos(u) - u * u * np.sin(u), rtol=1e-12)
    assert count.numpy() == 1.0


def test_second_order_through_random_numbers_keeps_them() -> None:
    @tg.function
    def f(x: Any) -> Any:
        noise = tg.random.uniform([1000], 1.0, 2.0)
        return tg.reduce_sum(tg.exp(x * noise)), noise

    x = tg.constant(0.25)
    with tg.GradientTape() as outer:
        outer.watch(x)
        with tg.GradientTape() as inner:
            inner.watch(x)
            y, noise = f(x)
        dy = inner.gradient(y, x)
    n = noise.numpy().astype(np.float64)
    np.testing.assert_allclose(dy, np.sum(n * np.exp(0.25 * n)), rtol=1e-4)
    np.testing.assert_allclose(outer.gradient(dy, x), np.sum(n * n * np.exp(0.25 * n)), rtol=1e-4)


def test_variables_inside_a_function() -> None:
    v, w = tg.Variable([1.0, 2.0]), tg.Variable([3.0, 4.0], trainable=False)

    @tg.function
    def f(x: Any) -> Any:
        return tg.reduce_sum(v * v * w * x)

    with tg.GradientTape() as tape:
        y = f(tg.constant([10.0, 20.0]))
    assert [variable.ref() for variable in tape.watched_variables()] == [v.ref()]
    gradient, none = tape.gradient(y, [v, w])
    np.testing.assert_array_equal(gradient, [60.0, 320.0])
    assert none is None


def test_a_persistent_tape_answers_often() -> None:
    f = tg.function(lambda x: (tg.sin(x), tg.exp(x)))
    x = tg.constant(0.5)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        a, b = f(x)
        c = a * b
    for _ in range(2):
        np.testing.assert_allclose(tape.gradient(a, x), np.cos(0.5), rtol=1e-6)
        np.testing.assert_allclose(tape.gradient(b, x), np.exp(0.5), rtol=1e-6)
        np.testing.assert_allclose(tape.gradient(c, x), np.exp(0.5) * (np.cos(0.5) + np.sin(0.5)), rtol=1e-6)
    np.testing.assert_allclose(tape.gradient([a, b], x), np.cos(0.5) + np.exp(0.5), rtol=1e-6)
    np.testing.assert_allclose(
        tape.gradient(a, x, output_gradients=tg.constant(3.0)), 3 * np.cos(0.5), rtol=1e-6
    )


def test_sources_may_be_intermediates() -> None:
    f = tg.function(lambda x: tg.exp(x))
    x = tg.constant([1.0, 2.0])
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
        z = y * y + y
    np.testing.assert_allclose(tape.gradient(z, y), 2 * np.exp([1, 2]) + 1, rtol=1e-6)
    np.testing.assert_array_equal(tape.gradient(z, z), [1.0, 1.0])
    both = tape.gradient(z, [y, x])
    np.testing.assert_allclose(both[1], both[0] * y, rtol=1e-6)


@pytest.mark.parametrize("traced", [False, True])
def test_what_is_not_connected_gives_none(traced: bool) -> None:
    def run(x: Any, y: Any, z: Any) -> Any:
        return tg.exp(x) + tg.stop_gradient(tg.sin(y)) * x + tg.cast(tg.cast(z, tg.int32), tg.float32)

    f = tg.function(run) if traced else run
    x, y, z, other = (tg.constant(value) for value in (0.5, 1.0, 2.0, 3.0))
    with tg.GradientTape() as tape:
        for source in (x, y, z, other):
            tape.watch(source)
        result = f(x, y, z)
    dx, dy, dz, d_other = tape.gradient(result, [x, y, z, other])
    np.testing.assert_allclose(dx, np.exp(0.5) + np.sin(1.0), rtol=1e-6)
    assert (dy, dz, d_other) == (None, None, None)


@pytest.mark.parametrize("traced", [False, True])
def test_an_op_without_gradient_is_named(traced: bool) -> None:
    def run(x: Any) -> Any:
        return tg.range(x, 5.0, 1.0), tg.square(x)

    f = tg.function(run) if traced else run
    x = tg.constant(2.0)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        steps, square = f(x)
        behind = tg.reduce_sum(steps)
    assert tape.gradient(square, x).numpy() == 4.0
    for target in (steps, behind):
        with pytest.raises(tg.errors.UnimplementedError, match=r"\[range\].*TG-0113"):
            tape.gradient(target, x)


def test_a_whole_training_step_in_a_function_equals_eager_steps() -> None:
    generator = np.random.default_rng(4)
    x = tg.constant(generator.normal(size=(16, 3)).astype(np.float32))
    y = tg.constant(generator.normal(size=(16, 1)).astype(np.float32))

    def train(wrap: bool) -> list[np.ndarray]:
        w, b = tg.Variable(np.full((3, 1), 0.1, np.float32)), tg.Variable([0.0])

        def step(x: Any, y: Any) -> Any:
            with tg.GradientTape() as tape:
                loss = tg.reduce_mean(tg.square(tg.tanh(tg.matmul(x, w)) + b - y))
            for variable, gradient in zip((w, b), tape.gradient(loss, [w, b])):
                variable.assign_sub(0.1 * gradient)
            return loss

        run = tg.function(step) if wrap else step
        losses = [run(x[:size], y[:size]).numpy() for size in (16, 16, 8, 4, 16)]
        return [*losses, w.numpy(), b.numpy()]

    for traced, eager in zip(train(True), train(False)):
        np.testing.assert_allclose(traced, eager, rtol=1e-6, atol=1e-7)


def test_a_tape_that_is_left_by_an_error_is_stopped() -> None:
    x = tg.constant(1.0)
    with pytest.raises(ZeroDivisionError), tg.GradientTape() as tape:
        tape.watch(x)
        tg.exp(x) / (1 // 0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = tg.exp(x)
    np.testing.assert_allclose(tape.gradient(y, x), np.e, rtol=1e-6)


@pytest.mark.parametrize("traced", [False, True])
def test_what_is_not_watched_gives_none_beside_what_is(traced: bool) -> None:
    def run(x: Any, y: Any) -> Any:
        return x * y + tg.exp(y)

    f = tg.function(run) if traced else run
    x, y = tg.constant(2.0), tg.constant(3.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        z = f(x, y)
    dx, dy = tape.gradient(z, [x, y])
    assert (float(dx), dy) == (3.0, None)
