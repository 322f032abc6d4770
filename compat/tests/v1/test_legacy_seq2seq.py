"""Decoders and losses of sequences against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg
import tensegra.compat.v1 as tf

legacy = tf.contrib.legacy_seq2seq
_RANDOM = np.random.default_rng(2)
_LOGITS = _RANDOM.normal(size=(4, 3, 5)).astype(np.float32)  # [batch, time, classes]
_TARGETS = _RANDOM.integers(0, 5, (4, 3)).astype(np.int32)
_WEIGHTS = np.array([[1, 1, 0], [1, 0.5, 0], [1, 1, 1], [0, 0, 0]], np.float32)


def cross_entropy() -> Any:
    shifted = np.log(np.exp(_LOGITS).sum(2))
    return shifted - np.take_along_axis(_LOGITS, _TARGETS[..., None], 2)[..., 0]


def steps(array: Any) -> list[Any]:
    return [tf.constant(np.ascontiguousarray(array[:, t])) for t in range(array.shape[1])]


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def value(tensor: Any) -> Any:
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(tensor)


def test_losses_of_lists() -> None:
    weighted = (cross_entropy() * _WEIGHTS).sum(1)
    arguments = (steps(_LOGITS), steps(_TARGETS), steps(_WEIGHTS))
    mean = weighted / (_WEIGHTS.sum(1) + 1e-12)
    np.testing.assert_allclose(value(legacy.sequence_loss_by_example(*arguments)), mean, rtol=1e-5)
    np.testing.assert_allclose(
        value(legacy.sequence_loss_by_example(*arguments, average_across_timesteps=False)),
        weighted,
        rtol=1e-5,
    )
    np.testing.assert_allclose(value(legacy.sequence_loss(*arguments)), mean.mean(), rtol=1e-5)
    with pytest.raises(tg.errors.InvalidArgumentError, match="3, 3 and 2 of them.*TG-7387"):
        legacy.sequence_loss(arguments[0], arguments[1], arguments[2][:2])


@pytest.mark.parametrize(
    ("options", "axes"),
    [
        ({}, (0, 1)),
        ({"average_across_batch": False}, (1,)),
        ({"average_across_timesteps": False}, (0,)),
        ({"average_across_timesteps": False, "average_across_batch": False}, ()),
    ],
)
def test_losses_of_batches(options: dict[str, bool], axes: tuple[int, ...]) -> None:
    weighted = cross_entropy() * _WEIGHTS
    expected = weighted.sum(axes) / (_WEIGHTS.sum(axes) + 1e-12) if axes else weighted
    found = tf.contrib.seq2seq.sequence_loss(_LOGITS, _TARGETS, _WEIGHTS, **options)
    np.testing.assert_allclose(value(found), expected, rtol=1e-5, atol=1e-6)


def test_sums_are_divided_by_the_number_of_places_that_count() -> None:
    found = tf.contrib.seq2seq.sequence_loss(
        _LOGITS, _TARGETS, _WEIGHTS, average_across_timesteps=False, average_across_batch=False,
        sum_over_timesteps=True, sum_over_batch=True,
    )  # fmt: skip
    np.testing.assert_allclose(value(found), (cross_entropy() * _WEIGHTS).sum() / 7, rtol=1e-5)
    with pytest.raises(tg.errors.InvalidArgumentError, match="both for one axis.*TG-7387"):
        tf.contrib.seq2seq.sequence_loss(_LOGITS, _TARGETS, _WEIGHTS, sum_over_batch=True)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"ranks \(3, 1, 2\).*TG-7387"):
        tf.contrib.seq2seq.sequence_loss(_LOGITS, _TARGETS[0], _WEIGHTS)


def test_the_decoder_is_the_cell_run_by_hand_and_feeds_itself_where_asked() -> None:
    cell = tf.nn.rnn_cell.BasicRNNCell(4)
    inputs = steps(_RANDOM.normal(size=(2, 3, 4)).astype(np.float32))
    zero = cell.zero_state(2, tf.float32)
    outputs, state = legacy.rnn_decoder(inputs, zero, cell)
    fed, _ = legacy.rnn_decoder(inputs, zero, cell, loop_function=lambda last, i: last * i, scope="fed")
    names = [variable.name for variable in tf.trainable_variables()]
    assert names[:2] == ["rnn_decoder/basic_rnn_cell/kernel:0", "rnn_decoder/basic_rnn_cell/bias:0"]
    kernel, bias = tf.trainable_variables()[:2]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        found, x, w, b, last, again = sess.run([outputs, inputs, kernel, bias, state, fed])
    hidden = np.zeros((2, 4), np.float32)
    for each, output in zip(x, found, strict=True):
        hidden = np.tanh(np.concatenate([each, hidden], 1) @ w + b)
        np.testing.assert_allclose(output, hidden, rtol=1e-5)
    np.testing.assert_allclose(last, hidden, rtol=1e-5)
    np.testing.assert_allclose(again[0], found[0], rtol=1e-6)
    hidden = np.tanh(np.concatenate([again[0] * 1, again[0]], 1) @ w + b)
    np.testing.assert_allclose(again[1], hidden, rtol=1e-5)


def test_sequences_to_sequences() -> None:
    cell = tf.nn.rnn_cell.GRUCell(3)
    inputs = steps(_RANDOM.normal(size=(2, 2, 3)).astype(np.float32))
    basic, _ = legacy.basic_rnn_seq2seq(inputs, inputs, cell)
    assert len(basic) == 2
    assert len(tf.trainable_variables()) == 8
    tied, _ = legacy.tied_rnn_seq2seq(inputs, inputs, tf.nn.rnn_cell.GRUCell(3))
    assert len(tf.trainable_variables()) == 12
    assert all(np.isfinite(each).all() for each in value(basic + tied))
