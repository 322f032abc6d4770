"""The install matrix: each package alone in a fresh environment, imported, tried, measured against its bars.

Standard library only: the noxfile imports it.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ._environments import PIP_QUIET, Environment
from ._run import TaskError, capture, environment, run, say, step
from ._tree import Package
from ._wheels import build, closure, is_native, metadata, published

WHEEL_BAR_MB = {"core": 8.0}
OTHER_WHEEL_BAR_MB = 2.0
CORE_IMPORT_BAR_MS = 40.0
IMPORT_RUNS = 7

# What a fresh environment holds before anything is installed.
_SEEDED = ("pip", "setuptools", "wheel")
_SHARED = ("numpy", "protobuf")

_IMPORT = """
import json, sys, time
import {before}
known = set(sys.modules)
start = time.perf_counter()
import {module}
took = time.perf_counter() - start
new = set(sys.modules) - known
print(json.dumps({{"ms": took * 1e3, "modules": len(new), "protobuf": "google.protobuf" in sys.modules}}))
"""

_SIZES = """
import importlib.metadata, json
sizes = {}
for distribution in importlib.metadata.distributions():
    files = [distribution.locate_file(file) for file in distribution.files or []]
    size = sum(file.stat().st_size for file in files if file.is_file())
    sizes[distribution.metadata["Name"].lower()] = size
print(json.dumps(sizes))
"""


@dataclass(frozen=True)
class Row:
    """What was measured of one package."""

    package: str
    wheel_mb: float
    installed_mb: float
    own_mb: float
    import_ms: float
    modules: int
    distributions: tuple[str, ...]
    faults: tuple[str, ...]


def install_matrix(root: Path, names: Iterable[str] = ()) -> list[Row]:
    """Measures the published packages, or those named, and prints the table.

    Raises:
        TaskError: a package did not install, import or run, or is past a bar.
    """
    chosen = [package for package in published(root) if not names or package.name in names]
    needed = closure(root, [package.name for package in chosen])
    wheels = {package.name: wheel for package, wheel in zip(needed, build(root, needed), strict=True)}
    rows = []
    for package in chosen:
        with step(f"install matrix: {package.name}"):
            rows.append(_measure(root, package, wheels))
    say(_table(rows))
    (root / "build" / "install_matrix.json").write_text(json.dumps([row.__dict__ for row in rows], indent=1))
    faults = [f"{row.package}: {fault}" for row in rows for fault in row.faults]
    if faults:
        raise TaskError("past the bars: " + "; ".join(faults))
    return rows


def _measure(root: Path, package: Package, wheels: dict[str, Path]) -> Row:
    env = Environment(root / "build" / "matrix" / package.name)
    env.create()
    links = [part for wheel in wheels.values() for part in ("--find-links", wheel.parent)]
    env.pip("install", *PIP_QUIET, "-c", root / "constraints.txt", *links, wheels[package.name])
    smoke = root / "tests" / "install_matrix" / f"smoke_{package.name}.py"
    with tempfile.TemporaryDirectory() as scratch:
        run(env.python, "-I", smoke, cwd=Path(scratch))
    sizes: dict[str, int] = json.loads(capture(env.python, "-I", "-c", _SIZES))
    sizes = {name: size for name, size in sizes.items() if name not in _SEEDED}
    # `tensegra.lite` works without core; the meta-package gives `tensegra` itself.
    module = "tensegra" if package.name in ("core", "tensegra") else f"tensegra.{package.name}"
    runs = [_import(env, module) for _ in range(IMPORT_RUNS)]
    milliseconds = statistics.median(float(run["ms"]) for run in runs)
    wheel_mb = wheels[package.name].stat().st_size / 1e6
    faults = []
    bar = WHEEL_BAR_MB.get(package.name, OTHER_WHEEL_BAR_MB)
    if wheel_mb > bar:
        faults.append(f"the wheel is {wheel_mb:.2f} MB (bar {bar:g} MB)")
    if module == "tensegra" and milliseconds > CORE_IMPORT_BAR_MS:
        faults.append(f"import takes {milliseconds:.0f} ms beyond numpy (bar {CORE_IMPORT_BAR_MS:g} ms)")
    if module == "tensegra" and runs[0]["protobuf"]:
        faults.append("import loads protobuf")
    if not is_native(package) and not wheels[package.name].name.endswith("-none-any.whl"):
        faults.append("the wheel is not pure Python")
    return Row(
        package=package.name,
        wheel_mb=wheel_mb,
        installed_mb=sum(sizes.values()) / 1e6,
        own_mb=sum(size for name, size in sizes.items() if name not in _SHARED) / 1e6,
        import_ms=milliseconds,
        modules=int(runs[0]["modules"]),
        distributions=tuple(sorted(set(sizes) - {metadata(package)["name"]})),
        faults=tuple(faults),
    )


def _import(env: Environment, module: str) -> dict[str, float]:
    program = _IMPORT.format(before="numpy", module=module)
    found: dict[str, float] = json.loads(capture(env.python, "-I", "-c", program, env=environment()))
    return found


def _table(rows: Sequence[Row]) -> str:
    heads = (
        "package",
        "wheel",
        "installed",
        "less numpy, protobuf",
        "import beyond numpy",
        "modules",
        "pulls in",
    )
    lines: list[tuple[str, ...]] = [heads]
    for row in rows:
        sizes = (f"{size:.2f} MB" for size in (row.wheel_mb, row.installed_mb, row.own_mb))
        lines.append(
            (row.package, *sizes, f"{row.import_ms:.0f} ms", str(row.modules), ", ".join(row.distributions))
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    text = []
    for line in lines:
        cells = [
            cell.ljust(width) if column in (0, 6) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("  ".join(cells).rstrip())
    text.insert(1, "  ".join("-" * min(width, 60) for width in widths))
    return os.linesep.join(["", *text, ""])
