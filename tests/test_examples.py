"""Every Python block of the READMEs and of the documentation runs as written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, all_packages

_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
# Programs for TensorFlow 1.x are shown as what the upgrader reads; they are not ours to run.
_FOREIGN = re.compile(r"^\s*import tensorflow", re.MULTILINE)
_PROMISE = re.compile(r"^print\(.*\)  # (.*)$", re.MULTILINE)


_DIGITS = """
import numpy as np, tensegra as tg

class Model(tg.Module):
    def __init__(self):
        super().__init__()
        self.w = tg.Variable(tg.random.stateless_normal([784, 10], seed=[1, 2]))

    @tg.function(input_signature=[tg.TensorSpec([None, 784], tg.float32, name="images")])
    def __call__(self, images):
        return {"logits": images @ self.w}

model = Model()
tg.saved_model.save(model, "models/digits", signatures={"serving_default": model.__call__})
pixels = np.zeros((2, 784), np.float32)
"""
# What an example takes as given: a saved model, a few arrays.
_GIVEN = {
    "packages/agents/README.md": """
import numpy as np
random = np.random.default_rng(0)
labels = random.integers(0, 10, 500)
images = (np.eye(10)[labels].repeat(8, 1) + random.normal(scale=0.1, size=(500, 80))).astype(np.float32)
""",
    "packages/serving/README.md": _DIGITS,
    "packages/lite/README.md": _DIGITS,
}
# Where `print(...)  # text` promises that the program prints that text; elsewhere the comment is for the reader.
_EXACT = ("README.md", "docs/index.md")


def _documents() -> list[Path]:
    readmes = [ROOT / "README.md", ROOT / "packages/tensegra/README.md"]
    readmes += [package.directory / "README.md" for package in all_packages()]
    return [*readmes, *sorted((ROOT / "docs").rglob("*.md"))]


def _blocks() -> list[tuple[str, int, str]]:
    found = []
    for path in _documents():
        for number, block in enumerate(_BLOCK.findall(path.read_text(encoding="utf-8"))):
            if not _FOREIGN.search(block):
                found.append((path.relative_to(ROOT).as_posix(), number, block))
    return found


@pytest.mark.parametrize(
    ("name", "block"), [pytest.param(name, block, id=f"{name}-{number}") for name, number, block in _blocks()]
)
def test_block(name: str, block: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"  # a file, since AutoGraph reads the source of functions
    program.write_text(f"{_GIVEN.get(name, '')}\n{block}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", program],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if name in _EXACT:
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
        prose = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []
