"""Every Python block of the READMEs and of the documentation runs as written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, all_packages

_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
_PROMISE = re.compile(r"^print\(.*\)  # (.*)$", re.MULTILINE)


def _documents() -> list[Path]:
    readmes = [ROOT / "README.md", ROOT / "packages/tensegra/README.md"]
    readmes += [package.directory / "README.md" for package in all_packages()]
    return [*readmes, *sorted((ROOT / "docs").rglob("*.md"))]


def _blocks() -> list[tuple[str, int, str]]:
    found = []
    for path in _documents():
        for number, block in enumerate(_BLOCK.findall(path.read_text(encoding="utf-8"))):
            found.append((path.relative_to(ROOT).as_posix(), number, block))
    return found


@pytest.mark.parametrize(
    ("name", "number", "block"), [pytest.param(*item, id=f"{item[0]}-{item[1]}") for item in _blocks()]
)
def test_block(name: str, number: int, block: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # `print(...)  # text` promises that the program prints that text.
    for promise in _PROMISE.findall(block):
        assert promise in done.stdout


def test_the_readme_has_its_example_and_its_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = _BLOCK.findall(text)
    assert len([line for line in block.splitlines() if line]) <= 10
    assert "./dev quickstart" in text
    assert "./dev tests" in text


def test_links_inside_the_tree_have_targets() -> None:
    broken = []
    for path in [*_documents(), *ROOT.glob("*/README.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []
