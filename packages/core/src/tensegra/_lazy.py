"""Names that are imported when they are first used (PEP 562), so that `import tensegra` stays quick."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def find(namespace: dict[str, Any], places: Mapping[str, str], name: str) -> Any:
    """Imports what `places` says of a name, "module:attribute" or "module:", and keeps it in the namespace."""
    module, _, attribute = places[name].partition(":")
    found = importlib.import_module(module)
    value = getattr(found, attribute) if attribute else found
    namespace[name] = value
    return value


def attributes(
    namespace: dict[str, Any], places: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a module some of whose names are imported when they are first used."""

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}")
        return find(namespace, places, name)

    def names() -> list[str]:
        return sorted({*namespace, *places})

    return get, names
