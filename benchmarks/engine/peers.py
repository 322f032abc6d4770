"""Peers: other systems, each in an environment and a process of its own, that take turns with the engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from ..environments import Unavailable, python_of

SYSTEMS = Path(__file__).parent / "systems"


class Peer:
    """A process that measures calls of one system when it is asked to.

    Args:
        system: The name that modules in `systems` begin with.
        worker: The script in `systems` that answers.
        arguments: More arguments of the script.

    Raises:
        Unavailable: The system cannot be installed or does not start.
    """

    def __init__(self, system: str, worker: str = "worker.py", *arguments: str) -> None:
        self.system = system
        self._command = [str(SYSTEMS / worker), system, *arguments]
        self.calls: list[str] = []
        self.version = ""

    def __enter__(self) -> Peer:
        python = python_of(self.system)
        self._process = subprocess.Popen(
            [python, *self._command],
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
        return float(self.ask({"call": name, "seconds": seconds})["microseconds"])

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """What the process answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict:
        assert self._process.stdout is not None and self._process.stderr is not None
        line = self._process.stdout.readline()
        if not line:
            said = self._process.stderr.read().strip().splitlines()
            raise Unavailable(said[-1] if said else "its process ended")
        return dict(json.loads(line))
