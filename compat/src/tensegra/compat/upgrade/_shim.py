"""Turns a program into one for the 1.x runtime `tensegra.compat.v1`, or a 2.x program into one for `tensegra`.

Only names change: imports, names of 0.x, names inside of TensorFlow that have a public name, `compat.v1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from ._aliases import Aliases, is_tensorflow
from ._api import api, modules, public_name
from ._imports import PLAIN, dotted_name
from ._names import FreshNames, all_names
from ._old_names import modern_arguments, renamed
from ._result import Finding
from ._symbols import canonical
from ._tree import children, walk

Release = Literal["1.x", "2.x"]
RUNTIME = "tensegra.compat.v1"


def rewrite_names(
    module: cst.Module, alias: str, release: Release, inherited: Mapping[str, str] | None = None
) -> tuple[str, list[Finding]]:
    """The text for the runtime, and what was done.

    Args:
        module: the parsed source.
        alias: `keep` or `tg`.
        release: what the source was written for.
        inherited: names that mean TensorFlow because other files of the program say so.
    """
    wrapper = MetadataWrapper(module)
    module = wrapper.module
    lines = {node: place.start.line for node, place in wrapper.resolve(PositionProvider).items()}
    rewriter = _Rewriter(module, alias, release, inherited or {}, lines)
    new = module.visit(rewriter)
    if rewriter.needs_root:
        new = _with_root_import(new, rewriter.root, rewriter.runtime)
    return new.code, sorted(set(rewriter.findings))


def modern_name(name: str) -> str:
    """The public name of 1.15 for a canonical name, which may be one of 0.x or one inside of TensorFlow."""
    name = renamed(name)
    parts = name.split(".")
    for end in range(len(parts), 2, -1):
        if "python" in parts[:end]:
            known = public_name(".".join(parts[1:end]))
            if known is None:
                continue
            if end == len(parts) or known not in modules() or f"{known}.{parts[end]}" in api():
                return ".".join([known, *parts[end:]])
    return name


class _Rewriter(cst.CSTTransformer):
    def __init__(
        self,
        module: cst.Module,
        alias: str,
        release: Release,
        inherited: Mapping[str, str],
        lines: Mapping[cst.CSTNode, int],
    ) -> None:
        super().__init__()
        self.names = Aliases(module, inherited)
        self.lines, self.release = lines, release
        self.runtime = RUNTIME if release == "1.x" else "tensegra"
        self.chain: list[dict[str, str | None]] = []
        self.classes: list[bool] = []
        self.findings: list[Finding] = []
        self.needs_root = False
        fresh = FreshNames(all_names(module))
        self.has_root = self.names.root is not None and self.names.root not in inherited
        self.old_root = self.names.root
        self.root = self.names.root or fresh("tf")
        if alias == "tg" and self.has_root:
            self.root = fresh("tg")
        elif self.root == "tensorflow" and release == "2.x":
            self.root = "tensegra"
        self.parents = {child: node for node in walk(module) for child in children(node)}
        self.needless = self._needless_imports(module) if release == "1.x" else frozenset()

    def _add(self, node: cst.CSTNode, construct: str, why: str, fate: str = "rewritten") -> None:
        self.findings.append(Finding(self.lines.get(node, 0), construct, fate, why))  # type: ignore[arg-type]

    def _needless_imports(self, module: cst.Module) -> frozenset[str]:
        """Local names of TensorFlow's own modules of which every use gets a public name."""
        names = self.names.scopes[module]
        inner = {
            n
            for n, meant in names.items()
            if meant and ".python." in meant and modern_name(meant) in modules()
        }
        needed: set[str] = set()
        used: set[str] = set()
        for part in walk(module):
            if not (isinstance(part, cst.Name) and part.value in inner) or self._is_name_only(part):
                continue
            whole: cst.CSTNode = part
            while isinstance(self.parents.get(whole), cst.Attribute):
                whole = self.parents[whole]
            meant = self.names.canonical(whole, [names])
            used.add(part.value)
            if whole is part or meant is None or ".python." in modern_name(meant):
                needed.add(part.value)
        return frozenset(used - needed)

    def _is_name_only(self, node: cst.Name) -> bool:
        parent = self.parents.get(node)
        if isinstance(parent, cst.Attribute):
            return parent.attr is node
        return self._is_part(node)

    # ---- scopes ------------------------------------------------------------------------------------------------

    def _enter(self, node: cst.CSTNode) -> None:
        self.chain.append(self.names.scopes.get(node, {}))

    def visit_Module(self, node: cst.Module) -> None:
        self._enter(node)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self._enter(node)
        return True

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        self.chain.pop()
        return updated_node

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self._enter(node)
        return True

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        self.chain.pop()
        return updated_node

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        self._enter(node)
        return True

    def leave_Lambda(self, original_node: cst.Lambda, updated_node: cst.Lambda) -> cst.Lambda:
        self.chain.pop()
        return updated_node

    # ---- names -------------------------------------------------------------------------------------------------

    def _target(self, canonical_name: str) -> str:
        return modern_name(canonical_name) if self.release == "1.x" else canonical_name

    def _is_part(self, node: cst.CSTNode) -> bool:
        """True where the node is no expression of its own: an attribute's owner, a keyword, an import, a target."""
        parent = self.parents.get(node)
        if isinstance(parent, cst.Attribute):
            return True
        if isinstance(parent, (cst.Arg, cst.Param)):
            return getattr(parent, "keyword", None) is node or getattr(parent, "name", None) is node
        return isinstance(
            parent, (cst.ImportAlias, cst.ImportFrom, cst.AsName, cst.FunctionDef, cst.ClassDef)
        ) and (getattr(parent, "name", None) is node or getattr(parent, "module", None) is node)

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        if isinstance(self.parents.get(original_node), cst.Attribute) or self._is_part(original_node):
            return updated_node
        return self._respelled(original_node, updated_node)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        if self._is_part(original_node) or self.old_root == self.root:
            return updated_node
        dotted_root = self.names.canonical(original_node, self.chain) == "tf"
        return updated_node.with_changes(value=self.root) if dotted_root else updated_node

    def _respelled(self, original: cst.Attribute, updated: cst.Attribute) -> cst.BaseExpression:
        dotted = dotted_name(original)
        if dotted is None:
            return updated
        # The longest beginning that has another name now decides.
        part: cst.BaseExpression = original
        meant = self.names.canonical(part, self.chain)
        if meant is None:
            return updated
        head = dotted.split(".")[0]
        new = self._target(meant)
        plain = canonical(self._bound(head) + dotted[len(head) :])
        if new == plain and dotted.count("compat.v1") == 0:
            if head == self.old_root and head != self.root:
                return _chain(self.root + dotted[len(head) :], updated)
            return updated
        if new == meant and self.release == "2.x":
            return updated
        spelled = f"{self.root}.{new.removeprefix('tf.')}" if new != "tf" else self.root
        if self._bound(head) != "tf" or not self.has_root:
            self._want_root()
        if spelled == dotted:
            return updated
        if new != meant:
            self._add(original, meant, f"{new} is its name in TensorFlow 1.15")
        return _chain(spelled, updated)

    def _bound(self, head: str) -> str:
        return next((names[head] for names in reversed(self.chain) if head in names), None) or head

    def _want_root(self) -> None:
        self.needs_root |= not self.has_root

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        meant = self.names.canonical(original_node.func, self.chain)
        if meant is None or self.release == "2.x":
            return updated_node
        new = self._target(meant)
        changed = modern_arguments(meant, new, updated_node)
        if changed is not updated_node:
            self._add(original_node, meant, "its arguments were those of TensorFlow 0.x")
        return changed

    # ---- imports -----------------------------------------------------------------------------------------------

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement] | cst.RemovalSentinel:
        body: list[cst.BaseSmallStatement] = []
        changed = False
        for old, new in zip(original_node.body, updated_node.body, strict=True):
            if isinstance(old, cst.Import):
                statements = self._import(old)
            elif isinstance(old, cst.ImportFrom):
                statements = self._import_from(old)
            else:
                statements = None
            if statements is None:
                body.append(new)
            else:
                body += statements
                changed = True
        if not changed:
            return updated_node
        if not body:
            return cst.RemoveFromParent() if not self._alone(original_node) else _pass(updated_node)
        first = updated_node.with_changes(body=[body[0]])
        if len(original_node.body) > 1:
            fixed = [
                b.with_changes(semicolon=cst.Semicolon(whitespace_after=cst.SimpleWhitespace(" ")))
                for b in body
            ]
            fixed[-1] = fixed[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
            return updated_node.with_changes(body=fixed)
        return cst.FlattenSentinel([first, *(cst.SimpleStatementLine([small]) for small in body[1:])])

    def _alone(self, node: cst.SimpleStatementLine) -> bool:
        parent = self.parents.get(node)
        return isinstance(parent, cst.IndentedBlock) and len(parent.body) == 1

    def _import(self, node: cst.Import) -> list[cst.BaseSmallStatement] | None:
        kept: list[cst.ImportAlias] = []
        new: list[cst.BaseSmallStatement] = []
        for item in node.names:
            dotted = dotted_name(item.name) or ""
            if self.release == "2.x" and dotted.split(".")[0] == "keras":
                local = item.evaluated_alias
                if local or dotted == "keras":
                    what = f"from tensegra import keras as {local}" if local and dotted == "keras" else ""
                    new.append(
                        _small(
                            what or f"import tensegra.{dotted} as {local}"
                            if local
                            else "from tensegra import keras"
                        )
                    )
                    self._add(node, dotted, "it is tensegra.keras now")
                    continue
            if not is_tensorflow(dotted):
                kept.append(item)
                continue
            meant, local = canonical(dotted), item.evaluated_alias
            if local is not None and meant in PLAIN:
                new.append(_small(f"from tensegra.compat import {PLAIN[meant]} as {local}"))
                continue
            if local is None:
                local = self.root if self.old_root == "tensorflow" else "tensorflow"
                meant = "tf"
            elif meant == "tf" and local == self.old_root:
                local = self.root
            path = self._path(meant)
            same = path == local
            new.append(_small(f"import {path}" if same else f"import {path} as {local}"))
            self._add(node, f"import {dotted}", f"{path} takes its place")
        if not new:
            return None
        if kept:
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return [node.with_changes(names=kept, semicolon=cst.MaybeSentinel.DEFAULT), *new]
        return new

    def _path(self, name: str) -> str:
        target = self._target(name)
        return f"{self.runtime}.{target.removeprefix('tf.')}" if target != "tf" else self.runtime

    def _import_from(self, node: cst.ImportFrom) -> list[cst.BaseSmallStatement] | None:
        package = dotted_name(node.module) if node.module is not None and not node.relative else None
        if package is None:
            return None
        if self.release == "2.x" and package.split(".")[0] == "keras":
            self._add(node, f"from {package} import", "it is tensegra.keras now")
            return [node.with_changes(module=cst.parse_expression(f"tensegra.{package}"))]
        if not is_tensorflow(package):
            return None
        meant = canonical(package)
        if isinstance(node.names, cst.ImportStar):
            self._add(node, f"from {package} import *", f"{self._path(meant)} takes its place")
            return [node.with_changes(module=cst.parse_expression(self._path(meant)))]
        groups: dict[str, list[tuple[str, str]]] = {}
        roots: list[str] = []
        dropped: list[str] = []
        plain_modules: list[tuple[str, str]] = []
        for item in node.names:
            local = item.evaluated_alias or item.evaluated_name
            if local in self.needless and len(self.chain) == 1:
                dropped.append(local)
                continue
            target = self._target(canonical(f"{package}.{item.evaluated_name}"))
            if target in PLAIN:
                plain_modules.append((PLAIN[target], local))
                continue
            if target == "tf":
                roots.append(self.root if local == self.old_root else local)
                continue
            home, _, last = target.rpartition(".")
            groups.setdefault(home, []).append((last, local))
        plain = not roots and not dropped and not plain_modules and len(groups) == 1
        if plain and all(
            last == (i.evaluated_name) for (last, _), i in zip(*groups.values(), node.names, strict=True)
        ):
            home = next(iter(groups))
            path = self.runtime + home.removeprefix("tf")
            self._add(node, f"from {package} import", f"{path} takes its place")
            return [node.with_changes(module=cst.parse_expression(path))]
        new = [_small(f"import {self.runtime} as {local}") for local in roots]
        for module_name, local in plain_modules:
            renaming = f" as {local}" if local != module_name else ""
            new.append(_small(f"from tensegra.compat import {module_name}{renaming}"))
        for home, items in groups.items():
            listed = ", ".join(last if last == local else f"{last} as {local}" for last, local in items)
            new.append(_small(f"from {self.runtime + home.removeprefix('tf')} import {listed}"))
        if dropped:
            self._add(node, f"from {package} import {', '.join(dropped)}", "its public names take its place")
        if new:
            path = "tensegra.compat" if plain_modules else self.runtime
            self._add(node, f"from {package} import", f"{path} takes its place")
        return new


def _pass(like: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    return like.with_changes(body=[cst.Pass()])


def _small(text: str) -> cst.BaseSmallStatement:
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement.body[0]


def _chain(dotted: str, like: cst.Attribute) -> cst.BaseExpression:
    new = cst.parse_expression(dotted)
    return new.with_changes(lpar=like.lpar, rpar=like.rpar)


def _with_root_import(module: cst.Module, root: str, runtime: str) -> cst.Module:
    """The module with an import of the runtime above its first import, after the future ones."""
    body = list(module.body)
    place = 0
    for index, line in enumerate(body):
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        docstring = index == 0 and isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString)
        future = (
            isinstance(small, cst.ImportFrom) and dotted_name(small.module or cst.Name("_")) == "__future__"
        )
        if docstring or future:
            place = index + 1
    statement = cst.parse_statement(f"import {runtime} as {root}")
    body.insert(place, statement)
    return module.with_changes(body=body)
