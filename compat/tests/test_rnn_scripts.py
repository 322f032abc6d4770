"""Recurrent networks of 1.x become `tensegra.compat.rnn`, with the values of the runtime of 1.x."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra.compat import rnn, upgrade_source, v1

Execute = Callable[..., dict[str, Any]]
HEAD = """\
import numpy as np
import tensorflow as tf
data = np.linspace(-1.0, 1.0, 2 * 4 * 3).reshape(2, 4, 3).astype(np.float32)
wanted = np.array([[0.5], [-0.25]], np.float32)
start = tf.constant_initializer(0.25)
x = tf.placeholder(tf.float32, [None, 4, 3])
y = tf.placeholder(tf.float32, [None, 1])
n = tf.placeholder(tf.int32, [None])
W = tf.Variable([[0.5], [-0.25]])
"""
TRAIN = """
loss = tf.reduce_mean(tf.square(tf.matmul(last, W) - y))
train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
feed = {x: data, y: wanted, n: np.array([2, 4], np.int32)}
losses = [sess.run([loss, train], feed_dict=feed)[0] for _ in range(4)]
got = sess.run(last, feed_dict=feed)
"""
CELLS = [
    "tf.nn.rnn_cell.LSTMCell(2, initializer=start, forget_bias=0.5)",
    "tf.nn.rnn_cell.GRUCell(2, kernel_initializer=start, activation=tf.nn.relu)",
    "tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.GRUCell(2, kernel_initializer=start) for _ in range(2)])",
]


def same(execute: Execute, body: str) -> str:
    source = HEAD + body + TRAIN
    native = upgrade_source(source, mode="native")
    assert native.status == "upgraded", native.todo
    assert "compat.v1" not in native.text
    v1.reset_default_graph()
    after, before = execute(native.text), execute(upgrade_source(source, mode="shim").text)
    for name in ("losses", "got"):
        np.testing.assert_allclose(after[name], before[name], rtol=2e-5, atol=1e-6, err_msg=name)
    return native.text


@pytest.mark.parametrize("cell", CELLS)
def test_dynamic_rnn(execute: Execute, cell: str) -> None:
    body = f"cell = {cell}\noutputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)\nlast = outputs[:, -1]\n"
    text = same(execute, body.replace("dtype", "swap_memory=True, dtype"))
    assert "*cell.trainable_variables" in text and "swap_memory" not in text


@pytest.mark.parametrize("cell", CELLS)
def test_static_rnn_in_a_function_with_lengths(execute: Execute, cell: str) -> None:
    body = (
        "def network(sequence, lengths):\n"
        f"    cell = {cell}\n"
        "    steps = tf.unstack(sequence, 4, 1)\n"
        "    outputs, state = tf.nn.static_rnn(cell, steps, dtype=tf.float32, sequence_length=lengths)\n"
        "    return outputs[1] + outputs[3]\n"
        "last = network(x, n)\n"
    )
    assert "def network_variables():" in same(execute, body)


def test_both_directions(execute: Execute) -> None:
    make = "tf.contrib.rnn.GRUCell(1, kernel_initializer=start)"
    body = (
        f"forward = {make}\nbackward = {make}\n"
        "(ahead, back), states = tf.nn.bidirectional_dynamic_rnn(forward, backward, x, n, dtype=tf.float32)\n"
        "last = tf.concat([ahead[:, 1], back[:, 1]], 1) + tf.concat(states, 1)\n"
    )
    assert "tf.compat.rnn.bidirectional_dynamic_rnn(" in same(execute, body)


def test_both_directions_of_a_list(execute: Execute) -> None:
    body = (
        "from tensorflow.contrib import rnn\n"
        "steps = tf.unstack(x, 4, 1)\n"
        "forward = rnn.LSTMCell(1, initializer=start)\nbackward = rnn.LSTMCell(1, initializer=start)\n"
        "outputs, _, _ = rnn.static_bidirectional_rnn(forward, backward, steps, dtype=tf.float32, sequence_length=n)\n"
        "last = outputs[0] + outputs[-1]\n"
    )
    assert "contrib" not in same(execute, body)


def test_cells_made_by_a_function_and_a_first_state(execute: Execute) -> None:
    body = (
        "def cell(units):\n    return tf.nn.rnn_cell.LSTMCell(units, initializer=start)\n"
        "stack = tf.nn.rnn_cell.MultiRNNCell([cell(2), cell(2)], state_is_tuple=True)\n"
        "first = stack.zero_state(2, tf.float32)\n"
        "outputs, state = tf.nn.dynamic_rnn(stack, x, initial_state=first)\n"
        "last = state[-1].h + state[0].c\n"
    )
    assert "*stack.trainable_variables" in same(execute, body)


@pytest.mark.parametrize("lengths", [None, [1, 3]])
@pytest.mark.parametrize("time_major", [False, True])
def test_a_graph_that_does_not_know_the_number_of_steps_loops(lengths: Any, time_major: bool) -> None:
    cell = rnn.LSTMCell(2)
    data = np.linspace(-1.0, 1.0, 2 * 3 * 4).reshape(2, 3, 4).astype(np.float32)
    data = data.swapaxes(0, 1) if time_major else data
    outputs, state = rnn.dynamic_rnn(cell, data, lengths, time_major=time_major)

    @tg.function(input_signature=[tg.TensorSpec([None, None, 4], tg.float32)])
    def looped(x: Any) -> Any:
        with tg.GradientTape() as tape:
            made, last = rnn.dynamic_rnn(cell, x, lengths, time_major=time_major)
            loss = tg.reduce_sum(made)
        return made, last.c, last.h, tape.gradient(loss, cell.kernel)

    with tg.GradientTape() as tape:
        total = tg.reduce_sum(rnn.dynamic_rnn(cell, data, lengths, time_major=time_major)[0])
    expected = [outputs, state.c, state.h, tape.gradient(total, cell.kernel)]
    for got, wanted in zip(looped(data), expected, strict=True):
        np.testing.assert_allclose(got.numpy(), wanted.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("c = tf.nn.rnn_cell.BasicLSTMCell(2, state_is_tuple=False)\n", "unless it is True"),
        ("c = tf.nn.rnn_cell.LSTMCell(2, num_proj=1)\n", "num_proj has no counterpart"),
        ("cells = [tf.nn.rnn_cell.GRUCell(2), tf.nn.rnn_cell.GRUCell(2)]\n", "stored into a container"),
    ],
)
def test_refusals(body: str, why: str) -> None:
    result = upgrade_source(HEAD + body + "last = x[:, 0, :2]\n" + TRAIN, mode="native")
    assert result.status == "refused" and any(why in finding.why for finding in result.todo)


@pytest.mark.parametrize("cell", [rnn.LSTMCell(2), rnn.GRUCell(2), rnn.BasicRNNCell(2)])
@pytest.mark.parametrize("shape", [[3], [2, 3, 4]])
def test_inputs_of_a_wrong_rank(cell: Any, shape: list[int]) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[batch, features\].*TG-7130"):
        cell(tg.ones(shape), cell.zero_state(2))
