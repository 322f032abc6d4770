"""From a resource to the variable that stands for it: the engine reports the former, users know the latter."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from tensegra import _deferred

_by_handle: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
_made = threading.local()


def register(variable: Any) -> None:
    """Every variable calls this once, when its handle is set."""
    _by_handle[variable.handle._id] = variable
    for kept in getattr(_made, "lists", ()):
        kept.append(variable)
    if _deferred.pending:
        _deferred.rescan()  # those made before it have their places by now


def find(handle: Any) -> Any | None:
    """The variable of a resource tensor, or None where it is no variable or nobody holds it any more."""
    return _by_handle.get(handle._id)


class KeepNew:
    """Keeps the variables that this thread makes alive while it is entered."""

    def __init__(self) -> None:
        self._variables: list[Any] = []

    def __enter__(self) -> list[Any]:
        if not hasattr(_made, "lists"):
            _made.lists = []
        _made.lists.append(self._variables)
        return self._variables

    def __exit__(self, *exc: object) -> None:
        _made.lists.pop()
