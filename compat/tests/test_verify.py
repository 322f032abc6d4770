"""Programs run before and after their upgrade; what differs is found."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tensegra import errors
from tensegra.compat import verify_program
from tensegra.compat.upgrade import _verify
from tensegra.compat.upgrade._cli import main

TRAINING = """import numpy as np
import tensorflow as tf
from shapes import sizes

x = tf.placeholder(tf.float32, [None, 3])
w = tf.Variable(tf.random_normal(sizes))
v = tf.Variable(tf.random_normal(sizes))
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) * tf.matmul(x, v) - 1.0))
train = tf.train.AdamOptimizer(0.1).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(5):
        batch = np.random.randn(4, 3)
        sess.run([train, loss], feed_dict={x: batch})
        print(sess.run([train, loss], feed_dict={x: batch})[1])
    last = sess.run(w)
"""
NOISE = """import tensorflow as tf
noise = tf.random_normal([3])
with tf.Session() as sess:
    print(sess.run(noise))
"""


@pytest.fixture
def training(tmp_path: Path) -> Path:
    """A program that begins with random weights and feeds random numbers."""
    (tmp_path / "shapes.py").write_text("sizes = [3, 1]\n")
    path = tmp_path / "training.py"
    path.write_text(TRAINING, encoding="utf-8")
    return path


def test_random_weights_and_feeds_begin_equal(training: Path) -> None:
    found = verify_program(training)
    assert (found.verdict, found.variables, found.reason) == ("equal", 2, "")
    assert [(row.line, row.runs, row.values) for row in found.rows] == [(14, 5, 5), (15, 5, 5), (16, 1, 3)]
    assert all(row.largest <= found.tolerance for row in found.rows)
    assert found.rows[2].fetched == "last = sess.run(w)"
    assert found.says == "the same values before and after (11 runs, 2 variables started equal)"
    assert not (training.parent / "__pycache__").exists()


SUMMARIES = """import tensorflow as tf
x = tf.placeholder(tf.float32, [None])
mean = tf.reduce_mean(x)
tf.summary.scalar("mean", mean)
merged = tf.summary.merge_all()
writer = tf.summary.FileWriter("events")
with tf.Session() as sess:
    for i in range(3):
        writer.add_summary(sess.run(merged, {x: [1.0, 2.0]}), i)
    LAST
"""


@pytest.mark.parametrize(
    ("last", "verdict", "values"),
    [("print(sess.run(mean, {x: [3.0]}))", "equal", [0, 1]), ("writer.close()", "nothing", [0])],
)
def test_summaries_are_not_compared(tmp_path: Path, last: str, verdict: str, values: list[int]) -> None:
    path = tmp_path / "program.py"
    path.write_text(SUMMARIES.replace("LAST", last), encoding="utf-8")
    found = verify_program(path)
    assert (found.verdict, [row.values for row in found.rows]) == (verdict, values)
    assert found.reason == "runs that fetch text, such as summaries, were not compared"


def test_it_ends_when_enough_was_compared(training: Path) -> None:
    training.write_text(TRAINING.replace("range(5)", "iter(int, 1)"), encoding="utf-8")
    found = verify_program(training, runs=7)
    assert (found.verdict, found.runs) == ("equal", 7)


def test_what_differs_is_told(training: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = _verify.recorded_text

    def wrong(prepared: _verify.Prepared) -> tuple[str | None, str]:
        text, why = real(prepared)
        assert text is not None
        return text.replace("0.1", "0.2"), why

    monkeypatch.setattr(_verify, "recorded_text", wrong)
    found = verify_program(training)
    assert found.verdict == "differs"
    # The first loss is the one before the first update.
    assert found.rows[0].largest > 1e-3 and not found.rows[2].equal
    assert verify_program(training, tolerance=1e9).verdict == "equal"


def test_what_stops_after_the_upgrade_is_told(
    training: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_verify, "recorded_text", lambda prepared: ("raise ValueError('gone')\n", ""))
    found = verify_program(training)
    assert (found.verdict, found.reason) == ("failed", "after its upgrade: ValueError: gone")
    assert main([str(training), "--verify", "--dry-run"]) == 1
    assert "(TG-7104)" in capsys.readouterr().out


def test_what_does_not_run_before_is_no_fault_of_the_upgrade(training: Path) -> None:
    training.write_text(TRAINING.replace("import numpy as np", "import numpy as np\n1 / 0"))
    found = verify_program(training)
    assert (found.verdict, found.reason) == (
        "failed",
        "before its upgrade: ZeroDivisionError: division by zero",
    )
    assert main([str(training), "--verify", "--dry-run"]) == 0


def test_draws_at_run_time_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "noise.py"
    path.write_text(NOISE)
    found = verify_program(path)
    assert found.verdict == "random" and found.rows[0].values == 3


@pytest.mark.parametrize(
    ("gaps", "verdict"),
    [
        ([1e-7] * 20, "equal"),
        ([1e-7] * 12 + [3e-5, 2e-4, 0.3], "drifts"),
        ([1e-7] * 12 + [0.3, 0.3], "differs"),
        ([1e-7] * 3 + [3e-5] * 12, "differs"),
    ],
)
def test_rounding_that_grows_late_is_told_from_what_is_wrong(gaps: list[float], verdict: str) -> None:
    def side(name: str, numbers: list[float]) -> Any:
        records = [
            {"line": 1, "values": [{"shape": [], "numbers": [repr(each)]}], "random": 0, "text": False}
            for each in numbers
        ]
        return SimpleNamespace(name=name, records=records, failed="", ended=True, started=lambda: (1, []))

    found = _verify._compared(
        side("before", [0.0] * len(gaps)), side("after", gaps), ["sess.run(loss)"], 1e-5
    )
    assert found.verdict == verdict
    assert ("from run 13 on" in found.reason) == (verdict == "drifts")


def test_the_report_has_the_table(training: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, account = tmp_path / "r.md", tmp_path / "r.json"
    options = ["--in-place", "--verify", "--report", str(report), "--json", str(account)]
    assert main([str(training), *options]) == 0
    assert "training.py: compared: the same values before and after (11 runs" in capsys.readouterr().out
    assert "import tensegra as tf" in training.read_text()
    assert "| 16 | `last = sess.run(w)` | 1 | 3 | " in report.read_text(encoding="utf-8")
    told = json.loads(account.read_text(encoding="utf-8"))["files"][0]
    assert told["confidence"] == "high" and told["verification"]["verdict"] == "equal"


def test_values_that_differ_are_something_to_do(
    training: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = _verify.recorded_text
    monkeypatch.setattr(_verify, "recorded_text", lambda p: (str(real(p)[0]).replace("0.1", "0.2"), ""))
    assert main([str(training), "--verify"]) == 1
    assert "(TG-7103)" in capsys.readouterr().out


def test_refusals(training: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.NotFoundError, match="TG-7001"):
        verify_program(tmp_path / "nowhere.py")
    for name in ("seconds", "runs", "tolerance"):
        with pytest.raises(errors.InvalidArgumentError, match=rf"{name} must be above 0.*TG-7102"):
            verify_program(training, **{name: 0})  # type: ignore[arg-type]
    plain = tmp_path / "library.py"
    plain.write_text("import tensorflow as tf\nx = tf.nn.ctc_loss(1)\n")
    with pytest.raises(errors.InvalidArgumentError, match=r"line 2: tf.nn.ctc_loss.*TG-7100"):
        verify_program(plain)
    monkeypatch.setattr(_verify, "_LARGEST_FOLDER", 10)
    with pytest.raises(errors.InvalidArgumentError, match="TG-7101"):
        verify_program(training)
