"""Ops that change a variable and what is kept beside it in place, beside the formulas in NumPy (float64)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

more = tg.nn.experimental
Step = Callable[..., list[np.ndarray]]
RATE, DECAY = 0.1, 0.25


def _momentum(w: Any, g: Any, s: Any, nesterov: bool = False) -> list[Any]:
    s = 0.9 * s + g
    return [w - RATE * (g + 0.9 * s if nesterov else s), s]


def _keras_momentum(w: Any, g: Any, s: Any, nesterov: bool = False) -> list[Any]:
    s = 0.9 * s - RATE * g
    return [w + (0.9 * s - RATE * g if nesterov else s), s]


def _adam(w: Any, g: Any, m: Any, v: Any, *greatest: Any, nesterov: bool = False) -> list[Any]:
    m, v = 0.8 * m + 0.2 * g, 0.7 * v + 0.3 * g**2
    greatest = tuple(np.maximum(top, v) for top in greatest)
    root = np.sqrt(greatest[0] if greatest else v) + 1e-3
    moved = 0.8 * m + 0.2 * g if nesterov else m
    return [w - RATE * np.sqrt(1 - 0.7**2) / (1 - 0.8**2) * moved / root, m, v, *greatest]


def _ada_max(w: Any, g: Any, m: Any, v: Any) -> list[Any]:
    m, v = 0.8 * m + 0.2 * g, np.maximum(0.7 * v, abs(g))
    return [w - RATE / (1 - 0.8**2) * m / (v + 1e-3), m, v]


def _rms(w: Any, g: Any, ms: Any, mom: Any = None, mg: Any = None) -> list[Any]:
    ms = 0.8 * ms + 0.2 * g**2
    if mg is not None:
        mg = 0.8 * mg + 0.2 * g
    step = RATE * g / np.sqrt(ms + 1e-1 - (0 if mg is None else mg**2))
    if mom is None:
        return [w - step, ms]
    mom = 0.9 * mom + step
    return [w - mom, ms, mom] + ([] if mg is None else [mg])


def _adagrad(w: Any, g: Any, s: Any, update: bool = True) -> list[Any]:
    s = s + g**2 if update else s
    return [w - RATE * g / (np.sqrt(s) + 1e-3), s]


def _adadelta(w: Any, g: Any, s: Any, moved: Any) -> list[Any]:
    s = 0.8 * s + 0.2 * g**2
    u = np.sqrt(moved + 1e-3) / np.sqrt(s + 1e-3) * g
    return [w - RATE * u, s, 0.8 * moved + 0.2 * u**2]


ADAM_NUMBERS = (0.8**2, 0.7**2, RATE, 0.8, 0.7, 1e-3)
# The op, how many variables are kept beside the trained one, what comes before and after the gradient, attributes,
# and the formula.
CASES: dict[str, tuple[str, int, tuple[float, ...], tuple[float, ...], dict[str, Any], Step]] = {
    "descent": ("apply_gradient_descent", 0, (RATE,), (), {}, lambda w, g: [w - RATE * g]),
    "momentum": ("apply_momentum", 1, (RATE,), (0.9,), {}, _momentum),
    "nesterov": (
        "apply_momentum", 1, (RATE,), (0.9,), {"use_nesterov": True}, lambda *a: _momentum(*a, nesterov=True)
    ),
    "keras momentum": ("apply_keras_momentum", 1, (RATE,), (0.9,), {}, _keras_momentum),
    "keras nesterov": (
        "apply_keras_momentum", 1, (RATE,), (0.9,), {"use_nesterov": True},
        lambda *a: _keras_momentum(*a, nesterov=True),
    ),
    "adam": ("apply_adam", 2, ADAM_NUMBERS, (), {}, _adam),
    "nadam": ("apply_adam", 2, ADAM_NUMBERS, (), {"use_nesterov": True}, lambda *a: _adam(*a, nesterov=True)),
    "amsgrad": ("apply_adam_with_amsgrad", 3, ADAM_NUMBERS, (), {}, _adam),
    "adamax": ("apply_ada_max", 2, (0.8**2, RATE, 0.8, 0.7, 1e-3), (), {}, _ada_max),
    "plain rmsprop": ("apply_plain_rms_prop", 1, (RATE, 0.8, 1e-1), (), {}, _rms),
    "rmsprop": ("apply_rms_prop", 2, (RATE, 0.8, 0.9, 1e-1), (), {}, _rms),
    "centered rmsprop": ("apply_centered_rms_prop", 3, (RATE, 0.8, 0.9, 1e-1), (), {}, _rms),
    "adagrad": ("apply_adagrad", 1, (RATE, 1e-3), (), {}, _adagrad),
    "adagrad, kept": (
        "apply_adagrad", 1, (RATE, 1e-3), (), {"update_slots": False}, lambda *a: _adagrad(*a, update=False)
    ),
    "adadelta": ("apply_adadelta", 2, (RATE, 0.8, 1e-3), (), {}, _adadelta),
}  # fmt: skip
TOLERANCE = {"float32": 2e-6, "float64": 1e-13, "float16": 2e-3, "bfloat16": 2e-2}


def _numbers(shape: Any, count: int, dtype: str) -> list[Any]:
    random = np.random.default_rng(1)
    signed = [random.normal(size=shape), random.normal(size=shape)]
    # A variance is at least the squared mean, so slots that are squares are greater than those that are means.
    slots = [random.uniform(0.8, 1.2, size=shape) for _ in range(count)]
    if count == 3:
        slots[2] = random.uniform(0.1, 0.3, size=shape)
    return [tg.cast(tg.constant(array), dtype) for array in (*signed, *slots)]


def _run(name: str, variables: list[Any], gradient: Any, **attributes: Any) -> None:
    op, _, before, after, own, _ = CASES[name]
    handles = [variable.handle for variable in variables]
    constants = [[tg.constant(value, tg.float64) for value in values] for values in (before, after)]
    getattr(more, op)(*handles, *constants[0], gradient, *constants[1], **own, **attributes)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape", [(), (3,), (0,), (5, 1000), (70001,)], ids=str)
def test_a_step_is_its_formula(name: str, dtype: str, shape: tuple[int, ...]) -> None:
    w, g, *slots = _numbers(shape, CASES[name][1], dtype)
    variables = [tg.Variable(value) for value in (w, *slots)]
    exact = [np.asarray(tg.cast(value, tg.float64)) for value in (w, g, *slots)]
    wanted = CASES[name][5](exact[0] * (1 - RATE * DECAY), *exact[1:])
    _run(name, variables, g, weight_decay=DECAY)
    for variable, value in zip(variables, wanted):
        assert variable.dtype == dtype
        np.testing.assert_allclose(
            np.asarray(tg.cast(variable.read_value(), tg.float64)),
            value,
            rtol=TOLERANCE[dtype],
            atol=TOLERANCE[dtype],
        )


@pytest.mark.parametrize("name", CASES)
def test_in_a_graph_as_eagerly(name: str) -> None:
    w, g, *slots = _numbers((257,), CASES[name][1], "float32")
    eager, traced = ([tg.Variable(value) for value in (w, *slots)] for _ in range(2))
    step = tg.function(lambda g: _run(name, traced, g))
    for _ in range(3):
        _run(name, eager, g)
        step(g)
    for a, b in zip(eager, traced):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_a_step_is_in_place_where_nobody_else_holds_the_value() -> None:
    v = tg.Variable(tg.zeros([1 << 20]))
    v.assign_add(tg.ones([1 << 20]))  # from here on the variable alone holds its memory
    g = tg.ones([1 << 20])
    before = _address(v)
    tg.config.experimental.reset_memory_stats("CPU:0")
    peak = tg.config.experimental.get_memory_info("CPU:0")["current"]
    for _ in range(3):
        more.apply_gradient_descent(v.handle, 0.5, g)
        v.assign_sub(g)
    assert _address(v) == before
    assert tg.config.experimental.get_memory_info("CPU:0")["peak"] < peak + (1 << 20)
    np.testing.assert_array_equal(v.numpy(), np.full(1 << 20, 1 - 4.5, np.float32))


def test_earlier_readers_keep_what_they_read() -> None:
    v, slot = tg.Variable([1.0, 2.0]), tg.Variable([0.0, 0.0])
    before, array = v.read_value(), v.numpy()
    view = tg.reshape(v.read_value(), [2, 1])
    more.apply_momentum(v.handle, slot.handle, 1.0, [1.0, 1.0], 0.5)
    np.testing.assert_array_equal(v.numpy(), [0.0, 1.0])
    for kept in (before.numpy(), array, view.numpy().ravel()):
        np.testing.assert_array_equal(kept, [1.0, 2.0])


def test_a_gradient_may_be_the_variable_itself() -> None:
    v = tg.Variable([1.0, -2.0])
    more.apply_gradient_descent(v.handle, 0.5, v.read_value())
    np.testing.assert_array_equal(v.numpy(), [0.5, -1.0])


def test_memory_of_others_is_not_written_to() -> None:
    array = np.ones(4, np.float32)
    v = tg.Variable(tg.from_dlpack(array))
    more.apply_gradient_descent(v.handle, 1.0, tg.ones([4]))
    np.testing.assert_array_equal(array, 1.0)
    np.testing.assert_array_equal(v.numpy(), 0.0)


def _address(variable: tg.Variable) -> int:
    return int(np.asarray(variable.read_value()).__array_interface__["data"][0])


def test_bad_steps_are_refused_and_change_nothing() -> None:
    v, slot, other = tg.Variable([1.0, 2.0]), tg.Variable([0.0, 0.0]), tg.Variable([0.0])
    momentum = more.apply_momentum
    cases: list[tuple[str, Callable[[], Any]]] = [
        ("TG-0780", lambda: momentum(v.handle, v.handle, 1.0, [1.0, 1.0], 0.5)),
        ("TG-0116", lambda: momentum(v.handle, other.handle, 1.0, [1.0, 1.0], 0.5)),
        ("TG-0116", lambda: momentum(v.handle, slot.handle, 1.0, [1.0], 0.5)),
        ("TG-0116", lambda: momentum(v.handle, slot.handle, 1.0, tg.constant([1.0, 1.0], tg.float64), 0.5)),
        ("TG-0103", lambda: momentum(v.handle, slot.handle, [1.0], [1.0, 1.0], 0.5)),
        ("TG-0106", lambda: more.apply_gradient_descent(v.handle, 1.0, [1.0, 1.0], weight_decay=-1.0)),
        ("TG-0102", lambda: more.apply_gradient_descent(tg.constant(1.0), 1.0, [1.0, 1.0])),
    ]
    for code, call in cases:
        with pytest.raises(tg.errors.InvalidArgumentError) as error:
            call()
        assert error.value.error_code == code
        np.testing.assert_array_equal(v.numpy(), [1.0, 2.0])
        np.testing.assert_array_equal(slot.numpy(), [0.0, 0.0])
    # Locks are given back.
    momentum(v.handle, slot.handle, 1.0, [1.0, 1.0], 0.5)
    np.testing.assert_array_equal(v.numpy(), [0.0, 1.0])


def test_a_variable_without_value_has_no_step() -> None:
    empty = _native.variable_create("v", tg.float32._number, (2,), True, None)
    with pytest.raises(tg.errors.FailedPreconditionError) as error:
        more.apply_gradient_descent(empty, 1.0, [1.0, 1.0])
    assert error.value.error_code == "TG-0115"


def test_steps_of_several_threads_all_count() -> None:
    v, slot = tg.Variable(tg.zeros([1000])), tg.Variable(tg.zeros([1000]))
    ones = tg.ones([1000])

    def work(first: tg.Variable, second: tg.Variable) -> None:
        for _ in range(100):
            more.apply_momentum(first.handle, second.handle, 0.0, ones, 1.0)

    # The same two variables in both orders: nobody waits for ever.
    threads = [threading.Thread(target=work, args=pair) for pair in ((v, slot), (slot, v)) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    np.testing.assert_array_equal(v.numpy(), 200.0)
    np.testing.assert_array_equal(slot.numpy(), 200.0)
