"""Programs that go to the runtime `tensegra.compat.v1`, and those of 2.x: only names change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensegra.compat import upgrade_paths, upgrade_source
from tensegra.compat.upgrade import _candidates

HEAD = "import tensegra.compat.v1 as tf\n"


def shim(source: str, **options: str) -> str:
    """The text for the runtime."""
    result = upgrade_source(source, mode="shim", **options)  # type: ignore[arg-type]
    assert result.status == "shimmed"
    return result.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import tensorflow as tf", "import tensegra.compat.v1 as tf"),
        ("import tensorflow", "import tensegra.compat.v1 as tensorflow"),
        ("import tensorflow.compat.v1 as tf", "import tensegra.compat.v1 as tf"),
        ("from tensorflow.compat import v1 as tf", "import tensegra.compat.v1 as tf"),
        ("import tensorflow.contrib.slim as slim", "import tensegra.compat.v1.contrib.slim as slim"),
        ("from tensorflow.contrib import rnn, layers", "from tensegra.compat.v1.contrib import rnn, layers"),
        (
            "from tensorflow.examples.tutorials.mnist import input_data",
            "from tensegra.compat import input_data",
        ),
        ("from tensorflow.python.platform import flags", "from tensegra.compat.v1 import flags"),
        (
            "from tensorflow.python.framework.ops import convert_to_tensor as c",
            "from tensegra.compat.v1 import convert_to_tensor as c",
        ),
        ("from tensorflow.contrib.data import Dataset", "from tensegra.compat.v1.data import Dataset"),
        ("import os, tensorflow as tf  # both", "import os  # both\nimport tensegra.compat.v1 as tf"),
        ("import os; import tensorflow as tf; x = 1", "import os; import tensegra.compat.v1 as tf; x = 1"),
        ("def f():\n    import tensorflow as tf", "def f():\n    import tensegra.compat.v1 as tf"),
        ("from tensorflow import *", "from tensegra.compat.v1 import *"),
    ],
)
def test_imports(before: str, after: str) -> None:
    assert shim(before + "\n") == after + "\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tf.mul(a, b)", "tf.multiply(a, b)"),
        ("tf.concat(1, [a, b])", "tf.concat([a, b], 1)"),
        ("tf.concat([a, b], 1)", "tf.concat([a, b], 1)"),
        ("tf.concat(dim, [a, b])", "tf.concat([a, b], dim)"),
        ("tf.concat(concat_dim=0, values=v)", "tf.concat(axis=0, values=v)"),
        ("tf.split(0, 4, x)", "tf.split(x, 4, axis=0)"),
        ("tf.split(x, 4, 0)", "tf.split(x, 4, 0)"),
        (
            "tf.nn.softmax_cross_entropy_with_logits(y, t)",
            "tf.nn.softmax_cross_entropy_with_logits(logits=y, labels=t)",
        ),
        ("tf.nn.seq2seq.sequence_loss(a)", "tf.contrib.legacy_seq2seq.sequence_loss(a)"),
        ("tf.train.SummaryWriter('d')", "tf.summary.FileWriter('d')"),
        ("tf.compat.v1.log(x)", "tf.log(x)"),
        ("tf.nn.dropout(x, 0.5)", "tf.nn.dropout(x, 0.5)"),
        ("(lambda tf: tf.mul)(x)", "(lambda tf: tf.mul)(x)"),
    ],
)
def test_names_of_0x_and_of_the_inside(before: str, after: str) -> None:
    assert shim(f"import tensorflow as tf\nz = {before}\n") == f"{HEAD}z = {after}\n"


def test_modules_of_tensorflow_itself_give_way_to_public_names() -> None:
    source = "from tensorflow.python.ops import array_ops, math_ops\ny = array_ops.concat([a], 1) + math_ops.tanh(a)\n"
    assert shim(source) == HEAD + "y = tf.concat([a], 1) + tf.tanh(a)\n"


def test_alias() -> None:
    assert shim("import tensorflow as tf\nx = tf.log(1.0)\n", alias="tg") == (
        "import tensegra.compat.v1 as tg\nx = tg.log(1.0)\n"
    )


def test_missing_symbols_are_told_once_each_with_their_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = [
        (2, "tensegra.compat.v1.contrib.tpu.TPUEstimator"),
        (3, "tensegra.compat.v1.foo"),
        (5, "tensegra.compat.v1.foo"),
    ]
    monkeypatch.setattr(_candidates, "unresolved_names", lambda *_: gone)
    result = upgrade_source("import tensorflow as tf\ntf.contrib\ntf.foo\n", mode="shim")
    assert [(f.line, f.construct, f.code) for f in result.todo] == [
        (2, "tf.contrib.tpu.TPUEstimator", "TG-7024"),
        (3, "tf.foo", "TG-7025"),
    ]
    assert "(used 2 times)" in result.todo[1].why and result.confidence == "low"


def test_packages_that_need_tensorflow_itself_are_named() -> None:
    result = upgrade_source("import tensorflow as tf\nimport tensorflow_hub as hub\n", mode="shim")
    assert ("import tensorflow_hub", "TG-7026") in [(f.construct, f.code) for f in result.todo]


def test_sources_of_2x() -> None:
    source = (
        "import tensorflow as tf\nfrom tensorflow import keras\nx = tf.function(tf.math.log)\nz = tf.keras\n"
    )
    result = upgrade_source(source)
    assert result.text.startswith("import tensegra as tf\nfrom tensegra import keras\n")
    assert "compat.v1" not in result.text
    assert upgrade_source(source, release="1.x").text.startswith(HEAD)
    assert upgrade_source("import keras\n", release="2.x").text == "from tensegra import keras\n"


def test_upgrading_again_changes_nothing() -> None:
    text = shim("import tensorflow as tf\nfrom tensorflow.contrib import rnn\nx = tf.pack([1])\n")
    assert upgrade_source(text).text == text


def test_one_program_goes_one_way(tmp_path: Path) -> None:
    (tmp_path / "ops.py").write_text(
        "import tensorflow as tf\nflags = tf.app.flags\ndef f(x):\n    return tf.mul(x, x)\n"
    )
    (tmp_path / "main.py").write_text(
        "from ops import *\ns = tf.Session()\nprint(tf.mul(1, 2), flags.FLAGS)\n"
    )
    (tmp_path / "alone.py").write_text(
        "import tensorflow as tf\na = tf.constant(2)\nwith tf.Session() as sess:\n    print(sess.run(a))\n"
    )
    results = {Path(r.filename).name: r for r in upgrade_paths([tmp_path], jobs=1)}
    assert {name: r.status for name, r in results.items()} == {
        "alone.py": "upgraded", "main.py": "shimmed", "ops.py": "shimmed",
    }  # fmt: skip
    assert "tf.multiply(1, 2)" in results["main.py"].text
    assert all(r.status == "shimmed" for r in upgrade_paths([tmp_path], mode="shim"))


def test_several_processes_give_the_same(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"p{number}.py").write_text(f"import tensorflow as tf\nx = tf.pack([{number}])\n")
    alone = [r.text for r in upgrade_paths([tmp_path])]
    assert [r.text for r in upgrade_paths([tmp_path], jobs=2)] == alone


@pytest.mark.parametrize("tail", ["\n\tx = '\\xe9 \\\n", "f(\n", "\x0c\n"])
def test_odd_texts_come_back(tail: str) -> None:
    source = "import tensorflow as tf\n" + tail
    result = upgrade_source(source)
    assert result.status in ("unreadable", "shimmed", "upgraded")
    assert result.status != "unreadable" or result.text == source


def test_a_rewrite_that_breaks_down_does_not_lose_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(_candidates, "rewrite_native", fail)
    result = upgrade_source("import tensorflow as tf\nx = tf.constant(1)\n")
    assert result.status == "shimmed"
    assert any("does not understand" in f.why for f in result.findings)
