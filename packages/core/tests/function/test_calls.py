"""Calls of the same kind go straight to the graph; nothing else may be taken for one."""

from __future__ import annotations

import gc
import math
import weakref
from typing import Any

import numpy as np
import pytest

import tensegra as tg


def test_arguments_are_told_apart() -> None:
    @tg.function
    def f(x: Any, scale: Any = 2, *, shift: Any = 0) -> Any:
        return tg.constant(f"{x.dtype.name} {x.shape} {scale!r} {shift!r}")

    x = tg.ones([2])
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((x,), {}),
        ((tg.constant([1, 2]),), {}),
        ((tg.ones([2], tg.float64),), {}),
        ((tg.ones([]),), {}),
        ((x, 3), {}),
        ((x, True), {}),
        ((x, 1), {}),
        ((x, 1.0), {}),
        ((x, 0.0), {}),
        ((x, -0.0), {}),
        ((x, math.nan), {}),
        ((x, "1"), {}),
        ((x, None), {}),
        ((x, 10**30), {}),
        ((x,), {"shift": 1}),
        ((x,), {"shift": 1, "scale": 3}),
        ((x,), {"scale": 1, "shift": 3}),
        ((x,), {"scale": "text"}),
    ]
    with pytest.warns(RuntimeWarning, match="traced 6 times"):
        first = [f(*args, **kwargs).numpy() for args, kwargs in calls]
    assert len(set(first)) == len(calls)
    count = f.experimental_get_tracing_count()
    for _ in range(3):
        assert [f(*args, **kwargs).numpy() for args, kwargs in calls] == first
    assert f.experimental_get_tracing_count() == count


def test_keywords_come_in_any_order() -> None:
    f = tg.function(lambda a, b: a - b)
    x, y = tg.constant(5), tg.constant(3)
    for _ in range(2):
        assert f(a=x, b=y).numpy() == 2
        assert f(b=y, a=x).numpy() == 2
        assert f(x, b=y).numpy() == 2


def test_results_of_any_structure() -> None:
    x = tg.constant(1)
    for function, expected in (
        (lambda x: None, None),
        (lambda x: (), ()),
        (lambda x: [x, x + 1], [1, 2]),
        (lambda x: (x, x + 1), (1, 2)),
        (lambda x: {"b": x, "a": (x + 1, None)}, {"b": 1, "a": (2, None)}),
        (lambda x: (x + 1, [x]), (2, [1])),
    ):
        f = tg.function(function)
        for _ in range(3):
            result = tg.nest.map_structure(lambda t: t if t is None else t.numpy().item(), f(x))
            assert result == expected


def test_more_shapes_than_are_remembered() -> None:
    f = tg.function(lambda x: x * 2)
    for _ in range(2):
        for size in range(40):
            np.testing.assert_array_equal(f(tg.fill([size], 3)), [6] * size)
    assert f.experimental_get_tracing_count() == 2


def test_a_signature_still_checks() -> None:
    f = tg.function(lambda x: x, input_signature=[tg.TensorSpec([None], tg.float32)])
    for _ in range(2):
        f(tg.ones([2]))
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
            f(tg.ones([2, 2]))
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
            f()
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
            f(tg.ones([2]), y=tg.ones([2]))


def test_running_eagerly_is_respected() -> None:
    f = tg.function(lambda x: tg.constant(tg.executing_eagerly()))
    x = tg.constant(1)
    assert not f(x).numpy()
    tg.config.run_functions_eagerly(True)
    try:
        assert f(x).numpy()
    finally:
        tg.config.run_functions_eagerly(False)
    assert not f(x).numpy()


def test_calls_inside_of_functions_and_under_tapes() -> None:
    inner = tg.function(lambda x: x * x)
    x = tg.constant(3.0)
    for _ in range(2):
        assert inner(x).numpy() == 9.0
        assert tg.function(lambda x: inner(x) + 1.0)(x).numpy() == 10.0
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = inner(x)
        assert tape.gradient(y, x).numpy() == 6.0


def test_functions_are_freed() -> None:
    class Box:
        pass

    box = Box()

    def made(held: Any) -> Any:
        return tg.function(lambda x: (x, x if held else -x))

    f = made(box)
    f(tg.constant(1))
    f(tg.constant(1))
    gone = weakref.ref(box)
    del f, box
    gc.collect()
    assert gone() is None


def test_concrete_functions_remember_too() -> None:
    f = tg.function(lambda x, y, scale=2: (x - y) * scale)
    spec = tg.TensorSpec([None], tg.int32)
    concrete = f.get_concrete_function(spec, spec)
    x, y = tg.constant([5]), tg.constant([3])
    for _ in range(3):
        assert concrete(x, y).numpy() == 4
        assert concrete(x, y, 2).numpy() == 4
        assert concrete(y=y, x=x).numpy() == 4
        assert concrete(x=x, y=y).numpy() == 4
        assert concrete(x, y=[1]).numpy() == 8
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
            concrete(x, y, 3)
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
            concrete(tg.constant([1.0]), y)


def test_methods_are_bound_once_for_each_object() -> None:
    class Scale:
        def __init__(self, factor: int) -> None:
            self.factor = factor

        @tg.function
        def apply(self, x: Any) -> Any:
            return x * self.factor

    class Slots:
        __slots__ = ()

        @tg.function
        def apply(self, x: Any) -> Any:
            return x + 1

    two, three = Scale(2), Scale(3)
    assert two.apply is two.apply and two.apply is not three.apply
    x = tg.constant(5)
    assert [each.apply(x).numpy() for each in (two, three, two)] == [10, 15, 10]
    assert Slots().apply(x).numpy() == 6
    assert Scale.apply.python_function(three, x).numpy() == 15
