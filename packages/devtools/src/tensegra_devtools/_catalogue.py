"""Checks of the error catalogues, `errors.toml`: ranges, fields, and that every code is raised and tested."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ._finding import Finding
from ._tree import Package, packages

# The first code of each package; a range has a thousand codes.
RANGES = {
    "core": 0,
    "layers": 1000,
    "data": 2000,
    "probability": 3000,
    "agents": 4000,
    "serving": 5000,
    "lite": 6000,
    "compat": 7000,
    "devtools": 9000,
}
STATUSES = frozenset(
    {
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    }
)
_CODE = re.compile(r"TG-(\d{4})\b")
_SOURCES = {".py", ".cc", ".c", ".h", ".hpp", ".cpp"}


def load(package: Package) -> dict[str, dict[str, str]]:
    """Returns the package's catalogue, a table by code; empty when it has none."""
    if not package.errors.is_file():
        return {}
    return tomllib.loads(package.errors.read_text(encoding="utf-8"))


def check_catalogues(root: Path) -> Iterator[Finding]:
    """Checks the catalogues of all packages."""
    for package in packages(root):
        if package.name in RANGES:
            yield from _check(root, package)


def _check(root: Path, package: Package) -> Iterator[Finding]:
    name = package.errors.relative_to(root).as_posix()
    if not package.errors.is_file():
        yield Finding(name, "the package has no error catalogue")
        return
    catalogue = load(package)
    first = RANGES[package.name]
    own = range(first, first + 1000)
    for code, entry in catalogue.items():
        match = _CODE.fullmatch(code)
        if not match or int(match[1]) not in own:
            yield Finding(name, f"{code} is not TG-{first:04} to TG-{first + 999:04}")
        if entry.get("status") not in STATUSES:
            yield Finding(name, f"{code}: status {entry.get('status')!r} is not a canonical code")
        missing = [field for field in ("rule", "cure") if not str(entry.get(field, "")).strip()]
        if missing:
            yield Finding(name, f"{code}: lacks {' and '.join(missing)}")
    raised = _codes(package.directory / part for part in ("src", "bindings", "include", "runtime", "tools"))
    tested = _codes([package.tests, root / "tests", root / "quickstart"])
    everywhere = {code for other in packages(root) for code in load(other)}
    for code in sorted(raised - everywhere):
        yield Finding(name, f"{code} is raised but in no catalogue")
    for code in sorted(set(catalogue) - raised):
        yield Finding(name, f"{code} is never raised")
    for code in sorted((set(catalogue) & raised) - tested):
        yield Finding(name, f"{code} is not named by any test")


def _codes(roots: Iterable[Path]) -> set[str]:
    found: set[str] = set()
    for root in roots:
        for path in root.rglob("*"):
            if path.suffix in _SOURCES and path.is_file():
                found |= {match[0] for match in _CODE.finditer(path.read_text(encoding="utf-8"))}
    return found
