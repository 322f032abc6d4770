"""The scorer of real programs finds what the upgrader passes over, and says nothing of what is reported."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from tensegra.compat import Finding, UpgradeResult

TOOL = Path(__file__).parents[1] / "tools" / "corpus.py"


@pytest.fixture(scope="module")
def corpus() -> ModuleType:
    """The tool as a module."""
    spec = importlib.util.spec_from_file_location("corpus", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["corpus"] = module
    spec.loader.exec_module(module)
    return module


def result(text: str, *findings: Finding, name: str = "a.py") -> UpgradeResult:
    """A result with this text."""
    return UpgradeResult(name, "import tensorflow as tf\n", text, "upgraded", findings)


def test_names_that_do_not_exist(corpus: ModuleType) -> None:
    text = "import tensegra as tf\nfrom tensegra import math, nothing\ntf.nn.relu(tf.gone.far)\nmath.tanh\n'tf.w'\n"
    assert corpus.missing_names(text) == {"tensegra.gone.far", "tensegra.nothing"}
    told = Finding(3, "tensegra.gone", "manual", "why", "TG-7023")
    assert corpus.unreported(result(text, told)) == ["tensegra.nothing"]
    assert corpus.unreported(result("import tensorflow as tf\n")) == ["import tensorflow"]
    assert corpus.unreported(result('"\\\nimport tensorflow as tf\\\n"\n')) == []


def test_what_parses(corpus: ModuleType) -> None:
    assert corpus.parses(result("x = 1\n")) and not corpus.parses(result("x = = 1\n"))
    sources = ["%%time\\nx = 1", "!ls\\ny = 2"]
    cells = (
        '{"cells": ['
        + ", ".join(f'{{"cell_type": "code", "source": "{source}"}}' for source in sources)
        + "]}"
    )
    assert corpus.parses(result(cells, name="a.ipynb"))
    assert not corpus.parses(result(cells.replace("y = 2", "y = "), name="a.ipynb"))


def test_a_table_of_scores(corpus: ModuleType, tmp_path: Path) -> None:
    repository = tmp_path / "somebody__something"
    repository.mkdir()
    script = (
        "import tensorflow as tf\na = tf.constant(2)\nwith tf.Session() as sess:\n    print(sess.run(a))\n"
    )
    (repository / "script.py").write_text(script)
    (repository / "plain.py").write_text("print(1)\n")
    found = corpus.score(repository, None, 1)
    assert found.repository == "somebody/something" and found.files == 1
    assert found.counts == {
        "parses": (1, 1), "unreported": (0, 1), "resolve": (1, 1), "alone": (1, 1), "native": (1, 1),
    }  # fmt: skip
    shown = corpus.table([found])
    assert shown.splitlines()[-1].split() == [
        "mean",
        "of",
        "rates",
        "1",
        "100.0",
        "%",
        "0.0",
        "%",
        *["100.0", "%"] * 3,
    ]


def test_without_a_folder_it_says_so(
    corpus: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["corpus.py", "--from", "/nowhere/at/all"])
    assert corpus.main() == 0
    assert capsys.readouterr().out.startswith("SKIPPED")


def test_the_manifest_names_programs_of_several_repositories() -> None:
    listed = tomllib.loads((TOOL.parents[1] / "tests" / "corpus_programs.toml").read_text(encoding="utf-8"))[
        "program"
    ]
    assert len(listed) >= 20 and len({p["repository"] for p in listed}) >= 8
    for program in listed:
        assert set(program) == {"repository", "commit", "folder", "command", "inputs", "shows", "fetches"}
        assert len(program["commit"]) == 40 and program["command"].startswith("python ")
        assert set(program["inputs"]) <= {"mnist", "libsvm"}
        re.compile(program["shows"])
