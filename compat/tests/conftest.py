"""Fixtures of the upgrader's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tensegra.compat import UpgradeResult, upgrade_source


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
        exec(compile(_upgraded(name, **options).text, f"{name}.py", "exec"), names)
        names["stdout"] = capsys.readouterr().out
        return names

    return run
