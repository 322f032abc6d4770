"""Looks up every Tensegra name of an upgraded source in the installed packages."""

from __future__ import annotations

import ast
import importlib
import types
from collections.abc import Mapping
from functools import cache

_ROOT = "tensegra"


def unresolved_names(text: str, given: Mapping[str, str] | None = None) -> list[tuple[int, str]]:
    """Line and name of everything reached through imports of Tensegra that does not exist.

    Args:
        text: the source.
        given: names that other files give the module, and what they mean.
    """
    finder = _Finder()
    finder.scope(ast.parse(text), dict(given or {}))
    return sorted(finder.missing)


class _Finder:
    """Follows imports and aliases of Tensegra through the scopes of a module."""

    def __init__(self) -> None:
        self.missing: set[tuple[int, str]] = set()

    def scope(self, node: ast.AST, outer: dict[str, str | None]) -> None:
        """Looks at one module, function or class; `outer` says what names mean around it."""
        own = _own_parts(node)
        names = dict(outer)
        for part in own:
            for name in _bound(part):
                names[name] = None
        for part in own:
            if isinstance(part, (ast.Import, ast.ImportFrom)):
                names.update(self._imported(part))
        for part in own:
            if (
                isinstance(part, ast.Assign)
                and len(part.targets) == 1
                and isinstance(part.targets[0], ast.Name)
            ):
                meant = _meaning(part.value, names)
                if meant is not None and isinstance(_find(meant), types.ModuleType):
                    names[part.targets[0].id] = meant
        inner_names = outer if isinstance(node, ast.ClassDef) else names
        for part in own:
            if isinstance(part, (ast.Attribute, ast.Name)) and isinstance(part.ctx, ast.Load):
                meant = _meaning(part, names)
                if meant is not None and _find(meant) is _MISSING:
                    self.missing.add((part.lineno, _shortest_missing(meant)))
            if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
                self.scope(part, inner_names)

    def _imported(self, node: ast.Import | ast.ImportFrom) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        if isinstance(node, ast.Import):
            for item in node.names:
                if item.name.split(".")[0] != _ROOT:
                    continue
                found[item.asname or _ROOT] = item.name if item.asname else _ROOT
                if not _importable(item.name):
                    self.missing.add((node.lineno, item.name))
        elif node.level == 0 and node.module and node.module.split(".")[0] == _ROOT:
            if not _importable(node.module):
                self.missing.add((node.lineno, node.module))
            for item in node.names if _importable(node.module) else ():
                whole = f"{node.module}.{item.name}"
                if item.name != "*":
                    found[item.asname or item.name] = whole
                    if _find(whole) is _MISSING:
                        self.missing.add((node.lineno, whole))
        return found


_MISSING = object()
_NEW_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def _own_parts(node: ast.AST) -> list[ast.AST]:
    """The nodes of one scope, the heads of inner ones included, their bodies left out."""
    found: list[ast.AST] = []
    stack: list[ast.AST]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        stack = [*node.body, *(a for a in ast.walk(node.args) if isinstance(a, ast.arg))]
    elif isinstance(node, ast.Lambda):
        stack = [node.body, *(a for a in ast.walk(node.args) if isinstance(a, ast.arg))]
    elif isinstance(node, (ast.ClassDef, ast.Module)):
        stack = list(node.body)
    else:
        stack = []
    while stack:
        part = stack.pop()
        found.append(part)
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
            stack += [*part.decorator_list, *part.args.defaults, *(d for d in part.args.kw_defaults if d)]
        elif isinstance(part, ast.ClassDef):
            stack += [*part.decorator_list, *part.bases, *(k.value for k in part.keywords)]
        elif isinstance(part, ast.Lambda):
            stack += [*part.args.defaults, *(d for d in part.args.kw_defaults if d)]
        elif isinstance(part, ast.Attribute) and _chain(part) is not None:
            continue  # the whole chain counts, not its beginnings
        else:
            stack += ast.iter_child_nodes(part)
    return found


def _bound(part: ast.AST) -> list[str]:
    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
        return [part.id]
    if isinstance(part, ast.arg):
        return [part.arg]
    if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [part.name]
    return []


def _chain(node: ast.expr) -> list[str] | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else None


def _meaning(node: ast.AST, names: dict[str, str | None]) -> str | None:
    chain = _chain(node) if isinstance(node, (ast.Attribute, ast.Name)) else None
    head = names.get(chain[0]) if chain else None
    return None if head is None or chain is None else ".".join([head, *chain[1:]])


@cache
def _importable(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


@cache
def _find(dotted: str) -> object:
    """The thing that a name means; what lies below something that is neither module nor class is taken on trust."""
    parts = dotted.split(".")
    thing: object = importlib.import_module(parts[0])
    for place, name in enumerate(parts[1:], 1):
        if not isinstance(thing, (types.ModuleType, type)):
            return thing
        try:
            thing = getattr(thing, name)
        except (AttributeError, ImportError):
            if isinstance(thing, type) and hasattr(thing, "__getattr__"):
                return thing
            if not (isinstance(thing, types.ModuleType) and _importable(".".join(parts[: place + 1]))):
                return _MISSING
            thing = importlib.import_module(".".join(parts[: place + 1]))
    return thing


def _shortest_missing(dotted: str) -> str:
    """The beginning of a name up to the first part that does not exist."""
    parts = dotted.split(".")
    for end in range(2, len(parts) + 1):
        if _find(".".join(parts[:end])) is _MISSING:
            return ".".join(parts[:end])
    return dotted
