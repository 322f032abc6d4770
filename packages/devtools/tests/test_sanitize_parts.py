"""The tests under the sanitizers run in parts, and a process that dies loses the test that ended it and no other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tensegra_devtools import _progress, _sanitize, _sanitize_parts
from tensegra_devtools._run import TaskError

SOURCE = Path(_progress.__file__).resolve().parents[1]
CRASHES = """
import os
import pytest

def test_first(): pass
def test_fails(): assert False
def test_ends_the_process(): os._exit(3)
@pytest.mark.parametrize("x", ["a\\nb", "c"])
def test_goes_on(x): pass
"""
REPORT = """==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1
    #0 somewhere
"""


@pytest.fixture
def sanitized(tmp_path: Path) -> _sanitize_parts.Sanitized:
    tests = tmp_path / "packages" / "core" / "tests"
    tests.mkdir(parents=True)
    (tests / "test_crashes.py").write_text(CRASHES)
    (tests / "test_quiet.py").write_text("def test_quiet(): pass\n")
    return _sanitize_parts.Sanitized(
        tmp_path, Path(sys.executable), {"PYTHONPATH": str(SOURCE)}, tmp_path / "build"
    )


def test_a_part_goes_on_behind_the_test_that_ended_it(sanitized: _sanitize_parts.Sanitized) -> None:
    (sanitized.place / "records").mkdir(parents=True)
    outcome = _sanitize_parts.run_part(sanitized, ["test_crashes.py"], [])
    assert (outcome.name, outcome.passed) == ("test_crashes", 3)
    assert [name.partition("::")[2] for name in outcome.failed] == ["test_fails"]
    assert [name.partition("::")[2] for name in outcome.died] == ["test_ends_the_process"]


def test_what_ran_is_counted(
    sanitized: _sanitize_parts.Sanitized, capsys: pytest.CaptureFixture[str]
) -> None:
    _sanitize_parts.run_parts(sanitized, [["test_quiet.py"]])
    assert "1 tests ran, 0 failed; 0 reports" in capsys.readouterr().out
    with pytest.raises(TaskError, match="not clean"):
        _sanitize_parts.run_parts(sanitized, [["test_quiet.py"], ["test_crashes.py"]])
    out = capsys.readouterr().out
    assert "test_crashes: 3 passed, 1 failed, 1 ended the process" in out
    assert "6 tests ran, 2 failed; 0 reports" in out


def test_a_path_that_is_not_there_is_a_failure(sanitized: _sanitize_parts.Sanitized) -> None:
    with pytest.raises(TaskError, match="not clean"):
        _sanitize_parts.run_parts(sanitized, [["test_gone.py"]])


def test_reports_are_found(tmp_path: Path) -> None:
    (tmp_path / "report.7").write_text(REPORT)
    (tmp_path / "report.8").write_text("==8==WARNING: AddressSanitizer failed to allocate 0x1 bytes\n")
    (tmp_path / "report.9").write_text("a.cc:3:4: runtime error: signed integer overflow\n")
    assert [line.partition(":")[0] for line in _sanitize_parts.found(tmp_path)] == ["report.7", "report.9"]
    env = _sanitize.with_reports({"ASAN_OPTIONS": "a=1", "PYTHONPATH": "p"}, tmp_path)
    assert env == {"ASAN_OPTIONS": f"a=1:log_path={tmp_path / 'report'}", "PYTHONPATH": "p"}


def test_every_path_is_there() -> None:
    tests = SOURCE.parents[1] / "core" / "tests"
    parts = [*_sanitize_parts.ADDRESS, *_sanitize_parts.THREAD, _sanitize_parts.LEFT_OUT]
    assert [path for part in parts for path in part if not (tests / path.partition("::")[0]).exists()] == []
    named = [_sanitize_parts.name_of(part) for part in _sanitize_parts.ADDRESS]
    assert len(named) == len(set(named))


def test_parts_are_chosen_by_their_paths() -> None:
    assert _sanitize_parts.chosen("address", []) is _sanitize_parts.ADDRESS
    assert _sanitize_parts.chosen("thread", ["-x"]) is _sanitize_parts.THREAD
    words = ["packages/core/tests/ops/test_values.py", "engine", "-k", "matmul"]
    assert _sanitize_parts.chosen("address", words) == [("ops/test_values.py", "engine")]
    assert _sanitize_parts.options(words) == ["-k", "matmul"]
