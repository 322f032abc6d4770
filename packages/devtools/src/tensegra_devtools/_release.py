"""Release records, change fragments and deprecations: what was released, what is about to be, what will go."""

from __future__ import annotations

import datetime
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from ._snapshot import Snapshot

_RECORD = re.compile(r"releases/([a-z]+)-(\d+)\.(\d+)\.(\d+)\.toml")
_CITATION = re.compile(r"\bRFC-(\d{4})\b")
FRAGMENTS = ("added", "changed", "fixed", "deprecated", "removed")


@dataclass(frozen=True)
class Record:
    """One release of one package: `releases/<package>-<version>.toml`."""

    path: str
    package: str
    version: tuple[int, int, int]
    date: datetime.date
    rfcs: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        return ".".join(map(str, self.version))


@dataclass(frozen=True)
class Fragment:
    """One entry of a changelog to come: `changes/<slug>.<kind>.md`."""

    path: str
    package: str
    kind: str
    rfcs: frozenset[int]


@dataclass(frozen=True)
class Deprecation:
    """What will go: an entry of a package's `api/deprecations.toml`."""

    symbol: str
    since: tuple[int, int]
    instead: str
    rfc: int


@dataclass(frozen=True)
class Records:
    """The releases of a tree, and what is wrong with their files."""

    of: dict[str, list[Record]] = field(default_factory=dict)
    troubles: tuple[tuple[str, str], ...] = ()

    def bound(self, package: str) -> bool:
        """Tells whether the gate binds for the package: it has been released."""
        return package in self.of

    def minors_since(self, package: str, since: tuple[int, int]) -> set[tuple[int, int]]:
        """Returns the minor releases that were made from `since` on."""
        return {record.version[:2] for record in self.of.get(package, []) if record.version[:2] >= since}

    def first(self, package: str, minor: tuple[int, int]) -> Record | None:
        """Returns the first release of a minor."""
        return next((record for record in self.of.get(package, []) if record.version[:2] == minor), None)


def records(tree: Snapshot) -> Records:
    """Reads the release records."""
    found: dict[str, list[Record]] = {}
    troubles: list[tuple[str, str]] = []
    for path in tree.find("releases/*"):
        if path == "releases/README.md":
            continue
        match = _RECORD.fullmatch(path)
        if not match:
            troubles.append((path, f"file={path!r}"))
            continue
        try:
            table = tomllib.loads(tree.read(path) or "")
            version = (int(match[2]), int(match[3]), int(match[4]))
            if table["package"] != match[1] or table["version"] != ".".join(map(str, version)):
                raise ValueError(f"package={table['package']!r} and version={table['version']!r}")
            if set(table) - {"package", "version", "date", "rfcs"}:
                raise ValueError(f"keys={sorted(table)}")
            if not isinstance(table["date"], datetime.date):
                raise ValueError(f"date={table['date']!r}")
            record = Record(path, match[1], version, table["date"], tuple(table.get("rfcs", ())))
        except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
            troubles.append((path, f"{type(error).__name__}: {error}"))
            continue
        found.setdefault(record.package, []).append(record)
    ordered = {name: sorted(items, key=lambda item: item.version) for name, items in found.items()}
    return Records(ordered, tuple(troubles))


def fragments(tree: Snapshot) -> list[Fragment]:
    """Reads the change fragments of all packages."""
    found = []
    for package, directory in tree.packages.items():
        for path in tree.find(f"{directory}/changes/*.md"):
            kind = path.rsplit(".", 2)[1]
            if kind in FRAGMENTS:
                numbers = frozenset(map(int, _CITATION.findall(tree.read(path) or "")))
                found.append(Fragment(path, package, kind, numbers))
    return found


def deprecations(tree: Snapshot, package: str) -> tuple[dict[str, Deprecation], list[str]]:
    """Reads a package's deprecations by symbol; and what is wrong with the file."""
    text = tree.read(f"{tree.packages[package]}/api/deprecations.toml") if package in tree.packages else None
    if text is None:
        return {}, []
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [f"TOML: {error}"]
    found, troubles = {}, []
    for symbol, table in tables.items():
        entry = _deprecation(symbol, table)
        if entry is None:
            troubles.append(f"{symbol!r} = {table}")
        else:
            found[symbol] = entry
    return found, troubles


def _deprecation(symbol: str, table: Any) -> Deprecation | None:
    if not isinstance(table, dict) or set(table) != {"since", "instead", "rfc"}:
        return None
    since = re.fullmatch(r"(\d+)\.(\d+)", str(table["since"]))
    if not since or not isinstance(table["rfc"], int) or not str(table["instead"]).strip():
        return None
    return Deprecation(symbol, (int(since[1]), int(since[2])), str(table["instead"]), table["rfc"])


def version(tree: Snapshot, package: str) -> tuple[int, int, int]:
    """Returns the version in the package's pyproject.toml."""
    text = tree.read(f"{tree.packages[package]}/pyproject.toml") or ""
    match = re.search(r'^version = "(\d+)\.(\d+)\.(\d+)', text, re.MULTILINE)
    return (int(match[1]), int(match[2]), int(match[3])) if match else (0, 0, 0)
