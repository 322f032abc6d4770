"""Programs whose graphs are held by objects: each runs on the runtime and natively, with equal values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensegra.compat import upgrade_source

FOLDER = Path(__file__).parent / "programs" / "classes"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py"))
Execute = Callable[..., dict[str, Any]]

HEAD = "import tensorflow as tf\n"
CLASS = """
class Net:
    def __init__(self, rate):
        self.x = tf.placeholder(tf.float32, [None, 2])
        self.w = tf.Variable([[1.0], [2.0]])
        self.y = tf.matmul(self.x, self.w)
        self.loss = tf.reduce_mean(tf.square(self.y))
        self.train = tf.train.GradientDescentOptimizer(rate).minimize(self.loss)
"""
SESSION = "sess = tf.Session()\nsess.run(tf.global_variables_initializer())\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_values_are_those_of_the_runtime(
    name: str, execute: Execute, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    native = upgrade_source(source, mode="native")
    assert native.status == "upgraded", native.todo
    assert "compat.v1" not in native.text
    before = execute(upgrade_source(source, mode="shim").text, {"__name__": "__main__"})
    printed = capsys.readouterr().out
    after = execute(native.text, {"__name__": "__main__"})
    assert capsys.readouterr().out == printed
    compared = before["RESULTS"]
    for number, (old, new) in enumerate(zip(compared, after["RESULTS"], strict=True)):
        np.testing.assert_allclose(new, old, rtol=1e-5, atol=1e-6, err_msg=f"result {number}")
    assert compared


@pytest.mark.parametrize("name", PROGRAMS)
def test_upgrading_again_changes_nothing(name: str) -> None:
    text = upgrade_source((FOLDER / f"{name}.py").read_text(encoding="utf-8")).text
    again = upgrade_source(text)
    assert again.text == text and not again.todo


def refused(source: str) -> list[tuple[int, str, str]]:
    result = upgrade_source(source, mode="native")
    assert result.status == "refused" and result.text == result.source
    return [(finding.line, finding.construct, finding.code) for finding in result.todo]


def test_a_class_in_the_middle() -> None:
    text = upgrade_source(HEAD + CLASS + "net = Net(0.1)\n" + SESSION
                          + "print(sess.run([net.train, net.loss], {net.x: [[1.0, 1.0]]})[1])\n").text  # fmt: skip
    assert (
        text
        == """import tensegra as tf

class Net(tf.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate
        self.w = tf.Variable([[1.0], [2.0]])

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def train_step(self, x):
        variables = [self.w]
        with tf.GradientTape() as tape:
            y = tf.matmul(x, self.w)
            loss = tf.reduce_mean(tf.square(y))
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(self.rate * gradient)
        return loss
net = Net(0.1)
print(net.train_step([[1.0, 1.0]]).numpy())
"""
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # the graph is built in a loop, and twice
        (CLASS.replace("__init__(self, rate)", "build(self, rate)")
         + "    def __init__(self):\n        for rate in (1, 2):\n            self.build(rate)\n" + SESSION,
         (4, "Net.build", "TG-7171")),
        (CLASS.replace("__init__(self, rate)", "build(self, rate)")
         + "    def __init__(self):\n        self.build(1)\n        self.build(2)\n" + SESSION,
         (12, "Net.build", "TG-7171")),
        # one run of two objects, and of two classes
        (CLASS + "a = Net(1.0)\nb = Net(2.0)\n" + SESSION + "sess.run([a.y, b.y], {a.x: [[1, 1]], b.x: [[1, 1]]})\n",
         (14, "run", "TG-7172")),
        # an object that cannot be told
        (CLASS + "nets = [Net(1.0)]\n" + SESSION + "for net in nets:\n    print(net.loss)\n",
         (14, "net.loss", "TG-7173")),
        # an initializer that runs again
        (CLASS + "    def fit(self, sess):\n        sess.run(tf.global_variables_initializer())\n"
         "        sess.run(self.train, {self.x: [[1, 1]]})\nnet = Net(0.1)\n"
         "sess = tf.Session()\nnet.fit(sess)\nnet.fit(sess)\n",
         (11, "initializer", "TG-7022")),
        # a function within a method that another method needs
        (CLASS.replace("self.y = tf", "def twice(t):\n            return t + t\n"
                       "        self.y = list(map(twice, [self.x]))[0] * tf")
         + "net = Net(0.1)\n" + SESSION + "sess.run(net.y, {net.x: [[1, 1]]})\n", (1, "twice", "TG-7174")),
        # a base class
        (CLASS.replace("Net:", "Net(Base):") + "net = Net(0.1)\n" + SESSION, (3, "class Net", "TG-7021")),
        # an attribute that changes later
        (CLASS.replace("square(self.y)", "square(self.y) * self.scale")
         .replace("        self.x =", "        self.scale = 2.0\n        self.x =")
         + "    def rescale(self):\n        self.scale = 3.0\nnet = Net(0.1)\n" + SESSION
         + "sess.run(net.loss, {net.x: [[1, 1]]})\n", (9, "scale", "TG-7022")),
    ],
)  # fmt: skip
def test_refusals_name_line_and_construct(body: str, expected: tuple[int, str, str]) -> None:
    assert expected in refused(HEAD + body)
