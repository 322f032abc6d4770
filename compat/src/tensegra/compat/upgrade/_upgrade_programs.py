"""Upgrades many files: which of them are one program, what they give each other, and what becomes of each program."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from ._aliases import is_tensorflow
from ._api import modules
from ._candidates import Candidate, candidate, settle
from ._prepare import prepare
from ._reading import UnreadableSource, read_source
from ._result import Finding, UpgradeResult
from ._shim import Release
from ._symbols import canonical

_FEW = 4  # files for which starting processes costs more than it saves


def upgrade_programs(
    texts: Mapping[Path, str],
    *,
    roots: Sequence[Path],
    mode: str,
    alias: str,
    release: Release | None,
    jobs: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[Path, UpgradeResult]:
    """The result for each file.

    Args:
        texts: the files and what they hold.
        roots: the folders that were given; modules are looked up below them.
        mode: `auto`, `native` or `shim`.
        alias: `keep` or `tg`.
        release: what the files were written for; None lets their names tell.
        jobs: how many processes look at the files.
        progress: called for each file with its number from 0, the number of files, and its name; and at the end.
    """
    asked = set(texts)
    files = _Files(texts, roots)
    texts = dict(texts)
    trees: dict[Path, ast.Module] = {}
    imports: dict[Path, list[tuple[Path, dict[str, str] | None]]] = {}
    waiting = list(texts)
    while waiting:
        path = waiting.pop()
        tree = _tree(path, texts[path])
        if tree is None:
            continue
        trees[path], imports[path] = tree, list(files.imports(path, tree))
        for beside in files.found_beside():
            text = _neighbour(beside)
            if text is not None:
                texts[beside] = text
                waiting.append(beside)
    given = _inherited(trees, imports)
    tasks = [
        (str(path), text, alias, mode != "shim", release, given.get(path, {})) for path, text in texts.items()
    ]
    found: dict[Path, Candidate] = {}
    for number, result in enumerate(_each(tasks, jobs)):
        if progress is not None:
            progress(number, len(tasks), result.filename)
        found[Path(result.filename)] = result
    if progress is not None:
        progress(len(tasks), len(tasks), "")
    settled: dict[Path, UpgradeResult] = {}
    for program in _programs(
        list(texts), {path: [target for target, _ in items] for path, items in imports.items()}
    ):
        settled |= _settle([found[path] for path in program], mode, alias, given)
    for path in asked:
        for target, _ in imports.get(path, []):
            if (
                target not in asked
                and found[target].tensorflow
                and settled[path].status in ("upgraded", "shimmed")
            ):
                why = f"the file {target.name} beside it still needs TensorFlow, so it would not run; give it too"
                finding = Finding(0, f"import {target.stem}", "manual", why, "TG-7021")
                settled[path] = replace(settled[path], findings=(finding, *settled[path].findings))
    return {path: settled[path] for path in asked}


def _neighbour(path: Path) -> str | None:
    try:
        return read_source(path).text
    except UnreadableSource:
        return None


def _look(task: tuple[str, str, str, bool, Release | None, dict[str, str]]) -> Candidate:
    name, text, alias, native, release, inherited = task
    return candidate(name, text, alias=alias, native=native, release=release, inherited=inherited)


def _each(
    tasks: list[tuple[str, str, str, bool, Release | None, dict[str, str]]], jobs: int
) -> Iterator[Candidate]:
    importable = hasattr(sys.modules.get("__main__"), "__file__")  # a spawned process imports it
    if jobs <= 1 or len(tasks) <= _FEW or not importable:
        yield from map(_look, tasks)
        return
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(_look, tasks, chunksize=1)


def _settle(
    program: list[Candidate], mode: str, alias: str, given: Mapping[Path, dict[str, str]]
) -> dict[Path, UpgradeResult]:
    """The results of one program: native as a whole, or on the runtime as a whole."""
    concerned = [one for one in program if one.tensorflow]
    releases = {one.release for one in concerned}
    mixed = "1.x" in releases and releases != {"1.x"}
    if mixed:  # a file whose names told nothing, or 2.x, belongs to a program of 1.x
        again = []
        for one in program:
            if one.tensorflow and one.release != "1.x":
                inherited = given.get(Path(one.filename), {})
                one = candidate(
                    one.filename,
                    one.source,
                    alias=alias,
                    native=mode != "shim",
                    release="1.x",
                    inherited=inherited,
                )
            again.append(one)
        program = again
        concerned = [one for one in program if one.tensorflow]
    unreadable = [one for one in program if one.failure is not None]
    native = bool(concerned) and all(one.native is not None for one in concerned) and not unreadable
    how = "native" if native and mode != "shim" else "refuse" if mode == "native" else "shim"
    results = {}
    for one in program:
        result = settle(one, how)
        if how == "refuse" and one.native is not None:
            others = [other for other in concerned if other.native is None] + unreadable
            name = Path(others[0].filename).name if others else ""
            why = f"the file {name} of the same program still needs TensorFlow, so the program would not run"
            finding = Finding(0, f"import {Path(name).stem}", "manual", why, "TG-7021")
            result = UpgradeResult(one.filename, one.source, one.source, "refused", (finding,))
        results[Path(one.filename)] = replace(result, shape=one.shape, alone=len(concerned) < 2)
    return results


# ---- what the files say of each other ---------------------------------------------------------------------------


def _tree(path: Path, text: str) -> ast.Module | None:
    if path.suffix == ".ipynb":
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
        prepared = prepare(text)
        return None if isinstance(prepared, Finding) else ast.parse(prepared.text)


class _Files:
    """Finds the files that imports mean."""

    def __init__(self, paths: Iterable[Path], roots: Sequence[Path]) -> None:
        self._real = {path.resolve(): path for path in paths}
        self._roots = {root.resolve() for root in roots}
        self._beside: list[Path] = []

    def imports(self, path: Path, tree: ast.Module) -> Iterator[tuple[Path, dict[str, str] | None]]:
        """Each file that is imported, with the names taken from it (local name -> name; None for a star)."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for item in node.names:
                    for target in self._module(path, item.name, 0):
                        yield target, {}
            elif isinstance(node, ast.ImportFrom):
                star = any(item.name == "*" for item in node.names)
                names = {item.asname or item.name: item.name for item in node.names}
                for target in self._module(path, node.module or "", node.level):
                    yield target, None if star else names
                for item in node.names:
                    for target in self._module(
                        path, f"{node.module or ''}.{item.name}".strip("."), node.level
                    ):
                        yield target, {}

    def found_beside(self) -> list[Path]:
        """The files that imports meant since the last call and that were not given: neighbours on the disk."""
        found, self._beside = self._beside, []
        return found

    def _module(self, path: Path, dotted: str, level: int) -> Iterator[Path]:
        place = Path(*dotted.split(".")) if dotted else Path()
        folder = path.resolve().parent
        if level:
            bases = [folder.parents[level - 2] if level > 1 and len(folder.parents) >= level - 1 else folder]
        else:
            bases = [folder]
            if self._roots:
                inside = [f for f in folder.parents if any(f == r or r in f.parents for r in self._roots)]
                bases += [*inside, *(root.parent for root in self._roots)]
        for base in bases:
            for target in (
                (base / place).with_suffix(".py") if dotted else base / "__init__.py",
                base / place / "__init__.py",
            ):
                if target not in self._real and not self._roots and target.is_file():
                    self._real[target] = target
                    self._beside.append(target)
                if target in self._real and self._real[target] != path:
                    yield self._real[target]
                    return


def _programs(paths: list[Path], imports: Mapping[Path, list[Path]]) -> list[list[Path]]:
    """The files, grouped by who imports whom."""
    parent = {path: path for path in paths}

    def top(path: Path) -> Path:
        while parent[path] != path:
            path = parent[path]
        return path

    for path, targets in imports.items():
        for target in targets:
            parent[top(target)] = top(path)
    groups: dict[Path, list[Path]] = {}
    for path in paths:
        groups.setdefault(top(path), []).append(path)
    return list(groups.values())


def _inherited(
    trees: Mapping[Path, ast.Module], imports: Mapping[Path, list[tuple[Path, dict[str, str] | None]]]
) -> dict[Path, dict[str, str]]:
    """Names that mean TensorFlow in a file because another file says so: `from ops import *`."""
    exported = {path: _exports(tree) for path, tree in trees.items()}
    given: dict[Path, dict[str, str]] = {}
    changed = True
    while changed:
        changed = False
        for path, items in imports.items():
            own = given.setdefault(path, {})
            for target, names in items:
                if target not in exported:
                    continue
                theirs = exported[target] | given.get(target, {})
                taken = theirs if names is None else {n: theirs[o] for n, o in names.items() if o in theirs}
                for name, meant in taken.items():
                    if name not in own and name not in exported[path]:
                        own[name] = meant
                        changed = True
    return given


def _exports(tree: ast.Module) -> dict[str, str]:
    """The names of a module's top level that mean TensorFlow or a namespace of it."""
    found: dict[str, str] = {}
    stack: list[ast.stmt] = list(reversed(tree.body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import):
            for item in node.names:
                if is_tensorflow(item.name):
                    found[item.asname or "tensorflow"] = canonical(item.name) if item.asname else "tf"
        elif isinstance(node, ast.ImportFrom) and not node.level and is_tensorflow(node.module or ""):
            for item in node.names:
                if item.name != "*":
                    found[item.asname or item.name] = canonical(f"{node.module}.{item.name}")
        elif (
            isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        ):
            meant = _chain(node.value, found)
            if meant in modules():
                found[node.targets[0].id] = meant
        elif isinstance(node, (ast.If, ast.Try)):
            stack += reversed(node.body)
    return found


def _chain(node: ast.expr, names: Mapping[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not (isinstance(node, ast.Name) and node.id in names):
        return ""
    return canonical(".".join([names[node.id], *reversed(parts)]))
