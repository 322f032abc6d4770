"""Looks up every Tensegra name of an upgraded source in the installed packages."""

from __future__ import annotations

import ast
import importlib
from functools import cache


def unresolved_names(text: str) -> list[tuple[int, str]]:
    """Line and name of everything reached through `import tensegra` that does not exist."""
    tree = ast.parse(text)
    roots: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots.update(a.asname or a.name for a in node.names if a.name == "tensegra")
    missing = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        chain = _chain(node)
        if chain is not None and chain[0] in roots and not _exists(tuple(chain[1:])):
            missing.append((node.lineno, ".".join(["tensegra", *chain[1:]])))
    return sorted(set(missing))


def _chain(node: ast.expr) -> list[str] | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else None


@cache
def _exists(names: tuple[str, ...]) -> bool:
    thing: object = importlib.import_module("tensegra")
    for name in names:
        try:
            thing = getattr(thing, name)
        except (AttributeError, ImportError):
            return False
    return True
