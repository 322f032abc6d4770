"""`and`, `or`, `not`, chains of comparisons, and `x if c else y`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from tensegra import _native

from ._branches import choose
from ._tensors import as_tensor, is_symbolic

Thunk = Callable[[], Any]

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "is_": operator.is_,
    "is_not": operator.is_not,
    "in_": lambda item, container: item in container,
    "not_in": lambda item, container: item not in container,
}


def not_(value: Any) -> Any:
    """`not value`."""
    return _native.execute("logical_not", (as_tensor(value),)) if is_symbolic(value) else not value


def and_(*values: Thunk) -> Any:
    """`a and b`: what is behind a false value is not evaluated."""
    return _and(values[0](), values[1:])


def _and(value: Any, rest: tuple[Thunk, ...]) -> Any:
    for position, more in enumerate(rest):
        if is_symbolic(value):
            first = as_tensor(value)
            return if_exp(first, lambda: _and(more(), rest[position + 1 :]), lambda: first, "and")  # noqa: B023
        if not value:
            return value
        value = more()
    return value


def and_then(value: Any, *rest: Thunk) -> Any:
    """`a and b` where a is evaluated already."""
    return _and(value, rest)


def or_(*values: Thunk) -> Any:
    """`a or b`: what is behind a true value is not evaluated."""
    return _or(values[0](), values[1:])


def _or(value: Any, rest: tuple[Thunk, ...]) -> Any:
    for position, more in enumerate(rest):
        if is_symbolic(value):
            first = as_tensor(value)
            return if_exp(first, lambda: first, lambda: _or(more(), rest[position + 1 :]), "or")  # noqa: B023
        if value:
            return value
        value = more()
    return value


def or_then(value: Any, *rest: Thunk) -> Any:
    """`a or b` where a is evaluated already."""
    return _or(value, rest)


def if_exp(condition: Any, then: Thunk, orelse: Thunk, statement: str = "the conditional expression") -> Any:
    """`then if condition else orelse`."""
    if not is_symbolic(condition):
        return then() if condition else orelse()
    return choose(condition, lambda: [then()], lambda: [orelse()], [statement], "if")[0]


def compare(left: Any, *pairs: tuple[str, Thunk]) -> Any:
    """`a < b <= c`: each operand is evaluated once, and none behind a comparison that is false."""
    (name, read), *rest = pairs
    right = read()
    value = _OPERATORS[name](left, right)
    if not rest:
        return value
    return _and(value, (lambda: compare(right, *rest),))
