"""Checks of the arguments that several stages take."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ._constants import AUTOTUNE
from ._errors import invalid
from ._structure import Nest, flatten, pack, paths
from ._tensors import is_tensor, snapshot


def integer(where: str, name: str, value: Any) -> int:
    """`value` as an int; NumPy integers and integer tensors of rank 0 count, bools and floats do not."""
    if is_tensor(value):
        value = value.numpy()
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise invalid(
        where, f"{name} must be an integer.", f"{name}={value!r}", "Give a whole number.", "TG-2001"
    )


def positive(where: str, name: str, value: Any) -> int:
    """`value` as an int of at least 1."""
    number = integer(where, name, value)
    if number < 1:
        raise invalid(where, f"{name} must be positive.", f"{name}={number}", "Give 1 or more.", "TG-2002")
    return number


def count(where: str, name: str, value: Any, minus_one: str) -> int:
    """`value` as an int of at least 0, or -1, which means `minus_one`."""
    number = integer(where, name, value)
    if number < -1:
        raise invalid(
            where,
            f"{name} must be 0 or more, or -1 for {minus_one}.",
            f"{name}={number}",
            "Give a number that is not negative.",
            "TG-2003",
        )
    return number


def parallelism(where: str, value: Any) -> int | None:
    """The number of calls that may run at once: None for one after the other, AUTOTUNE or at least 1."""
    if value is None:
        return None
    number = integer(where, "num_parallel_calls", value)
    if number != AUTOTUNE and number < 1:
        raise invalid(
            where,
            "num_parallel_calls must be positive or tg.data.AUTOTUNE.",
            f"num_parallel_calls={number}",
            "Leave it out to call the function once at a time.",
            "TG-2004",
        )
    return number


def function(where: str, name: str, value: Any) -> Callable[..., Any]:
    """`value`, if it can be called."""
    if not callable(value):
        raise invalid(
            where,
            f"{name} must be callable.",
            f"{name} of type {type(value).__name__}",
            "Give a function.",
            "TG-2005",
        )
    return value  # type: ignore[no-any-return]


def components(where: str, tensors: Nest) -> Nest:
    """The nest `tensors` of a source as arrays that do not change."""
    leaves, names = flatten(tensors), paths(tensors, "tensors")
    if not leaves:
        raise invalid(
            where, "tensors must hold at least one array.", f"tensors={tensors!r}", "Give arrays.", "TG-2010"
        )
    return pack(tensors, (_component(where, leaf, name) for leaf, name in zip(leaves, names, strict=True)))


def _component(where: str, value: Any, name: str) -> np.ndarray:
    try:
        return snapshot(value)
    except Exception as error:
        raise invalid(
            where,
            "each component must be something that a tensor can hold.",
            f"{name} of type {type(value).__name__}: {repr(value)[:80]} ({error})",
            "Give arrays, tensors, or lists of numbers or strings with rows of one length.",
            "TG-2033",
        ) from error
