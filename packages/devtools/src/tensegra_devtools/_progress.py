"""A pytest plug-in that writes down each test as it begins and ends, so that a process that dies says where.

`-p tensegra_devtools._progress` with the file's name in TENSEGRA_TESTS_PROGRESS. Tests that the file holds already are
not run again: a part of the tests whose process died goes on behind the test that ended it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VARIABLE = "TENSEGRA_TESTS_PROGRESS"


@dataclass
class Progress:
    """What a file of progress says."""

    begun: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def under_way(self) -> str | None:
        """The test that has begun and not ended."""
        if not self.begun or self.begun[-1] in self.passed or self.begun[-1] in self.failed:
            return None
        return self.begun[-1]


def read(path: Path) -> Progress:
    """Reads the file; one that is not there says that nothing has begun."""
    progress = Progress()
    if path.is_file():
        for line in path.read_text().splitlines():
            kind, _, name = line.partition(" ")
            {"begun": progress.begun, "passed": progress.passed, "failed": progress.failed}[kind].append(name)
    return progress


def _write(kind: str, name: str) -> None:
    with Path(os.environ[VARIABLE]).open("a") as file:
        file.write(f"{kind} {_line(name)}\n")


def _line(name: str) -> str:
    return name.encode("unicode_escape").decode()


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    begun = set(read(Path(os.environ[VARIABLE])).begun)
    left_out = [item for item in items if _line(item.nodeid) in begun]
    items[:] = [item for item in items if _line(item.nodeid) not in begun]
    config.hook.pytest_deselected(items=left_out)


def pytest_runtest_logstart(nodeid: str) -> None:
    _write("begun", nodeid)


def pytest_runtest_logreport(report: Any) -> None:
    if report.failed:
        _write("failed", report.nodeid)
    elif report.when == "teardown":
        _write("passed", report.nodeid)
