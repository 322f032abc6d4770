"""tg.gradients and tg.hessians against tapes and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

X = tg.constant([0.3, -0.7, 1.1], dtype=tg.float64)


def taped(f: Any, x: Any, order: int = 1) -> Any:
    if order > 1:
        return taped(lambda v: taped(f, v), x, order - 1)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


def in_graph(f: Any, order: int = 1) -> Any:
    @tg.function
    def run(x: Any) -> Any:
        y = f(x)
        for _ in range(order):
            y = tg.gradients(y, x)[0]
        return y

    return run


def cubed(x: Any) -> Any:
    return x * x * x * tg.sin(x)


def branching(x: Any) -> Any:
    return tg.cond(tg.reduce_sum(x) > 0.0, lambda: tg.sin(x) * x, lambda: x * x)


def looping(x: Any) -> Any:
    return tg.while_loop(lambda i, _: i < 3, lambda i, v: (i + 1, tg.sin(v) * x), (0, x))[1]


def scanning(x: Any) -> Any:
    return tg.scan(lambda a, v: a * v + tg.cos(v), x, initializer=tg.constant(1.0, tg.float64))


@tg.custom_gradient
def scaled(x: Any) -> Any:
    return x * x, lambda dy: dy * tg.sin(x) * 3.0


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("f", [cubed, branching, looping, scanning, scaled])
def test_as_tapes(f: Any, order: int) -> None:
    np.testing.assert_allclose(in_graph(f, order)(X), taped(f, X, order), rtol=1e-10)


@pytest.mark.parametrize("f", [cubed, branching, looping])
def test_tapes_around_and_outside(f: Any) -> None:
    second = taped(f, X, 2)
    np.testing.assert_allclose(taped(in_graph(f), X), second, rtol=1e-10)

    @tg.function
    def around(x: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = tg.gradients(f(x), x)[0]
        return tape.gradient(y, x)

    np.testing.assert_allclose(around(X), second, rtol=1e-10)

    @tg.function
    def inside(x: Any) -> Any:
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tg.gradients(tape.gradient(y, x), x)[0]

    np.testing.assert_allclose(inside(X), second, rtol=1e-10)


def test_of_several_with_weights_and_with_respect_to_several() -> None:
    v = tg.Variable([2.0, 3.0])

    @tg.function
    def run(x: Any) -> Any:
        y, z = x * v, tg.reduce_sum(x * x)
        m = x * 2.0
        return (
            tg.gradients([y, z], [x, v]),
            tg.gradients([y, z], [x, v], grad_ys=[tg.constant([10.0, 100.0]), None]),
            tg.gradients(m * x, [m, x]),
            tg.gradients(y, x, grad_ys=[[1.0, 5.0]]),
        )

    x = tg.constant([5.0, 7.0])
    plain, weighted, middle, one = run(x)
    np.testing.assert_allclose(plain[0], [12.0, 17.0])
    np.testing.assert_allclose(plain[1], [5.0, 7.0])
    np.testing.assert_allclose(weighted[0], [30.0, 314.0])
    np.testing.assert_allclose(weighted[1], [50.0, 700.0])
    np.testing.assert_allclose(middle[0], [5.0, 7.0])
    np.testing.assert_allclose(middle[1], [20.0, 28.0])
    np.testing.assert_allclose(one[0], [2.0, 15.0])


def test_nothing_flows_through_what_is_stopped() -> None:
    @tg.function
    def run(x: Any) -> Any:
        a = x * x
        b = a * x
        return (
            tg.gradients(b, [x, a], stop_gradients=[a]),
            tg.gradients(b, x, stop_gradients=x),
            tg.gradients(b, x, stop_gradients=[b], unconnected_gradients="zero"),
        )

    stopped, through, nothing = run(tg.constant(3.0))
    assert [value.numpy() for value in stopped] == [9.0, 3.0]
    assert through[0].numpy() == 27.0
    assert nothing[0].numpy() == 0.0


def test_what_does_not_matter() -> None:
    v = tg.Variable([1.0, 2.0])

    @tg.function
    def run(x: Any, z: Any) -> Any:
        y = x * 2.0
        assert tg.gradients(y, [z, v, tg.constant(1.0)]) == [None, None, None]
        assert tg.gradients(y, z, stop_gradients=[]) == [None]
        kind = tg.UnconnectedGradients.ZERO
        return tg.gradients(y, [z, v], unconnected_gradients=kind)

    zeros = run(tg.constant(1.0), tg.constant([[1.0]]))
    assert [value.numpy().tolist() for value in zeros] == [[[0.0]], [0.0, 0.0]]


def test_tensors_made_outside() -> None:
    outside = tg.constant([2.0, 3.0])
    large = tg.ones([2000])

    @tg.function
    def run() -> Any:
        y = outside * outside * outside
        return tg.gradients([y, large * 3.0], [outside, large])

    small, big = run()
    np.testing.assert_allclose(small, [12.0, 27.0])
    np.testing.assert_allclose(big, np.full(2000, 3.0))


def test_inside_of_branches_of_values_around_them() -> None:
    @tg.function
    def run(x: Any, flag: Any) -> Any:
        y = x * x * x
        return tg.cond(flag, lambda: tg.gradients(y, x)[0], lambda: tg.gradients(y * x, x)[0])

    x = tg.constant(2.0)
    assert run(x, tg.constant(True)).numpy() == 12.0
    assert run(x, tg.constant(False)).numpy() == 32.0
    np.testing.assert_allclose(taped(lambda v: run(v, tg.constant(True)), x), 12.0)

    @tg.function
    def nested(x: Any) -> Any:
        @tg.function
        def inner(v: Any) -> Any:
            return tg.gradients(v * x * x, [x, v])

        return inner(x * 3.0)

    by_x, by_v = nested(x)
    assert (by_x.numpy(), by_v.numpy()) == (24.0, 4.0)  # v is an argument there


def test_hessians() -> None:
    def f(x: Any) -> Any:
        return tg.reduce_sum(x * x * tg.sin(x)) + x[0] * x[1] * x[2]

    with tg.GradientTape(persistent=True) as outer:
        outer.watch(X)
        gradient = taped(f, X)
    expected = outer.jacobian(gradient, X)
    found = tg.function(lambda x: tg.hessians(f(x), x)[0])(X)
    np.testing.assert_allclose(found, expected, rtol=1e-12)

    unknown = tg.function(
        lambda x: tg.hessians(f(x), x)[0], input_signature=[tg.TensorSpec([None], tg.float64)]
    )
    np.testing.assert_allclose(unknown(X), expected, rtol=1e-12)
    v = tg.Variable([[1.0, 2.0]])
    of_variable = tg.function(lambda: tg.hessians([v[0, 0] * v[0, 0] * v[0, 1]], [v]))()[0]
    assert of_variable.shape == (1, 2, 1, 2)
    np.testing.assert_allclose(of_variable.numpy().reshape(2, 2), [[4.0, 2.0], [2.0, 0.0]])
    linear = tg.function(lambda x: tg.hessians(tg.reduce_sum(x), x)[0])(tg.constant([1.0, 2.0]))
    assert linear.numpy().tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_what_is_refused() -> None:
    x = tg.constant(1.0)
    for call in (tg.gradients, tg.hessians):
        with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0761"):
            call(x, x)

    def refused(code: str, function: Any) -> None:
        with pytest.raises(tg.errors.Error, match=code):
            tg.function(function)(tg.constant([1.0, 2.0]))

    refused("TG-0203", lambda x: tg.gradients(tg.cast(x, tg.int32), x))
    refused("TG-0203", lambda x: tg.hessians(tg.constant(1.0), x))
    refused("TG-0307", lambda x: tg.gradients(x * 2.0, x, grad_ys=[None, None]))
    refused("TG-0105", lambda x: tg.gradients(x * 2.0, x, grad_ys=[[1.0, 2.0, 3.0]]))
    refused("TG-0106", lambda x: tg.gradients(x * 2.0, x, unconnected_gradients="some"))
    refused("TG-0113", lambda x: tg.gradients(x + tg.range(x[0], 9.0, 4.0)[:2], x))


def test_saved_with_a_model(tmp_path: Any) -> None:
    class Model(tg.Module):
        @tg.function(input_signature=[tg.TensorSpec([None], tg.float64)])
        def slope(self, x: Any) -> Any:
            return tg.gradients(looping(x), x)[0]

    tg.saved_model.save(Model(), tmp_path / "model")
    loaded = tg.saved_model.load(tmp_path / "model")
    np.testing.assert_allclose(loaded.slope(X), taped(looping, X), rtol=1e-12)
