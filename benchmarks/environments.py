"""Environments of peers: made with pip under build/, one per system, pinned to ranges."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ENVIRONMENTS = Path("build/bench/peers")
# What is installed for a system that is not in this environment: first without dependencies (which would be GPU
# libraries of gigabytes), then what its import needs.
PACKAGES: dict[str, tuple[list[str], list[str]]] = {
    "torch": (
        ["torch==2.13.0"],
        ["filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec", "numpy", "setuptools"],
    ),
    "jax": ([], ["jax>=0.10,<0.13", "numpy"]),
    "tensorflow": ([], ["tensorflow-cpu>=2.21,<2.22"]),
    "safetensors": (["safetensors==0.6.2"], ["numpy"]),
    "onnxruntime": ([], ["onnxruntime>=1.30,<2", "onnx>=1.18,<2", "numpy"]),
}


class Unavailable(Exception):
    """The peer cannot be had here; the text says why."""


def python_of(system: str) -> str:
    """The interpreter that has the system: this one, or that of an environment which is made now.

    `TENSEGRA_BENCH_<SYSTEM>` names an interpreter to use instead.

    Raises:
        Unavailable: The system cannot be installed.
    """
    if system not in PACKAGES:
        return sys.executable
    if named := os.environ.get(f"TENSEGRA_BENCH_{system.upper()}"):
        return named
    place = ENVIRONMENTS / system
    python = place / "bin" / "python"
    if not (place / "ready").is_file():
        venv.create(place, with_pip=True, clear=True)
        alone, needs = PACKAGES[system]
        for arguments in (["--no-deps", *alone] if alone else [], needs):
            if arguments:
                _install(python, arguments)
        (place / "ready").touch()
    return str(python)


def _install(python: Path, arguments: list[str]) -> None:
    done = subprocess.run([python, "-m", "pip", "install", "-q", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise Unavailable(f"pip install failed: {said[-1] if said else 'no message'}")
