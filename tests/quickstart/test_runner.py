"""The quickstart's own machinery, with stages made for the purpose; `./dev quickstart` runs the real ones."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from rich.console import Console


@pytest.fixture
def runner(load: Callable[[str], ModuleType]) -> ModuleType:
    """The module `quickstart.runner`."""
    return load("runner")


@pytest.fixture
def run(runner: ModuleType, tmp_path: Path):
    """Runs stages and returns the exit code and what was printed."""

    def run_stages(*stages, only=None) -> tuple[int, str]:
        console = Console(file=io.StringIO(), width=100)
        context = runner.Context(out=tmp_path / "out", core_python=Path(sys.executable), console=console)
        code = runner.Runner(stages, context).run(only)
        return code, console.file.getvalue()

    return run_stages


def test_results_flow_and_artefacts_are_listed(runner: ModuleType, run, tmp_path: Path) -> None:
    def first(context):
        context.artefact("made.txt").write_text("x" * 2048)
        with context.bar("counting", 3) as advance:
            for _ in range(3):
                advance()
        context.check(True, "it holds", 3)
        return runner.Result("three", size=2_500_000, values=3)

    def second(context):
        return runner.Result(f"{context.value('first') + 1} [units]")

    code, text = run(runner.Stage("first", "a", first), runner.Stage("second", "b", second, needs=("first",)))
    assert code == 0
    assert "every check held" in text
    for part in ("three", "2.50 MB", "4 [units]", "made.txt", "2.0 kB", "✓ it holds (3)", "counting"):
        assert part in text
    assert (tmp_path / "out/made.txt").exists()


def test_a_failure_names_stage_and_reason_and_hides_nothing(runner: ModuleType, run, tmp_path: Path) -> None:
    def crashes(context):
        raise ValueError("broken [thing]")

    def fails(context):
        context.check(False, "at least 97 %", "12 %")

    def works(context):
        return runner.Result("fine")

    code, text = run(
        runner.Stage("a", "", crashes),
        runner.Stage("b", "", fails),
        runner.Stage("c", "", works, needs=("a",)),
        runner.Stage("d", "", works),
        runner.Stage("e", "", works, needs=("c",)),
    )
    assert code == 1
    assert "a failed: ValueError: broken [thing]" in text
    assert "b failed: check failed: at least 97 %; found 12 %" in text
    assert "not run: needs a" in text
    assert "not run: needs c" in text
    assert "fine" in text
    assert "not every check held: a, b, c, e" in text
    assert "in crashes" in (tmp_path / "out/a.traceback.txt").read_text()


def test_only_runs_what_is_asked_for_and_what_that_needs(runner: ModuleType, run) -> None:
    ran: list[str] = []

    def stage(name, *needs):
        def body(context):
            ran.append(name)
            return runner.Result("")

        return runner.Stage(name, "", body, needs)

    code, _ = run(stage("a"), stage("b", "a"), stage("c"), stage("d", "b"), only=["d"])
    assert code == 0
    assert ran == ["a", "b", "d"]


def test_an_interruption_ends_with_a_message(runner: ModuleType, run) -> None:
    def interrupted(context):
        raise KeyboardInterrupt

    code, text = run(runner.Stage("a", "", interrupted), runner.Stage("b", "", interrupted))
    assert code == 130
    assert "interrupted in stage a" in text
