"""Converted functions compute what Python computes."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import tensegra as tg

from .programs import compiled, programs

# The programs are small already; making them smaller would take minutes.
settings_of_all = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)


@contextlib.contextmanager
def context() -> Any:
    yield


def helper(value: Any) -> Any:
    if value > 3:
        return value - 2
    return value + 1


def outcome(function: Any, arguments: list[int], log: list[Any]) -> Any:
    log.clear()
    try:
        result = function(*arguments)
    except (UnboundLocalError, ZeroDivisionError) as error:
        return type(error), list(log)
    return result, list(log)


@settings(settings_of_all, max_examples=150)
@given(programs(loose=True), st.lists(st.integers(-6, 6), min_size=3, max_size=3))
def test_with_python_values_it_is_python(source: str, arguments: list[int]) -> None:
    log: list[Any] = []
    function = compiled(source, log=log, context=context, helper=helper)
    converted = tg.autograph.to_graph(function)
    assert converted.__code__ is not function.__code__
    assert outcome(converted, arguments, log) == outcome(function, arguments, log)


@settings(settings_of_all, max_examples=60)
@given(programs(loose=False), st.lists(st.integers(-6, 6), min_size=3, max_size=3))
def test_with_tensors_it_is_python_too(source: str, arguments: list[int]) -> None:
    function = compiled(source, context=context, helper=helper)
    expected = function(*arguments)
    traced = tg.function(function, input_signature=[tg.TensorSpec([], tg.int32)] * 3)
    assert traced(*map(tg.constant, arguments)).numpy() == expected
