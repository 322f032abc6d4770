"""Environments of peers: made with pip under build/, one per system, pinned to ranges, kept for later runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ENVIRONMENTS = Path("build/bench/peers")
PIP_SECONDS = 1800
# What some packages without a build for CPUs alone bring along, in bytes, before it is unpacked.
GPU_LIBRARIES = 12_000_000_000


@dataclass(frozen=True)
class Packages:
    """What is installed for a system.

    Args:
        module: What is imported, and whose `__version__` is shown.
        needs: Requirements for pip.
        alone: Requirements that are installed without what they ask for, which would be GPU libraries of gigabytes.
    """

    module: str
    needs: tuple[str, ...]
    alone: tuple[str, ...] = ()


_TORCH_NEEDS = (
    "filelock",
    "typing-extensions",
    "sympy",
    "networkx",
    "jinja2",
    "fsspec",
    "numpy",
    "setuptools",
)
PACKAGES = {
    "torch": Packages("torch", _TORCH_NEEDS, ("torch==2.13.0",)),
    "jax": Packages("jax", ("jax>=0.10,<0.13", "numpy")),
    "tensorflow": Packages("tensorflow", ("tensorflow-cpu>=2.21,<2.22",)),
    "safetensors": Packages("safetensors", ("safetensors==0.6.2", "numpy")),
    "onnxruntime": Packages("onnxruntime", ("onnxruntime>=1.30,<2", "onnx>=1.18,<2", "numpy")),
    "openvino": Packages("openvino", ("openvino>=2026,<2027", "onnx>=1.18,<2", "numpy")),
}


class Unavailable(Exception):
    """The peer cannot be had here; the text says why."""


@dataclass
class _Known:
    """What this process has found out: it neither installs nor refuses a system twice."""

    pythons: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


_known = _Known()


def python_of(system: str) -> str:
    """The interpreter that has the system: this one, or that of an environment which is made now.

    `TENSEGRA_BENCH_<SYSTEM>` names an interpreter to use instead.

    Raises:
        Unavailable: The system cannot be installed.
    """
    if system not in PACKAGES:
        return sys.executable
    if system in _known.reasons:
        raise Unavailable(_known.reasons[system])
    if named := os.environ.get(f"TENSEGRA_BENCH_{system.upper()}"):
        return named
    if system not in _known.pythons:
        try:
            _known.pythons[system] = str(_made(system, PACKAGES[system]))
        except Unavailable as reason:
            _known.reasons[system] = str(reason)
            raise
    return _known.pythons[system]


def prepare(console: Console, systems: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Makes what is missing, prints the systems with their versions, and returns these.

    Every system is imported once, so that its files lie in the cache of the system when the measuring begins.

    Args:
        console: Where the table goes.
        systems: The systems of a run; those of this environment are left out.

    Returns:
        By system: its version and the megabytes of its environment, or the reason why it is skipped.
    """
    found: dict[str, dict[str, Any]] = {}
    table = Table("peer", "version", "environment", title="peers")
    for system in dict.fromkeys(system for system in systems if system in PACKAGES):
        began = time.perf_counter()
        try:
            with console.status(f"{system}: its environment (made with pip at the first run)"):
                python = python_of(system)
                version = imported(system, python)
        except (Unavailable, OSError) as reason:
            found[system] = {"skipped": str(reason)}
            _known.reasons[system] = str(reason)
            table.add_row(system, "SKIPPED", str(reason))
            continue
        found[system] = {"version": version}
        where = f"named by TENSEGRA_BENCH_{system.upper()}"
        if system in _known.pythons:
            found[system]["megabytes"] = _megabytes(ENVIRONMENTS / system)
            where = f"{ENVIRONMENTS / system}, {found[system]['megabytes']} MB"
        table.add_row(system, version, f"{where}, ready in {time.perf_counter() - began:.0f} s")
    if found:
        console.print(table)
    return found


def imported(system: str, python: str) -> str:
    """The version that the interpreter imports.

    Raises:
        Unavailable: It cannot be imported; the text says why.
    """
    script = f"import {PACKAGES[system].module} as module; print(module.__version__)"
    try:
        done = subprocess.run(
            [python, "-c", script],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
    except subprocess.TimeoutExpired:
        raise Unavailable("its import takes more than 300 s") from None
    if done.returncode != 0:
        raise Unavailable(f"it cannot be imported: {_last(done.stderr)}")
    return done.stdout.strip().splitlines()[-1].partition("-")[0]


def _made(system: str, packages: Packages) -> Path:
    place = ENVIRONMENTS / system
    python, ready = place.absolute() / "bin" / "python", place / "ready.json"
    wanted = [*packages.alone, *packages.needs]
    if ready.is_file() and json.loads(ready.read_text()) == wanted:
        return python
    try:
        venv.create(place, with_pip=True, clear=True)
        if packages.alone:
            _install(python, ["--no-deps", *packages.alone])
        _install(python, list(packages.needs))
        if packages.alone:
            _complete(system, python, packages)
    except (Unavailable, OSError, subprocess.SubprocessError) as reason:
        shutil.rmtree(place, ignore_errors=True)
        raise reason if isinstance(reason, Unavailable) else Unavailable(str(reason)) from reason
    ready.write_text(json.dumps(wanted) + "\n")
    return python


def _complete(system: str, python: Path, packages: Packages) -> None:
    """A build for GPUs does not start without their libraries; they are installed where there is room."""
    try:
        imported(system, str(python))
        return
    except Unavailable as reason:
        free = shutil.disk_usage(python.parent).free
        if free < GPU_LIBRARIES:
            raise Unavailable(
                f"{reason}; with its GPU libraries it needs {GPU_LIBRARIES / 1e9:.0f} GB of disk, "
                f"{free / 1e9:.0f} GB are free: name an interpreter by TENSEGRA_BENCH_{system.upper()}"
            ) from reason
    _install(python, list(packages.alone))


def _install(python: Path, arguments: list[str]) -> None:
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "-q",
        "--no-input",
        "--disable-pip-version-check",
        *arguments,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PIP_SECONDS)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"pip install took more than {PIP_SECONDS} s") from None
    if done.returncode != 0:
        raise Unavailable(f"pip install failed: {_last(done.stderr)}")


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no message"


def _megabytes(place: Path) -> int:
    return round(sum(path.lstat().st_size for path in place.rglob("*") if path.is_file()) / 1e6)
