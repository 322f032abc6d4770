"""The classes of core whose objects models hold, by the names that files have for them.

A name in a file chooses from this table; it never leads to other code.
"""

from __future__ import annotations

import importlib
from typing import Any

KEY = "tensegra.class"
"""The key of the name among the metadata of an object."""

STATE = "tensegra.state"
"""The key of the number of constants, called 0, 1, ..., that are the state of an object without a resource."""

_PLACES = {
    "Generator": "tensegra._random._generator",
    "GlobalState": "tensegra._random._global_state",
    "StaticHashTable": "tensegra._lookup.tables",
    "StaticVocabularyTable": "tensegra._lookup.tables",
    "MutableHashTable": "tensegra._lookup.tables",
    "DenseHashTable": "tensegra._lookup.tables",
    "Asset": "tensegra._saved_model._asset",
}


def class_of(name: str) -> Any | None:
    """The class of that name, or None where core has none."""
    place = _PLACES.get(name)
    return None if place is None else getattr(importlib.import_module(place), name)


def name_of(value: Any) -> str:
    """The name that files have for the class of an object; a subclass counts as what it extends."""
    for cls in type(value).__mro__:
        if cls.__name__ in _PLACES and cls.__module__ == _PLACES[cls.__name__]:
            return cls.__name__
    raise TypeError(f"{type(value).__name__} has no place in saved models")
