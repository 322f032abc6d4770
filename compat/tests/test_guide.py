"""The examples of the migration guide are what the upgrader does, and they run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tensegra.compat import upgrade_source

GUIDE = (Path(__file__).parents[2] / "docs" / "migration.md").read_text(encoding="utf-8")
SHAPES = (Path(__file__).parents[2] / "docs" / "migration_shapes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
PAIRS = re.findall(r"^```python\n(.*?)^```$", SHAPES, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]


@pytest.mark.parametrize("number", [0, 2])
def test_before_and_after(
    number: int, execute: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    result = upgrade_source(PYTHON[number])
    assert result.text == PYTHON[number + 1]
    execute(result.text)
    assert re.search(r"\[\[[\d.]+\]\]", capsys.readouterr().out)


def test_a_program_for_the_runtime() -> None:
    assert upgrade_source(PYTHON[5], mode="shim").text == PYTHON[6]


def test_the_report_of_what_is_left() -> None:
    result = upgrade_source(PYTHON[4], filename="train.py", mode="native")
    said = next(text for language, text in BLOCKS if language == "text")
    assert said == "".join(f"train.py:{f.line}: {f.construct}: {f.why} ({f.code})\n" for f in result.todo)


@pytest.mark.parametrize("number", range(0, len(PAIRS), 2))
def test_shapes_before_and_after(
    number: int, execute: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert upgrade_source(PAIRS[number]).text == PAIRS[number + 1]
    execute(PAIRS[number + 1])
    assert len(capsys.readouterr().out.splitlines()) >= 3
