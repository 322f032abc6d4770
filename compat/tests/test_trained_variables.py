"""Which variables a training changes: lists of them, and parts of what holds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tensegra.compat import upgrade_source, v1
from tensegra.compat.upgrade._unbound import unbound_names

Execute = Callable[..., dict[str, Any]]
PROGRAM = """\
import numpy as np
import tensorflow as tf
held = {"w": tf.Variable([[1.0], [0.5]]), "b": tf.Variable([0.25])}
scale = tf.Variable(2.0)
x = tf.placeholder(tf.float32, [None, 2])
loss = tf.reduce_mean(tf.square(scale * (tf.matmul(x, held["w"]) + held["b"]) - 1.0))
LISTED
train = tf.train.AdamOptimizer(0.1).minimize(loss, var_list=trained)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
losses = [sess.run([train, loss], {x: np.ones([3, 2])})[1] for _ in range(4)]
w, b, s = sess.run([held["w"], held["b"], scale])
"""


@pytest.mark.parametrize(
    "listed",
    [
        "trained = [held['w'], held['b']]",
        "trained = (held['b'], scale)",
        "first = [held['w']]\ntrained = [first[0], scale]",
        "first = [held['w'], scale]\ntrained = [first[-1]]",
    ],
)
def test_a_list_of_variables_that_a_training_changes(execute: Execute, listed: str) -> None:
    source = PROGRAM.replace("LISTED", listed)
    native = upgrade_source(source, mode="native")
    assert native.status == "upgraded", native.todo
    v1.reset_default_graph()
    after, before = execute(native.text), execute(upgrade_source(source, mode="shim").text)
    for name in ("losses", "w", "b", "s"):
        np.testing.assert_allclose(after[name], before[name], rtol=2e-5, atol=1e-6, err_msg=name)


def test_a_list_that_is_not_understood_is_refused() -> None:
    source = PROGRAM.replace("LISTED", "trained = [scale * 1.0]")
    assert upgrade_source(source, mode="native").status == "refused"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = 1\ndef f():\n    return x + y\n", {"y"}),
        ("import a.b\nfrom c import d as e\nfor i in e(a):\n    print(i, __name__)\n", set()),
        ("def f(x):\n    global made\n    made = x\nprint(made, [k for k in made])\n", set()),
        ("class A(B):\n    c = d\n    def e(self):\n        return self.c + A.c + f\n", {"B", "d", "f"}),
        ("def f():\n    u = 1\n    def g():\n        return u + v\n    return g\n", {"v"}),
        ("%magic of a notebook\n", set()),
    ],
)
def test_unbound_names(text: str, names: set[str]) -> None:
    assert unbound_names(text) == names
