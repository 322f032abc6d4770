"""Fixtures of the upgrader's tests."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tensegra.compat import UpgradeResult, upgrade_source

_numbers = itertools.count()


def execute(text: str, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Runs a program as from a file, so that its source can be read, and gives its names."""
    names = {} if names is None else names
    name = f"<program {next(_numbers)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), names)
    return names


@pytest.fixture(name="execute")
def _execute() -> Callable[..., dict[str, Any]]:
    """Runs a program as from a file and gives its names."""
    return execute


def _upgraded(name: str, **options: Any) -> UpgradeResult:
    source = (Path(__file__).parent / "programs" / f"{name}.py").read_text(encoding="utf-8")
    result = upgrade_source(source, filename=f"{name}.py", **options)
    assert result.status == "upgraded", result.todo
    return result


@pytest.fixture
def upgraded() -> Callable[..., UpgradeResult]:
    """Upgrades one of the programs beside the tests."""
    return _upgraded


@pytest.fixture
def run_upgraded(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Upgrades one of the programs, runs it, and gives its names; what it printed is under `stdout`."""

    def run(name: str, **options: Any) -> dict[str, Any]:
        capsys.readouterr()
        names: dict[str, Any] = {"__name__": "__main__"}
        execute(_upgraded(name, **options).text, names)
        names["stdout"] = capsys.readouterr().out
        return names

    return run
