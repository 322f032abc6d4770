from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg


def numeric(f: Callable[[np.ndarray], float], x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Central differences."""
    result = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[index] += step
        down[index] -= step
        result[index] = (f(up) - f(down)) / (2 * step)
    return result


def test_gradient_agrees_with_central_differences() -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    w = np.random.default_rng(1).normal(size=(4, 2))

    def loss(value: Any) -> Any:
        return tg.reduce_sum(tg.tanh(value @ w) ** 2)

    tensor = tg.constant(x)
    with tg.GradientTape() as tape:
        tape.watch(tensor)
        y = loss(tensor)
    np.testing.assert_allclose(
        tape.gradient(y, tensor), numeric(lambda v: float(loss(tg.constant(v))), x), rtol=1e-6, atol=1e-8
    )


def test_variables_are_watched_by_themselves() -> None:
    v, frozen = tg.Variable(3.0), tg.Variable(4.0, trainable=False)
    with tg.GradientTape() as tape:
        y = v * v * frozen
    assert tape.watched_variables() == (v,)
    gradients = tape.gradient(y, [v, frozen])
    assert gradients[0].numpy() == 24.0
    assert gradients[1] is None
    with tg.GradientTape() as tape:
        tape.watch(frozen)
        y = v * v * frozen
    assert tape.gradient(y, frozen).numpy() == 9.0


def test_nothing_is_watched_by_itself_when_told_so() -> None:
    v = tg.Variable(3.0)
    with tg.GradientTape(watch_accessed_variables=False) as tape:
        y = v * v
    assert tape.watched_variables() == ()
    assert tape.gradient(y, v) is None
    with tg.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(v)
        y = v * v
    assert tape.gradient(y, v).numpy() == 6.0


def test_sources_and_targets_are_nests() -> None:
    a, b = tg.constant(2.0), tg.constant(3.0)
    with tg.GradientTape() as tape:
        tape.watch({"a": a, "b": [b]})
        targets = (a * b, [a])
    gradients = tape.gradient(targets, {"x": a, "y": (b,)})
    assert gradients["x"].numpy() == 4.0
    assert gradients["y"][0].numpy() == 2.0


def test_output_gradients_weigh_the_targets() -> None:
    x = tg.constant([1.0, 2.0])
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * x, 3.0 * x
    assert tape.gradient(y, x, output_gradients=[10.0, 100.0]).numpy().tolist() == [20.0, 400.0]
    assert tape.gradient([y, z], x, output_gradients=[None, [1.0, 0.0]]).numpy().tolist() == [5.0, 4.0]
    assert tape.gradient(y, x, output_gradients=[tg.constant([1.0, 10.0])]).numpy().tolist() == [2.0, 40.0]
    with pytest.raises(
        tg.errors.InvalidArgumentError, match=r"shape=\(3,\) for a target of shape \(2,\).*TG-0105"
    ):
        tape.gradient(y, x, output_gradients=tg.ones([3]))
    with pytest.raises(tg.errors.InvalidArgumentError, match="1 for 2 targets.*TG-0307"):
        tape.gradient([y, z], x, output_gradients=[None])


def test_a_tape_gives_gradients_once_unless_persistent() -> None:
    x = tg.constant(2.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(tg.errors.FailedPreconditionError, match=r"^\[GradientTape.gradient\].*TG-0201"):
        tape.gradient(y, x)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    assert [tape.gradient(z, x).numpy(), tape.gradient(y, x).numpy(), tape.gradient(z, y).numpy()] == [
        32,
        4,
        8,
    ]


def test_nested_tapes_give_higher_derivatives() -> None:
    x = tg.constant(2.0, dtype=tg.float64)
    with tg.GradientTape() as third:
        third.watch(x)
        with tg.GradientTape() as second:
            second.watch(x)
            with tg.GradientTape() as first:
                first.watch(x)
                y = tg.exp(x) * x**3.0
            dy = first.gradient(y, x)
        d2y = second.gradient(dy, x)
    d3y = third.gradient(d2y, x)
    # (x^3 e^x)''' = e^x (x^3 + 9 x^2 + 18 x + 6)
    np.testing.assert_allclose(d3y, np.exp(2.0) * (8 + 36 + 36 + 6), rtol=1e-12)


def test_a_persistent_tape_records_its_own_gradients() -> None:
    x = tg.constant(3.0)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x * x
        dy = tape.gradient(y, x)
    assert dy.numpy() == 27.0


def test_gradient_inside_of_the_context_stops_a_tape() -> None:
    x = tg.constant(3.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        assert tape.gradient(y, x).numpy() == 6.0
        assert not tape._records


def test_recording_can_be_stopped_and_goes_on() -> None:
    x = tg.constant(2.0)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        with tape.stop_recording():
            hidden = x * x
        seen = x * x * x
    assert tape.gradient(hidden, x) is None
    assert tape.gradient(seen, x).numpy() == 12.0
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0202"), tape.stop_recording():
        pass


def test_reset_forgets() -> None:
    x = tg.constant(2.0)
    with tg.GradientTape() as tape:
        tape.watch(x)
        lost = x * x
        tape.reset()
        tape.watch(x)
        kept = x * x
    assert tape.gradient([lost, kept], x).numpy() == 4.0


def test_unconnected_gradients() -> None:
    x, other = tg.constant([1.0, 2.0]), tg.Variable([[3.0]])
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, other) is None
    assert tape.gradient(y, other, unconnected_gradients="zero").numpy().tolist() == [[0.0]]
    with pytest.raises(tg.errors.InvalidArgumentError, match="'none' or 'zero'.*TG-0106"):
        tape.gradient(y, x, unconnected_gradients="one")


def test_a_variable_as_target() -> None:
    v = tg.Variable([2.0, 3.0])
    with tg.GradientTape() as tape:
        tape.watch(v)
    assert tape.gradient(v, v).numpy().tolist() == [1.0, 1.0]


def test_assigning_keeps_what_was_read_before() -> None:
    v = tg.Variable(2.0)
    with tg.GradientTape() as tape:
        y = v * v
        v.assign(100.0)
    assert tape.gradient(y, v).numpy() == 4.0


def test_jacobian() -> None:
    rng = np.random.default_rng(2)
    a = rng.normal(size=(2, 3))
    x = tg.constant(rng.normal(size=(3,)))
    unused = tg.constant([1.0, 2.0], dtype=tg.float64)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch([x, unused])
        y = tg.reshape(a @ tg.reshape(x * x, [3, 1]), [2])
    np.testing.assert_allclose(tape.jacobian(y, x), a * 2 * x.numpy(), rtol=1e-12)
    assert tape.jacobian(y, [x, unused])[1] is None
    assert tape.jacobian(y, unused, unconnected_gradients="zero").numpy().tolist() == [[0, 0], [0, 0]]
    with tg.GradientTape() as once:
        once.watch(x)
        y = x * x
    with pytest.raises(tg.errors.FailedPreconditionError, match="persistent=True.*TG-0201"):
        once.jacobian(y, x)


def test_inside_of_a_function() -> None:
    w = tg.Variable([[1.0], [2.0]])

    @tg.function
    def step(x: Any) -> Any:
        with tg.GradientTape() as tape:
            loss = tg.reduce_sum((x @ w) ** 2.0)
        gradient = tape.gradient(loss, w)
        w.assign_sub(0.1 * gradient)
        return gradient

    x = np.array([[1.0, 1.0], [0.0, 2.0], [3.0, 0.0]], np.float32)
    before = w.numpy()
    np.testing.assert_allclose(step(x), 2 * x.T @ (x @ before), rtol=1e-6)
    np.testing.assert_allclose(w, before - 0.1 * 2 * x.T @ (x @ before), rtol=1e-6)


def test_through_a_function_from_outside() -> None:
    w = tg.Variable(3.0)
    f = tg.function(lambda x: w * x * x)
    x = tg.constant(2.0)
    with tg.GradientTape() as outer:
        outer.watch(x)
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        dx, dw = tape.gradient(y, [x, w])
    assert (dx.numpy(), dw.numpy()) == (12.0, 4.0)
    assert outer.gradient(dx, x).numpy() == 6.0


def test_wrong_input() -> None:
    with tg.GradientTape() as tape:
        with pytest.raises(
            tg.errors.InvalidArgumentError, match=r"^\[GradientTape.watch\].*dtype=int32.*TG-0203"
        ):
            tape.watch(tg.constant([1, 2]))
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"2\.0 of type float.*TG-0203"):
            tape.watch(2.0)
        with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0202"):
            tape.__enter__()
        y = tg.constant(1) * 2
    with pytest.raises(
        tg.errors.InvalidArgumentError, match=r"^\[GradientTape.gradient\].*dtype=int32.*TG-0203"
    ):
        tape.gradient(y, tg.constant(1.0))


def test_an_error_inside_leaves_no_tape_behind() -> None:
    tapes = [tg.GradientTape(), tg.GradientTape()]
    with pytest.raises(ZeroDivisionError), tapes[0], tapes[1]:
        raise ZeroDivisionError
    assert not tapes[0]._records and not tapes[1]._records


def test_batch_jacobian_is_the_diagonal_of_the_jacobian() -> None:
    rng = np.random.default_rng(3)
    x, w = tg.constant(rng.normal(size=(3, 2, 2))), tg.constant(rng.normal(size=(2, 2)))
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tg.matmul(x, w) * x
        total = tg.reduce_sum(x * x, axis=[1, 2])
        other = tg.ones((3, 4), tg.float64)
        empty = y[:, :0]
    whole, rows = tape.jacobian(y, x).numpy(), tape.batch_jacobian(y, x).numpy()
    for i in range(3):
        np.testing.assert_allclose(rows[i], whole[i, :, :, i], rtol=1e-12)
    np.testing.assert_allclose(tape.batch_jacobian(total, x).numpy(), 2 * x.numpy(), rtol=1e-12)
    assert tape.batch_jacobian(other, x) is None
    assert tape.batch_jacobian(other, x, unconnected_gradients="zero").shape == (3, 4, 2, 2)
    assert tape.batch_jacobian(empty, x).shape == (3, 0, 2, 2, 2)


def test_batch_jacobian_of_an_unknown_batch() -> None:
    @tg.function(input_signature=[tg.TensorSpec((None, 2), tg.float32)])
    def rows(x: tg.Tensor) -> tg.Tensor:
        with tg.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tg.sin(x)
        return tape.batch_jacobian(y, x)

    x = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], np.float32)
    np.testing.assert_allclose(rows(x).numpy(), [np.diag(row) for row in np.cos(x)], atol=1e-6)


def test_batch_jacobian_refuses_what_has_no_batch() -> None:
    x = tg.ones((2, 3))
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tg.reduce_sum(x)
        z = x[:1]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0105"):
        tape.batch_jacobian(y, x)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0105"):
        tape.batch_jacobian(z, x)
    with tg.GradientTape() as once:
        once.watch(x)
        y = x * x
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0201"):
        once.batch_jacobian(y, x)
