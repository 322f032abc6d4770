"""`tf.layers`, losses and optimizers with a memory become objects of Tensegra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tensegra.compat import upgrade_source

Execute = Callable[..., dict[str, Any]]
HEAD = """\
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 2])
y = tf.placeholder(tf.float32, [None, 1])
"""
RUN = """
sess = tf.Session()
sess.run(tf.global_variables_initializer())
data = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.25]], np.float32)
wanted = data.sum(1, keepdims=True)
losses = [sess.run([loss, train], {x: data, y: wanted})[0] for _ in range(20)]
"""
LINEAR = "W = tf.Variable([[0.5], [-0.25]])\nloss = tf.losses.mean_squared_error(y, tf.matmul(x, W))\n"


def run(execute: Execute, body: str) -> tuple[str, dict[str, Any]]:
    """The upgraded text of a program and its names after it ran."""
    result = upgrade_source(HEAD + body + RUN, mode="native")
    assert result.status == "upgraded", result.todo
    return result.text, execute(result.text)


def reference(update: Any) -> list[float]:
    """The losses of the linear program under an update rule written with NumPy."""
    data = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.25]])
    wanted, weights, losses = data.sum(1, keepdims=True), np.array([[0.5], [-0.25]]), []
    for step in range(1, 21):
        error = data @ weights - wanted
        losses.append(float((error**2).mean()))
        weights = weights - update(2 * data.T @ error / len(data), step)
    return losses


def test_adam_takes_the_steps_of_1x(execute: Execute) -> None:
    text, names = run(execute, LINEAR + "train = tf.train.AdamOptimizer(0.05, beta1=0.8).minimize(loss)\n")
    state = {"m": np.zeros([2, 1]), "v": np.zeros([2, 1])}

    def update(gradient: Any, step: int) -> Any:
        state["m"] = 0.8 * state["m"] + 0.2 * gradient
        state["v"] = 0.999 * state["v"] + 0.001 * gradient**2
        rate = 0.05 * np.sqrt(1 - 0.999**step) / (1 - 0.8**step)
        return rate * state["m"] / (np.sqrt(state["v"]) + 1e-8)

    np.testing.assert_allclose(names["losses"], reference(update), rtol=1e-4)
    assert "optimizer = tf.layers.optimizers.Adam(0.05, beta_1=0.8, epsilon=1e-08)\n" in text
    assert "optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))" in text


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_takes_the_steps_of_1x(execute: Execute, nesterov: bool) -> None:
    _, names = run(
        execute,
        LINEAR + f"train = tf.train.MomentumOptimizer(0.05, 0.9, use_nesterov={nesterov}).minimize(loss)\n",
    )
    state = {"a": np.zeros([2, 1])}

    def update(gradient: Any, step: int) -> Any:
        state["a"] = 0.9 * state["a"] + gradient
        return 0.05 * (gradient + 0.9 * state["a"]) if nesterov else 0.05 * state["a"]

    np.testing.assert_allclose(names["losses"], reference(update), rtol=1e-4)


def test_layers_are_made_once_and_trained(execute: Execute) -> None:
    text, names = run(
        execute,
        "hidden = tf.layers.dense(x, 8, tf.nn.tanh, name='h')\n"
        "loss = tf.losses.mean_squared_error(labels=y, predictions=tf.layers.dense(hidden, 1))\n"
        "train = tf.train.AdamOptimizer(0.05).minimize(loss)\n",
    )
    assert (
        "hidden_layer = tf.layers.Dense(8, tf.nn.tanh)\n" in text
        and "loss_layer = tf.layers.Dense(1)\n" in text
    )
    assert "variables = [*hidden_layer.trainable_variables, *loss_layer.trainable_variables]" in text
    assert names["losses"][-1] < 0.2 * names["losses"][0]
    assert [tuple(v.shape) for v in names["hidden_layer"].trainable_variables] == [(2, 8), (8,)]


def test_layers_in_functions(execute: Execute) -> None:
    text, names = run(
        execute,
        "def net(a, size):\n    h = tf.layers.dense(a, size, activation=tf.nn.relu)\n"
        "    return tf.layers.dense(inputs=h, units=1) + tf.Variable(0.5)\n"
        "loss = tf.losses.absolute_difference(y, net(x, 16))\n"
        "train = tf.train.AdamOptimizer(0.02).minimize(loss)\n",
    )
    assert "def net_variables(size):" in text
    assert "loss_h_layer, loss_net_layer, loss_net_variable = net_variables(16)" in text
    assert names["losses"][-1] < names["losses"][0]


def test_images(execute: Execute) -> None:
    source = (
        "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 8, 8, 1])\n"
        "h = tf.layers.conv2d(x, 4, 3, padding='same', activation=tf.nn.relu)\n"
        "h = tf.layers.max_pooling2d(h, 2, 2)\nz = tf.layers.dense(tf.layers.flatten(h), 3)\n"
        "with tf.Session() as sess:\n    sess.run(tf.global_variables_initializer())\n"
        "    out = sess.run(z, {x: [[[[1.0]] * 8] * 8] * 2})\n"
    )
    result = upgrade_source(source, mode="native")
    assert result.status == "upgraded", result.todo
    names = execute(result.text)
    assert names["out"].shape == (2, 3)


@pytest.mark.parametrize(
    ("body", "construct"),
    [
        ("loss = tf.losses.mean_squared_error(y, x, weights=2.0)\n", "tf.losses.mean_squared_error"),
        ("loss = tf.reduce_mean(tf.layers.dense(x, 1, reuse=True))\n", "tf.layers.dense"),
        (
            "loss = tf.reduce_mean(x)\nt = tf.train.AdamOptimizer(tf.reduce_sum(y)).minimize(loss)\n",
            "tf.train.AdamOptimizer",
        ),
        (
            LINEAR + "o = tf.train.AdamOptimizer(0.1)\na = o.minimize(loss)\nb = o.minimize(loss * 2)\n",
            "tf.train.AdamOptimizer",
        ),
    ],
)
def test_what_would_differ_is_refused(body: str, construct: str) -> None:
    result = upgrade_source(HEAD + body + "sess = tf.Session()\n", mode="native")
    assert construct in {f.construct for f in result.todo}


def test_assignments_happen_where_they_are_run(execute: Execute) -> None:
    source = (
        "import tensorflow as tf\nn = tf.Variable(1.0)\ndouble = tf.assign(n, n * 2)\nmore = tf.assign_add(n, 0.5)\n"
        "other = n * 10\nwith tf.Session() as sess:\n    sess.run(tf.global_variables_initializer())\n"
        "    values = [sess.run(double), sess.run(more), sess.run(other), sess.run(n)]\n"
    )
    result = upgrade_source(source, mode="native")
    assert result.status == "upgraded", result.todo
    assert [float(v) for v in execute(result.text)["values"]] == [2.0, 2.5, 25.0, 2.5]
