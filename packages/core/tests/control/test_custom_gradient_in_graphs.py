"""Graphs hold the gradients of tg.custom_gradient: tapes outside, branches, loops, saved models and higher orders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

F = tg.constant([2.0, 3.0])


@tg.custom_gradient
def triple(x: Any) -> Any:
    return x * 1.0, lambda dy: dy * 3.0


@tg.custom_gradient
def log1pexp(x: Any) -> Any:
    e = tg.exp(x)
    return tg.math.log(1 + e), lambda dy: dy * (1 - 1 / (1 + e))


def gradient(function: Any, x: Any) -> Any:
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x)


def branch(x: Any) -> Any:
    return tg.cond(x[0] > 0.0, lambda: triple(x), lambda: x)


def loop(x: Any) -> Any:
    return tg.while_loop(lambda i, _: i < 3, lambda i, v: (i + 1, triple(v)), (0, x))[1]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (triple, 3.0),
        (branch, 3.0),
        (loop, 27.0),
        (lambda x: tg.map_fn(triple, x), 3.0),
        (lambda x: tg.scan(lambda a, v: triple(a) + v, x, initializer=0.0)[1:], [3.0, 1.0]),
    ],
)
def test_in_branches_and_loops(function: Any, expected: Any) -> None:
    wanted = np.broadcast_to(np.float32(expected), (2,))
    np.testing.assert_array_equal(gradient(function, F), wanted)
    np.testing.assert_array_equal(gradient(tg.function(function), F), wanted)
    np.testing.assert_array_equal(tg.function(lambda x: gradient(function, x))(F), wanted)


def test_a_tape_outside_calls_the_graph_and_not_python() -> None:
    calls = []

    @tg.custom_gradient
    def counted(x: Any) -> Any:
        calls.append("f")

        def grad(dy: Any) -> Any:
            calls.append("grad")
            return dy * 5.0

        return x + 0.0, grad

    function = tg.function(lambda x: 2.0 * counted(x))
    for _ in range(3):
        assert gradient(function, tg.constant(1.0)).numpy() == 10.0
    assert calls == ["f", "grad"]


@pytest.mark.parametrize("function", [log1pexp, tg.function(log1pexp)])
def test_higher_orders_from_outside(function: Any) -> None:
    x = tg.constant(0.5, dtype=tg.float64)
    s = 1 / (1 + np.exp(-0.5))
    np.testing.assert_allclose(gradient(function, x), s, rtol=1e-12)
    second = gradient(lambda x: gradient(function, x), x)
    np.testing.assert_allclose(second, s * (1 - s), rtol=1e-12)
    inside = tg.function(lambda x: gradient(log1pexp, x))
    np.testing.assert_allclose(gradient(inside, x), s * (1 - s), rtol=1e-12)
    third = gradient(lambda x: gradient(inside, x), x)
    np.testing.assert_allclose(third, s * (1 - s) * (1 - 2 * s), rtol=1e-12)


def test_higher_orders_through_a_loop() -> None:
    def looped(x: Any) -> Any:
        return tg.while_loop(lambda i, _: i < 2, lambda i, v: (i + 1, log1pexp(v)), (0, x))[1]

    x = tg.constant(0.3, dtype=tg.float64)
    plain = gradient(lambda x: gradient(lambda x: log1pexp(log1pexp(x)), x), x)
    np.testing.assert_allclose(gradient(lambda x: gradient(tg.function(looped), x), x), plain, rtol=1e-12)
    both = tg.function(lambda x: gradient(lambda x: gradient(looped, x), x))
    np.testing.assert_allclose(both(x), plain, rtol=1e-12)


def test_forward_mode() -> None:
    function = tg.function(lambda x: triple(x) * 2.0)
    with tg.autodiff.ForwardAccumulator(F, tg.ones_like(F)) as accumulator:
        y = function(F)
    np.testing.assert_array_equal(accumulator.jvp(y), [6.0, 6.0])


def test_results_without_a_gradient_and_arguments_without_one() -> None:
    @tg.custom_gradient
    def f(a: Any, b: Any, n: Any) -> Any:
        return (a * b, n + 1, a + b), lambda da, dn, db: (da * 10.0 + db, None, None)

    x, y = tg.constant(2.0), tg.constant(3.0)
    function = tg.function(lambda a, b: f(a, b, tg.constant(4)))
    with tg.GradientTape() as tape:
        tape.watch([x, y])
        product, count, _ = function(x, y)
    assert (product.numpy(), count.numpy()) == (6.0, 5)
    dx, dy = tape.gradient(product, [x, y])
    assert dx.numpy() == 10.0
    assert dy is None


def test_variables() -> None:
    v = tg.Variable(3.0)

    @tg.custom_gradient
    def f(x: Any) -> Any:
        def grad(dy: Any, variables: Any) -> Any:
            assert variables == [v]
            return dy * 7.0, [dy * v * 11.0]

        return v * x, grad

    for function in (f, tg.function(f), tg.function(lambda x: tg.cond(x > 0.0, lambda: f(x), lambda: x))):
        x = tg.constant(2.0)
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        dx, dv = tape.gradient(y, [x, v])
        assert (y.numpy(), dx.numpy(), dv.numpy()) == (6.0, 7.0, 33.0)


def test_what_only_the_gradient_needs_does_not_run_without_one() -> None:
    @tg.custom_gradient
    def f(x: Any) -> Any:
        e = tg.erf(x)
        return x + 1.0, lambda dy: dy * e

    function = tg.function(lambda x: f(x) * 2.0)
    function(F)
    names = []
    _native.start_profile(1000)
    function(F)
    names.append({record[0] for record in _native.stop_profile()[0]})
    _native.start_profile(1000)
    value = gradient(function, F)
    names.append({record[0] for record in _native.stop_profile()[0]})
    np.testing.assert_allclose(value, 2.0 * tg.erf(F).numpy())
    assert "erf" not in names[0]
    assert "erf" in names[1]
    assert "with_gradient" not in names[0] | names[1]


def test_sizes_that_are_unknown() -> None:
    function = tg.function(log1pexp, input_signature=[tg.TensorSpec([None], tg.float64)])
    for size in (0, 2, 5):
        x = np.linspace(-1, 1, size)
        np.testing.assert_allclose(gradient(function, tg.constant(x)), 1 / (1 + np.exp(-x)), rtol=1e-12)


def test_saved_models_keep_the_gradient(tmp_path: Path) -> None:
    class Model(tg.Module):
        @tg.function(input_signature=[tg.TensorSpec([None], tg.float32)])
        def __call__(self, x: Any) -> Any:
            return tg.cond(tg.reduce_sum(x) > 0.0, lambda: triple(x) * 2.0, lambda: x)

    tg.saved_model.save(Model(), tmp_path / "model")
    loaded = tg.saved_model.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded(F), 2.0 * F.numpy())
    np.testing.assert_array_equal(gradient(loaded.__call__, F), [6.0, 6.0])


def test_a_gradient_function_that_fails_is_no_harm_until_a_gradient_is_taken() -> None:
    @tg.custom_gradient
    def f(x: Any) -> Any:
        def grad(dy: Any) -> Any:
            raise ValueError("not this one")

        return x * 2.0, grad

    function = tg.function(lambda x: f(x) + 1.0)
    np.testing.assert_array_equal(function(F), [5.0, 7.0])
    with pytest.raises(tg.errors.UnimplementedError, match="f raised ValueError: not this one.*TG-0760"):
        gradient(function, F)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-0760"):
        tg.function(lambda x: gradient(f, x))(F)


def test_recomputed_blocks_in_graphs() -> None:
    w = tg.Variable([[0.5, 0.25], [0.1, -0.3]])

    def block(x: Any) -> Any:
        return tg.sin(tg.matmul(tg.exp(x), w))

    x = tg.constant([[0.1, 0.2]])

    def step(f: Any) -> Any:
        def run(x: Any) -> Any:
            with tg.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            return [y, *tape.gradient(y, [x, w])]

        return run

    again = tg.recompute_grad(block)
    concrete = tg.function(step(again)).get_concrete_function(x)
    function = concrete._function
    ops = [function.node(index)[0] for index in range(function.num_nodes)]
    assert ops.count("exp") == 2  # they are not merged
    for run in (step(again), concrete, step(tg.function(again))):
        for value, expected in zip(run(x), step(block)(x), strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_the_op_refuses_what_does_not_fit() -> None:
    graph = _native.Graph("gradient")
    x = graph.add_input("x", F._dtype_number, (2,))
    function = _native.Function.create(graph, [x])
    for attributes in (
        {"results": 2, "sources": [1]},
        {"results": -1, "sources": [1]},
        {"results": 1, "sources": [0]},
        {"results": 0, "sources": [1, 1]},
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"TG-0106|TG-0513"):
            _native.execute("with_gradient", ([F, F],), {"gradient": function, **attributes})
    result = _native.execute("with_gradient", ([F, F],), {"gradient": function, "results": 1, "sources": [1]})
    np.testing.assert_array_equal(result, F)
