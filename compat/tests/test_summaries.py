"""What a 1.x script writes for TensorBoard, its native program writes too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensegra.compat import summaries, upgrade_source, v1

Execute = Callable[..., dict[str, Any]]
PROGRAM = """\
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 2])
W = tf.Variable([[0.5], [-0.25]])
with tf.name_scope("Model"):
    out = tf.matmul(x, W)
    tf.summary.histogram("the out", out)
loss = tf.reduce_mean(tf.square(out - 1.0))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
tf.summary.scalar("cost", loss)
merged = tf.summary.merge_all()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    writer = tf.summary.FileWriter("FOLDER", sess.graph)
    writer.add_graph(sess.graph)
    losses = []
    for step in range(3):
        _, value, summary = sess.run([train, loss, merged], feed_dict={x: [[1.0, 2.0], [3.0, 4.0]]})
        writer.add_summary(summary, step)
        losses.append(value)
    writer.add_summary(sess.run(merged, {x: [[1.0, 1.0]]}), 3)
    writer.close()
"""


def written(folder: Path) -> dict[tuple[str, int], list[float]]:
    """Tag and step -> the number, or what is counted and where."""
    found: dict[tuple[str, int], list[float]] = {}
    for file in folder.iterdir():
        for event in v1.train.summary_iterator(str(file)):
            for value in event.summary.value if event.summary else ():
                shown = value.histo
                numbers = (
                    [value.simple_value] if shown is None else [shown.min, shown.max, shown.num, shown.sum]
                )
                found[value.tag, event.step] = numbers
    return found


def test_the_events_are_the_same(execute: Execute, tmp_path: Path) -> None:
    after, before = tmp_path / "after", tmp_path / "before"
    native = upgrade_source(PROGRAM, mode="native")
    assert native.status == "upgraded", native.todo
    assert "compat.v1" not in native.text and "graph" not in native.text
    assert '"Model/the_out": tf.reshape(out, [-1])' in native.text
    v1.reset_default_graph()
    one = execute(native.text.replace("FOLDER", str(after)))
    shim = upgrade_source(PROGRAM, mode="shim").text.replace("FOLDER", str(before))
    other = execute(shim)
    np.testing.assert_allclose(one["losses"], other["losses"], rtol=1e-5)
    got, wanted = written(after), written(before)
    assert set(got) == set(wanted) and len(got) == 8
    for key in wanted:
        np.testing.assert_allclose(got[key], wanted[key], rtol=1e-5, err_msg=str(key))


def test_a_writer_by_itself(tmp_path: Path) -> None:
    writer = summaries.FileWriter(tmp_path, filename_suffix=".x")
    writer.add_summary({"a": np.float32(2.0)})
    writer.flush()
    writer.close()
    assert written(tmp_path) == {("a", 0): [2.0]}
    assert [file.suffix for file in tmp_path.iterdir()] == [".x"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"the out", out', 'str(1), out', "its tag cannot be told"),
        ('"cost", loss', '"cost", loss, family="f"', "have no counterpart"),
        ("merge_all()", 'merge_all("key")', "what it merges cannot be told"),
        ('scalar("cost", loss)\n', 'scalar("cost", loss)\nloss = loss * 2.0\n', "is bound anew before it is merged"),
    ],
)  # fmt: skip
def test_refusals(old: str, new: str, why: str) -> None:
    result = upgrade_source(PROGRAM.replace(old, new), mode="native")
    assert result.status == "refused" and any(why in finding.why for finding in result.todo), result.todo
