"""Scripts in shapes that tutorials have: what the native program computes is what the runtime of 1.x computes."""

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
data = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.25], [2.0, -1.0]], np.float32)
wanted = data.sum(1, keepdims=True)
x = tf.placeholder(tf.float32, [None, 2])
y = tf.placeholder(tf.float32, [None, 1])
"""
SESSION = "sess = tf.Session()\nsess.run(tf.global_variables_initializer())\n"
FIXED = "kernel_initializer=tf.constant_initializer(0.25)"


def same(execute: Execute, source: str, *names: str) -> str:
    """Runs a program natively and on the runtime, compares what it leaves under `names`, and gives the native text."""
    native = upgrade_source(source, mode="native")
    assert native.status == "upgraded", native.todo
    assert "compat.v1" not in native.text
    v1.reset_default_graph()
    after, before = execute(native.text), execute(upgrade_source(source, mode="shim").text)
    for name in names:
        np.testing.assert_allclose(after[name], before[name], rtol=2e-5, atol=1e-6, err_msg=name)
    return native.text


@pytest.mark.parametrize(
    "arguments", ["0.05", "0.05, decay=0.8, momentum=0.5", "0.05, epsilon=0.1, centered=True"]
)
def test_rmsprop(execute: Execute, arguments: str) -> None:
    text = same(
        execute,
        HEAD
        + "W = tf.Variable([[0.5], [-0.25]])\nloss = tf.reduce_mean(tf.square(tf.matmul(x, W) - y))\n"
        + f"train = tf.train.RMSPropOptimizer({arguments}).minimize(loss)\n"
        + SESSION
        + "losses = [sess.run([loss, train], {x: data, y: wanted})[0] for _ in range(8)]\n",
        "losses",
    )
    assert "layers.optimizers.RMSprop(0.05" in text and "initial_average=1.0" in text


def test_two_trainings_in_one_run(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "G = tf.Variable([[0.5], [-0.25]])\nD = tf.Variable([[0.125]])\n"
        + "made = tf.matmul(x, G)\nd_loss = tf.reduce_mean(tf.square(tf.matmul(made, D) - y))\n"
        + "g_loss = -tf.reduce_mean(tf.matmul(made, D))\n"
        + "train_d = tf.train.AdamOptimizer(0.1).minimize(d_loss, var_list=[D])\n"
        + "train_g = tf.train.GradientDescentOptimizer(0.1).minimize(g_loss, var_list=[G])\n"
        + SESSION
        + "for i in range(3):\n    _, _, one, two = sess.run(\n"
        + "        [train_d, train_g, d_loss, g_loss], {x: data, y: wanted})\n"
        + "last = sess.run([G, D])\nlast_g, last_d = last\n",
        "one", "two", "last_g", "last_d",
    )  # fmt: skip
    assert "with tf.GradientTape(persistent=True) as tape:" in text
    assert "def train_d_and_train_g(x, y):" in text


def test_dropout_that_a_flag_turns_off(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "training = tf.placeholder(tf.bool, [])\n"
        + f"h = tf.layers.dense(x, 3, tf.nn.relu, {FIXED})\n"
        + "h = tf.layers.dropout(h, rate=0.4, training=training)\n"
        + f"out = tf.layers.dense(h, 1, {FIXED}, bias_initializer=tf.zeros_initializer())\n"
        + SESSION
        + "off = sess.run(out, {x: data, training: False})\n"
        + "on = sess.run(h, {x: np.ones((1, 2), np.float32), training: True}) * 0.6\n"
        + "kept = sorted(set(np.round(on, 4).ravel()) | {0.0, 0.5})\n",
        "off", "kept",
    )  # fmt: skip
    assert "tf.nn.dropout(h, tf.where(training, 0.4, 0.0))" in text


def test_a_metric_gathers(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "accuracy = tf.metrics.accuracy(labels=tf.argmax(x, 1), predictions=tf.cast(y[:, 0], tf.int64))[1]\n"
        + "start = tf.group(tf.global_variables_initializer(), tf.local_variables_initializer())\n"
        + "sess = tf.Session()\nsess.run(start)\n"
        + "seen = [sess.run(accuracy, {x: data[i:], y: np.ones((4 - i, 1))}) for i in range(3)]\n",
        "seen",
    )
    assert "accuracy_metric = tf.layers.metrics.Accuracy()\n" in text


def test_a_function_that_reads_tensors_from_outside(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "W = tf.Variable([[0.5], [-0.25]])\nmade = tf.matmul(x, W)\n"
        + "def penalty(z):\n    return tf.reduce_mean(z * made) + scaled(2.0)\n"
        + "def scaled(by=3.0):\n    return tf.reduce_sum(y) * by\n"
        + "loss = penalty(tf.square(made - y))\n"
        + "train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)\n"
        + SESSION
        + "losses = [sess.run([loss, train], {x: data, y: wanted})[0] for _ in range(5)]\n",
        "losses",
    )
    assert "def penalty(z, made, y):\n" in text and "def scaled(by=3.0, *, y):\n" in text
    assert "scaled(2.0, y=y)" in text


def test_a_placeholder_inside_an_expression(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "z = tf.placeholder(tf.float32, [None, 2]) / 4.0\nout = z * 2.0\n"
        + SESSION
        + "got = sess.run(out, {z: data})\n",
        "got",
    )
    assert "z_spec = tf.TensorSpec([None, 2], tf.float32)" in text


def test_options_and_prints_of_the_graph_go(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + "config = tf.ConfigProto()\nconfig.gpu_options.allow_growth = True\nout = x * 2.0\nprint(out)\nout\n"
        + "three = tf.constant(3.0)\nprint(three)\nsess = tf.Session(config=config)\ngot = sess.run(out, {x: data})\n",
        "got",
    )
    assert "config" not in text and "print(out)" not in text and "print(three)" in text


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("acc, op = tf.metrics.accuracy(y, y)\n", "only its update"),
        ("def f(a, y=1):\n    return a + x + y\nz = f(y)\n" , ""),
        ("def f(*a):\n    return a[0] + x\nz = f(y)\n", "it has star parameters"),
        ("def f(a):\n    return a + x\ng = f\nz = f(y)\n", "the function is passed on as a value"),
        ("def f(a):\n    for x in a:\n        pass\n    return a\nz = f(y)\n", ""),
    ],
)  # fmt: skip
def test_refusals(body: str, why: str) -> None:
    run = SESSION + "print(sess.run(z, {x: data, y: wanted}))\n"
    result = upgrade_source(HEAD + body + run, mode="native")
    if why:
        assert result.status == "refused"
        assert any(why in finding.why for finding in result.todo)
    else:
        assert result.status == "upgraded", result.todo


SCOPES = """\
with tf.variable_scope("made"):
    h = tf.layers.dense(x, 3, tf.nn.relu, kernel_initializer=tf.constant_initializer(0.25))
    out = tf.layers.dense(h, 1, kernel_initializer=tf.constant_initializer(0.5))
with tf.variable_scope("judge"):
    one = tf.layers.dense(y, 2, tf.nn.tanh, name="in", kernel_initializer=tf.constant_initializer(0.5))
    one = tf.layers.dense(one, 1, name="out", kernel_initializer=tf.constant_initializer(0.25))
    two = tf.layers.dense(out, 2, tf.nn.tanh, name="in", reuse=True)
    two = tf.layers.dense(two, 1, name="out", reuse=True)
good = tf.reduce_mean(tf.square(one - two))
bad = -tf.reduce_mean(two)
"""


def test_variables_of_scopes(execute: Execute) -> None:
    text = same(
        execute,
        HEAD
        + SCOPES
        + 'judges = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="judge")\n'
        + "train_judge = tf.train.GradientDescentOptimizer(0.5).minimize(good, var_list=judges)\n"
        + "train_made = tf.train.AdamOptimizer(0.1).minimize(\n"
        + '    bad, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="made"))\n'
        + SESSION
        + "seen = []\nfor i in range(4):\n"
        + "    a, b = sess.run([good, bad, train_judge, train_made], {x: data, y: wanted})[:2]\n"
        + "    seen.append([a, b])\n",
        "seen",
    )
    assert text.count("tf.layers.Dense(") == 4 and "variable_scope" not in text
    assert (
        "train_judge_variables = [*one_layer.trainable_variables, *one_layer_2.trainable_variables]" in text
    )


@pytest.mark.parametrize(
    "flags", [("reuse=False", "reuse=True"), ("tf.AUTO_REUSE", "tf.AUTO_REUSE"), ("None", "True")]
)
def test_a_network_that_is_applied_twice(execute: Execute, flags: tuple[str, str]) -> None:
    first, second = flags
    text = same(
        execute,
        HEAD
        + 'def net(a, units, reuse, training):\n    """A network."""\n'
        + '    with tf.variable_scope("net", reuse=reuse):\n'
        + "        # the first layer\n"
        + "        a = tf.layers.dense(a, units, tf.nn.relu, kernel_initializer=tf.constant_initializer(0.25))\n"
        + "        a = tf.layers.dense(a, 1, kernel_initializer=tf.constant_initializer(0.5))\n"
        + "        a = a if training else tf.sigmoid(a)\n"
        + "    return a\n"
        + f"trained = net(x, 3, {first}, training=True)\nused = net(x, 3, {second}, training=False)\n"
        + "loss = tf.reduce_mean(tf.square(trained - y))\n"
        + "train = tf.train.GradientDescentOptimizer(0.05).minimize(loss)\n"
        + SESSION
        + "got = [sess.run([used, train], {x: data, y: wanted})[0] for i in range(4)]\n",
        "got",
    )
    assert text.count("net_variables(3)") == 1 and "reuse" not in text


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('with tf.variable_scope("a", regularizer=None, initializer=tf.zeros_initializer()):\n'
         "    z = tf.layers.dense(x, 1)\n", ""),
        ("z = tf.layers.dense(x, 1, name='a', reuse=True)\n", "is not found in the source"),
        ("flag = bool(1)\nz = tf.layers.dense(x, 1, name='a', reuse=flag)\n", "cannot be told from the source"),
        ("name = str(1)\nwith tf.variable_scope(name):\n    z = tf.layers.dense(x, 1)\n"
         "g = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope='1')\n", "is in that scope"),
        ("z = tf.layers.dense(x, 1)\ng = tf.get_collection('losses')\n", "only the collection of trainable"),
        ("def f(a, s):\n    with tf.variable_scope(s):\n        a = tf.layers.dense(a, 1, reuse=s)\n"
         "    return tf.layers.dense(a, 1, reuse=not s)\nz = f(x, True)\n", "more than one way"),
    ],
)  # fmt: skip
def test_scopes_that_are_not_understood(body: str, why: str) -> None:
    run = SESSION + "print(sess.run(z, {x: data, y: wanted}))\n"
    result = upgrade_source(HEAD + body + run, mode="native")
    assert result.status == "refused"
    assert any(why in finding.why for finding in result.todo), result.todo


def test_floats_that_are_fed_to_integers_are_cut_as_before(execute: Execute) -> None:
    text = same(
        execute,
        HEAD.replace("y = tf.placeholder(tf.float32, [None, 1])", "y = tf.placeholder(tf.int32, [None])")
        + "first = np.zeros(2)\nsecond = np.ones(2) * 1.75\nclasses = np.hstack((first, second))\n"
        + "count = tf.reduce_sum(y) + tf.shape(x)[0]\n"
        + SESSION
        + "total = sess.run(count, {x: data, y: classes})\nwhole = sess.run(count, {x: data, y: [1, 2, 3]})\n",
        "total",
        "whole",
    )
    assert "compute_count(data, tf.cast(classes, tf.int32))" in text
    assert "compute_count(data, [1, 2, 3])" in text


def test_one_hot_labels_of_examples_are_cast_as_before() -> None:
    source = (
        "import tensorflow as tf\nfrom tensorflow.examples.tutorials.mnist import input_data\n"
        "mnist = input_data.read_data_sets('m', one_hot=True)\ny = tf.placeholder(tf.int32, [None, 10])\n"
        "count = tf.reduce_sum(y)\nsess = tf.Session()\nfor _ in range(2):\n"
        "    _, batch_y = mnist.train.next_batch(5)\n    print(sess.run(count, {y: batch_y}))\n"
        "print(sess.run(count, {y: mnist.test.labels[:5]}))\n"
    )
    text = upgrade_source(source, mode="native").text
    assert "compute_count(tf.cast(batch_y, tf.int32))" in text
    assert "compute_count(tf.cast(mnist.test.labels[:5], tf.int32))" in text


def test_losses_cast_integers_as_before(execute: Execute) -> None:
    text = same(
        execute,
        HEAD.replace("y = tf.placeholder(tf.float32, [None, 1])", "y = tf.placeholder(tf.int32, [None, 2])")
        + "logits = x * 2.0\nloss = tf.losses.softmax_cross_entropy(onehot_labels=y, logits=logits)\n"
        + SESSION
        + "value = sess.run(loss, {x: data, y: np.eye(2, dtype=np.int32)[[0, 1, 1, 0]]})\n",
        "value",
    )
    assert "tf.stop_gradient(tf.cast(y, logits.dtype))" in text
