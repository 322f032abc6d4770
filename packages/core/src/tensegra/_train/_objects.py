"""What a checkpoint sees of a program: objects, their children, their state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tensegra import _native
from tensegra._function import ConcreteFunction, Function, RestoredFunction
from tensegra._module import Module
from tensegra._stateful import Stateful
from tensegra._variable import Variable


def children(value: Any) -> dict[str, Any]:
    """The objects below one, by name, that hold state or may come to."""
    if isinstance(value, Variable):
        return {}
    if isinstance(value, Mapping):
        found = {key: item for key, item in value.items() if isinstance(key, str)}
    elif isinstance(value, (list, tuple)):
        found = {str(index): item for index, item in enumerate(value)}
    elif hasattr(value, "_tensegra_children"):
        found = value._tensegra_children()
    else:
        found = vars(value)
    return {name: item for name, item in found.items() if is_trackable(item, set())}


def is_trackable(value: Any, seen: set[int]) -> bool:
    """Whether a value is, or is a container of, something that checkpoints hold."""
    if isinstance(value, (_native.Tensor, Function, ConcreteFunction, RestoredFunction)):
        return False
    if isinstance(value, (list, tuple, Mapping)):
        if id(value) in seen:
            return False
        seen.add(id(value))
        items = list(value.values() if isinstance(value, Mapping) else value)
        return any(is_trackable(item, seen) for item in items)
    return isinstance(value, (Module, Variable, Stateful)) or hasattr(value, "_tensegra_children")


def has_state(value: Any) -> bool:
    """Whether an object has a value of its own, besides its children."""
    return isinstance(value, Variable) or (isinstance(value, Stateful) and bool(value._tensegra_state()))


def identity(value: Any) -> tuple[str, int]:
    """What is the same for objects that are one."""
    if isinstance(value, Variable):
        return "variable", value.handle._id
    return "object", id(value)
