"""Which names mean TensorFlow in each scope of a module: imports at any depth, aliases of namespaces, other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from ._api import modules
from ._imports import dotted_name
from ._names import binds, global_names, parameter_names
from ._symbols import canonical
from ._tree import children

Scope = cst.Module | cst.FunctionDef | cst.ClassDef | cst.Lambda


def is_tensorflow(dotted: str) -> bool:
    """True for `tensorflow` and what is below it."""
    return dotted.split(".")[0] == "tensorflow"


def own_parts(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What stands in the scope of `node` itself, in source order; the bodies of functions and classes do not."""
    for child in children(node):
        yield child
        if not isinstance(child, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            yield from own_parts(child)


def import_names(node: cst.Import | cst.ImportFrom) -> dict[str, str]:
    """Local name -> canonical TensorFlow name for what an import binds."""
    found: dict[str, str] = {}
    if isinstance(node, cst.Import):
        for item in node.names:
            dotted = dotted_name(item.name) or ""
            if is_tensorflow(dotted):
                found[item.evaluated_alias or "tensorflow"] = canonical(dotted) if item.asname else "tf"
    elif not node.relative and node.module is not None and not isinstance(node.names, cst.ImportStar):
        package = dotted_name(node.module) or ""
        if is_tensorflow(package):
            for item in node.names:
                found[item.evaluated_alias or item.evaluated_name] = canonical(
                    f"{package}.{item.evaluated_name}"
                )
    return found


class Aliases:
    """The names of one module that mean TensorFlow.

    Attributes:
        scopes: scope -> local name -> canonical name, or None where the name means something else there.
    """

    def __init__(self, module: cst.Module, inherited: Mapping[str, str] | None = None) -> None:
        self.scopes: dict[cst.CSTNode, dict[str, str | None]] = {}
        self.root: str | None = None
        self._inherited = dict(inherited or {})
        self._read(module, [])

    def _read(self, scope: cst.CSTNode, outer: list[dict[str, str | None]]) -> None:
        names: dict[str, str | None] = {}
        if not outer:
            names.update(self._inherited)
        if isinstance(scope, (cst.FunctionDef, cst.Lambda)):
            names.update(dict.fromkeys(parameter_names(scope.params)))
        body = scope.body if isinstance(scope, (cst.FunctionDef, cst.ClassDef, cst.Lambda)) else scope
        declared = global_names(body)
        counts: dict[str, int] = {}
        for name in [] if isinstance(scope, cst.Lambda) else binds(body):
            counts[name] = counts.get(name, 0) + 1
        parts = [body, *own_parts(body)]
        imported: dict[str, str] = {}
        for part in parts:
            if isinstance(part, (cst.Import, cst.ImportFrom)):
                imported |= import_names(part)
        names.update({name: None for name in counts if name not in imported and name not in declared})
        names.update(imported)
        self.scopes[scope] = names
        chain = [*outer, names]
        for part in parts:
            if not (isinstance(part, cst.Assign) and len(part.targets) == 1):
                continue
            target = part.targets[0].target
            meant = self.canonical(part.value, chain)
            if isinstance(target, cst.Name) and meant in modules() and counts.get(target.value) == 1:
                names[target.value] = meant
        if not outer:
            self.root = next((name for name, meant in names.items() if meant == "tf"), None)
        visible = outer if isinstance(scope, cst.ClassDef) else chain
        for part in parts:
            if isinstance(part, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
                self._read(part, visible)

    def canonical(self, node: cst.CSTNode, chain: list[dict[str, str | None]]) -> str | None:
        """The canonical name that a chain of attributes spells in a scope, or None."""
        dotted = dotted_name(node)
        if dotted is None:
            return None
        head, _, rest = dotted.partition(".")
        meant = next((names[head] for names in reversed(chain) if head in names), None)
        return None if meant is None else canonical(meant + ("." + rest if rest else ""))


def exports(module: cst.Module, inherited: Mapping[str, str]) -> dict[str, str]:
    """The TensorFlow names that other files get from a module when they import from it."""
    names = Aliases(module, inherited).scopes[module]
    return {name: meant for name, meant in names.items() if meant is not None}
