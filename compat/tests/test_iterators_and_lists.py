"""Iterators of `tf.data` feed steps; lists of tensors are made in the functions that need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tensegra.compat import upgrade_source, v1

Execute = Callable[..., dict[str, Any]]
HEAD = """\
import numpy as np
import tensorflow as tf
data = np.linspace(-1.0, 1.0, 12).reshape(6, 2).astype(np.float32)
wanted = data.sum(1, keepdims=True)
scale = tf.placeholder(tf.float32, [])
W = tf.Variable([[0.5], [-0.25]])
dataset = tf.data.Dataset.from_tensor_slices((data, wanted))
dataset = dataset.map(lambda a, b: (a * 2.0, tf.cast(b, tf.float32))).repeat(2).batch(4)
"""
TRAIN = """\
loss = tf.reduce_mean(tf.square(tf.matmul(x, W) - y))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
scaled = tf.reduce_sum(y) * scale
sess = tf.Session()
sess.run(tf.global_variables_initializer())
"""


def same(execute: Execute, source: str, *names: str) -> str:
    native = upgrade_source(source, mode="native")
    assert native.status == "upgraded", native.todo
    assert "compat.v1" not in native.text
    v1.reset_default_graph()
    after, before = execute(native.text), execute(upgrade_source(source, mode="shim").text)
    for name in names:
        np.testing.assert_allclose(after[name], before[name], rtol=2e-5, atol=1e-6, err_msg=name)
    return native.text


def test_each_run_takes_an_element(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "iterator = dataset.make_one_shot_iterator()\nx, y = iterator.get_next()\n"
        + TRAIN
        + "losses = []\ntry:\n    losses.append(sess.run([train, loss])[1])\n"
        + "    losses.append(sess.run(scaled, feed_dict={scale: 3.0}))\n"
        + "    while True:\n        losses.append(sess.run([train, loss])[1])\n"
        + "except tf.errors.OutOfRangeError:\n    ended = 1\n",
        "losses", "ended",
    )  # fmt: skip
    assert "iterator = iter(dataset)" in text
    assert (
        "train_step(*next(iterator))" in text
        and "    *next(iterator),\n" in text
        and "except StopIteration:" in text
    )


def test_an_iterator_that_starts_again(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "iterator = dataset.make_initializable_iterator()\nelement = iterator.get_next()\n"
        + "x, y = element[0], element[1]\n"
        + TRAIN
        + "seen = []\nfor epoch in range(3):\n    sess.run(iterator.initializer)\n"
        + "    for i in range(2):\n        seen.append(sess.run([train, loss])[1])\n",
        "seen",
    )
    assert "    iterator = iter(dataset)\n" in text and "train_step(next(iterator))" in text


def test_an_iterator_that_starts_again_behind_its_runs(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "iterator = dataset.make_initializable_iterator()\nx, y = iterator.get_next()\n"
        + TRAIN
        + "def step():\n    return sess.run([train, loss])[1]\n"
        + "sess.run(iterator.initializer)\nseen = [step()]\nsess.run(iterator.initializer)\nseen.append(step())\n",
        "seen",
    )
    assert text.count("iter(dataset)") == 3
    text = same(
        execute,
        HEAD
        + "iterator = dataset.make_initializable_iterator()\nx, y = iterator.get_next()\n"
        + TRAIN
        + "seen = []\nfor epoch in range(2):\n    sess.run(iterator.initializer)\n"
        + "    seen.append(sess.run([train, loss])[1])\n"
        + "sess.run(iterator.initializer)\nseen.append(sess.run([train, loss])[1])\n",
        "seen",
    )
    assert text.count("iter(dataset)") == 3


def test_an_initializer_that_runs_once_goes(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "iterator = dataset.make_initializable_iterator()\nx, y = iterator.get_next()\n"
        + TRAIN
        + "sess.run(iterator.initializer)\nseen = [sess.run([train, loss])[1] for i in range(3)]\n",
        "seen",
    )
    assert text.count("iter(dataset)") == 1


LISTS = """\
import numpy as np
import tensorflow as tf
data = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
x = tf.placeholder(tf.float32, [2, 2])
def power(m, n):
    return m if n < 1 else tf.matmul(m, power(m, n - 1))
"""


def test_a_list_of_tensors(execute: Execute) -> None:
    text = same(
        execute,
        LISTS
        + "# the powers\npowers = []\npowers.append(power(x, 1))\npowers.append(power(x, 2))\n"
        + "total = tf.add_n(powers)\nsess = tf.Session()\ngot = sess.run(total, {x: data})\n",
        "got",
    )
    assert "    powers = []\n    powers.append(power(x, 1))\n" in text


def test_a_list_that_a_loop_fills(execute: Execute) -> None:
    text = same(
        execute,
        LISTS
        + "powers = []\nfor i in range(3):\n    y = power(x, i)\n    powers.append(y * 2.0)\n"
        + "first = powers[0] + 1.0\ntotal = tf.add_n(powers)\nsess = tf.Session()\n"
        + "got, one = sess.run([total, first], {x: data})\n",
        "got", "one",
    )  # fmt: skip
    assert text.count("powers = []") == 1


def test_a_list_of_constants_stays(execute: Execute) -> None:
    text = same(
        execute,
        LISTS
        + "a = tf.constant(data)\nkept = []\nkept.append(power(a, 2))\nkept.append(a)\n"
        + "total = tf.add_n(kept)\nsess = tf.Session()\ngot = sess.run(total)\n",
        "got",
    )
    assert "\nkept.append(power(a, 2))\n" in text


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (HEAD + "it = dataset.make_one_shot_iterator()\nx, y = it.get_next()\n" + TRAIN
         + "print(sess.run(loss, {x: data, y: wanted}))\n", "is an element of an iterator, and is fed as well"),
        (HEAD + "it = dataset.make_one_shot_iterator()\nit = dataset.make_one_shot_iterator()\n"
         "x, y = it.get_next()\n" + TRAIN + "print(sess.run(loss))\n", "bound more than once"),
        (HEAD + "it = dataset.make_initializable_iterator()\nx, y = it.get_next()\n" + TRAIN
         + "def again():\n    sess.run(it.initializer)\nagain()\nagain()\nsess.run(it.initializer)\n"
         + "for i in range(2):\n    again()\n    sess.run(it.initializer)\n    print(sess.run(loss))\n",
         "in a function"),
        (LISTS + "kept = []\nprint(len(kept))\nkept.append(x)\ntotal = tf.add_n(kept)\n"
         "sess = tf.Session()\nprint(sess.run(total, {x: data}))\n", "outside a fetch"),
        (LISTS + "kept = []\nkept.append(x * 2.0)\nsess = tf.Session()\nprint(sess.run(kept, {x: data}))\n",
         "collection of tensors"),
    ],
)  # fmt: skip
def test_what_is_not_understood(body: str, why: str) -> None:
    result = upgrade_source(body, mode="native")
    assert result.status == "refused"
    assert any(why in finding.why for finding in result.todo), result.todo
