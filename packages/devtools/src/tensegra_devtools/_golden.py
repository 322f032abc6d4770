"""The goldens of a tree, read as lines of public surface, and how two trees differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ._snapshot import Snapshot

RELEASED = "released/"


@dataclass(frozen=True)
class Line:
    """One line of a golden: a public thing and what is promised about it."""

    package: str
    path: str
    symbol: str  # "py:tensegra.math.add", as the surface of a proposal names it
    text: str
    alias: str = ""  # a second name: a field by its number

    @property
    def contract(self) -> str:
        return self.symbol.partition(":")[0]

    @property
    def parent(self) -> str:
        """The symbol of the class, struct or command that it belongs to."""
        return self.symbol.rpartition(".")[0]

    @property
    def experimental(self) -> bool:
        return "experimental" in self.symbol.partition(":")[2].split(".")


Key = tuple[str, str, str]


@dataclass(frozen=True)
class Change:
    """A line that differs between two trees. One of both is None when it was added or removed."""

    old: Line | None
    new: Line | None

    @property
    def line(self) -> Line:
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def kind(self) -> str:
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    def __str__(self) -> str:
        mark = {"added": "+", "removed": "-", "changed": "~"}[self.kind]
        return f"{mark} {self.line.package}: {self.line.symbol}"


def golden_files(tree: Snapshot, *, released: bool = False) -> Iterator[tuple[str, str, str]]:
    """Gives the golden files: package, name within `api/`, path. `released` chooses those of the last release."""
    for package, directory in tree.packages.items():
        start = f"{directory}/api/{RELEASED if released else ''}"
        for path in tree.names:
            name = path.removeprefix(start)
            if path.startswith(start) and (name in _READERS or re.fullmatch(r"cli/[\w.-]+\.txt", name)):
                yield package, name, path


def goldens(tree: Snapshot, *, released: bool = False) -> dict[Key, Line]:
    """Returns every line of every golden."""
    found: dict[Key, Line] = {}
    for package, name, path in golden_files(tree, released=released):
        reader = _READERS.get(name, _cli)
        for symbol, text, alias in reader(tree.read(path) or ""):
            found[package, name.partition("/")[0], symbol] = Line(package, path, symbol, text, alias)
    return found


def changes(old: dict[Key, Line], new: dict[Key, Line]) -> list[Change]:
    """Returns the lines that were added, removed or changed."""
    found = []
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before is None or after is None or before.text != after.text:
            found.append(Change(before, after))
    return found


_Parsed = Iterator[tuple[str, str, str]]


def _python(text: str) -> _Parsed:
    for line in text.splitlines():
        match = re.match(r"\w+ ([\w.]+)", line)
        if match:
            yield f"py:{match[1]}", line, ""


def _ops(text: str) -> _Parsed:
    for name, entry in json.loads(text).items():
        yield f"op:{name}", json.dumps(entry, sort_keys=True), ""


def _layout(text: str) -> _Parsed:
    for line in text.splitlines():
        match = re.match(r"(\w+) ([\w.]+)", line)
        if match:
            yield "c:version" if match[1] == "version" else f"c:{match[2]}", line, ""


def _symbols(text: str) -> _Parsed:
    for line in text.split():
        yield f"c:{line}", line, ""


def _fields(text: str) -> _Parsed:
    for line in text.splitlines():
        if match := re.match(r"([\w.]+) = (-?\d+) ", line):
            yield f"format:{match[1]}", line, f"format:{match[1].rpartition('.')[0]}.{match[2]}"
        elif match := re.match(r"([\w.]+) reserved (\d+)", line):
            yield f"format:{match[1]}.reserved.{match[2]}", line, f"format:{match[1]}.{match[2]}"


def _cli(text: str) -> _Parsed:
    for line in text.splitlines():
        match = re.match(r"\w+ (\S+)", line)
        if match:
            yield f"cli:{match[1]}", line.partition(" # ")[0], ""


_READERS = {
    "python.api": _python,
    "ops.json": _ops,
    "c_layout.txt": _layout,
    "c_symbols.txt": _symbols,
    "proto_fields.txt": _fields,
}
