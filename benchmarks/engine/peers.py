"""Peers: other systems, each in an environment and a process of its own, that take turns with the engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from types import TracebackType

ENVIRONMENTS = Path("build/bench/peers")
WORKER = Path(__file__).parent / "systems" / "worker.py"
# What is installed for a system that is not in this environment: first without dependencies (which would be GPU
# libraries of gigabytes), then what its import needs.
PACKAGES: dict[str, tuple[list[str], list[str]]] = {
    "torch": (
        ["torch==2.13.0"],
        ["filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec", "numpy"],
    )
}


class Unavailable(Exception):
    """The peer cannot be had here; the text says why."""


class Peer:
    """A process that measures calls of one system when it is asked to.

    Args:
        system: The name of a module in `systems`.

    Raises:
        Unavailable: The system cannot be installed or does not start.
    """

    def __init__(self, system: str) -> None:
        self.system = system
        self.calls: list[str] = []
        self.version = ""

    def __enter__(self) -> Peer:
        python = _python_of(self.system)
        self._process = subprocess.Popen(
            [python, str(WORKER), self.system],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            hello = self._read()
        except Unavailable:
            self.__exit__(None, None, None)
            raise
        self.calls, self.version = hello["calls"], hello["version"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def measure(self, name: str, seconds: float) -> float:
        """Microseconds that a call takes on average over about `seconds`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"call": name, "seconds": seconds}) + "\n")
        self._process.stdin.flush()
        return float(self._read()["microseconds"])

    def _read(self) -> dict:
        assert self._process.stdout is not None and self._process.stderr is not None
        line = self._process.stdout.readline()
        if not line:
            said = self._process.stderr.read().strip().splitlines()
            raise Unavailable(said[-1] if said else "its process ended")
        return dict(json.loads(line))


def _python_of(system: str) -> str:
    """The interpreter that has the system: this one, or that of an environment which is made now."""
    if system not in PACKAGES:
        return sys.executable
    if named := os.environ.get(f"TENSEGRA_BENCH_{system.upper()}"):
        return named
    place = ENVIRONMENTS / system
    python = place / "bin" / "python"
    if not (place / "ready").is_file():
        venv.create(place, with_pip=True, clear=True)
        alone, needs = PACKAGES[system]
        for arguments in (["--no-deps", *alone], needs):
            done = subprocess.run(
                [python, "-m", "pip", "install", "-q", *arguments], capture_output=True, text=True
            )
            if done.returncode != 0:
                said = done.stderr.strip().splitlines()
                raise Unavailable(f"pip install failed: {said[-1] if said else 'no message'}")
        (place / "ready").touch()
    return str(python)
