"""Variables without a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensegra._errors import InvalidArgumentError

RETURNED = "ag__value"


def label_of(name: str) -> str:
    """What a variable is called in messages."""
    return "the returned value" if name == RETURNED else f"'{name}'"


class Undefined:
    """Stands for the value of a variable that has none.

    Args:
        name: The variable.
        where: Where a value is missing, when that depends on tensors: "in the other branch at file.py:3".
    """

    __slots__ = ("name", "where")

    def __init__(self, name: str, where: str | None = None) -> None:
        self.name = name
        self.where = where

    def __repr__(self) -> str:
        return f"<no value for {self.name}>"


def is_undefined(value: Any) -> bool:
    """Whether a variable has no value."""
    return type(value) is Undefined


def ld(value: Any) -> Any:
    """A variable that is read.

    Raises:
        UnboundLocalError: It has no value, as in Python.
        tg.errors.InvalidArgumentError: Whether it has one depends on a tensor (TG-0801).
    """
    if type(value) is not Undefined:
        return value
    if value.where is None:
        raise UnboundLocalError(
            f"cannot access local variable '{value.name}' where it is not associated with a value"
        )
    raise missing(value)


def missing(value: Undefined) -> InvalidArgumentError:
    """The error for a variable that may have no value when the graph runs."""
    return InvalidArgumentError(
        f"[autograph] a variable must have a value on every path before it is read. Received: {label_of(value.name)} "
        f"without a value {value.where}. Give it a value of the same kind before, or in both branches.",
        code="TG-0801",
    )


def returned(value: Any) -> Any:
    """What a function returns at its end."""
    if type(value) is not Undefined:
        return value
    if value.where is None:
        return None
    raise missing(value)


def peek(read: Callable[[], Any]) -> Any:
    """The value of a variable or place that may not exist."""
    try:
        return read()
    except (NameError, AttributeError, KeyError, IndexError, TypeError):
        return Undefined("a name")


def put_attribute(owner: Any, name: str, value: Any) -> None:
    """Sets an attribute back to what it was, or removes it."""
    if type(value) is not Undefined:
        if getattr(owner, name, None) is not value:
            setattr(owner, name, value)
    elif hasattr(owner, name):
        delattr(owner, name)


def put_item(owner: Any, key: Any, value: Any) -> None:
    """Sets an item back to what it was, or removes it."""
    if type(value) is not Undefined:
        owner[key] = value
    elif isinstance(owner, dict):
        owner.pop(key, None)
