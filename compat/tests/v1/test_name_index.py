"""The index of names is what the modules define, and the first names of a program import little."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tensegra.compat.v1 import _symbols

TOOL = Path(__file__).parents[2] / "tools" / "name_index.py"
_FIRST = """
import sys
import tensegra.compat.v1 as tf
tf.placeholder, tf.nn.relu, tf.Session, tf.train.AdamOptimizer, tf.global_variables_initializer
print(*sorted(m.rpartition(".")[2] for m in sys.modules if m.startswith(tf.__name__ + "._")))
"""


def _run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_index_is_up_to_date() -> None:
    written = (Path(_symbols.__file__).parent / "name_index.txt").read_text(encoding="utf-8")
    assert written == _run(str(TOOL), "--show"), "run python compat/tools/name_index.py"


def test_each_name_has_one_home() -> None:
    text = (Path(_symbols.__file__).parent / "name_index.txt").read_text(encoding="utf-8")
    names = [name for line in text.splitlines() for name in line.split()[1:]]
    assert len(names) == len(set(names)) == len(_symbols.index()) > 1600


def test_the_first_names_import_what_they_need() -> None:
    loaded = _run("-c", _FIRST).split()
    assert "optimizers" in loaded
    for module in ("_contrib", "_estimator", "_data", "_summary", "_aliases", "_rnn"):
        assert module not in loaded


def test_names_of_namespaces() -> None:
    assert _symbols.exists("contrib.slim") and not _symbols.exists("contrib.nowhere")
    import tensegra.compat.v1 as tf

    assert "dense" in dir(tf.layers) and "xavier_initializer" in dir(tf.contrib.layers)
