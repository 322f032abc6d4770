"""Conditional random fields against the sum over all sequences of tags."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import tensegra as tg
import tensegra.compat.v1 as tf

_BATCH, _TIME, _TAGS = 3, 4, 3
_LENGTHS = np.array([4, 2, 1], np.int32)
_RANDOM = np.random.default_rng(5)
_SCORES = _RANDOM.normal(size=(_BATCH, _TIME, _TAGS)).astype(np.float32)
_TRANSITIONS = _RANDOM.normal(size=(_TAGS, _TAGS)).astype(np.float32)
_CHOSEN = _RANDOM.integers(0, _TAGS, (_BATCH, _TIME)).astype(np.int32)


def score(row: int, tags: Any) -> float:
    unary = sum(float(_SCORES[row, t, tag]) for t, tag in enumerate(tags))
    return unary + sum(float(_TRANSITIONS[a, b]) for a, b in itertools.pairwise(tags))


def sequences(row: int) -> list[tuple[int, ...]]:
    return list(itertools.product(range(_TAGS), repeat=int(_LENGTHS[row])))


def run(*values: Any) -> Any:
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(list(values))


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def test_the_likelihood_is_the_score_less_the_sum_over_all_tags() -> None:
    found, params = tf.contrib.crf.crf_log_likelihood(_SCORES, _CHOSEN, _LENGTHS, tf.constant(_TRANSITIONS))
    expected = [
        score(row, _CHOSEN[row, : _LENGTHS[row]])
        - np.log(sum(np.exp(score(row, tags)) for tags in sequences(row)))
        for row in range(_BATCH)
    ]
    likelihood, transitions = run(found, params)
    np.testing.assert_allclose(likelihood, expected, rtol=1e-5)
    np.testing.assert_array_equal(transitions, _TRANSITIONS)


def test_only_allowed_tags_count() -> None:
    allowed = np.ones(_SCORES.shape, bool)
    allowed[:, 1, 2] = False
    found = tf.contrib.crf.crf_multitag_sequence_score(_SCORES, allowed, _LENGTHS, tf.constant(_TRANSITIONS))
    expected = [
        np.log(sum(np.exp(score(row, tags)) for tags in sequences(row) if len(tags) < 2 or tags[1] != 2))
        for row in range(_BATCH)
    ]
    np.testing.assert_allclose(run(found)[0], expected, rtol=1e-5)


def test_decoding_finds_the_greatest_score() -> None:
    tags, best = run(*tf.contrib.crf.crf_decode(_SCORES, tf.constant(_TRANSITIONS), _LENGTHS))
    for row in range(_BATCH):
        expected = max(sequences(row), key=lambda each: score(row, each))
        length = int(_LENGTHS[row])
        assert tags[row].tolist() == [*expected, *[0] * (_TIME - length)]
        np.testing.assert_allclose(best[row], score(row, expected), rtol=1e-5)
        one, value = tf.contrib.crf.viterbi_decode(_SCORES[row, :length], _TRANSITIONS)
        assert one == list(expected)
        np.testing.assert_allclose(value, best[row], rtol=1e-5)


def test_a_sequence_of_one_place_has_no_transitions() -> None:
    scores = _SCORES[:, :1]
    tags, _ = run(*tf.contrib.crf.crf_decode(scores, tf.constant(_TRANSITIONS), np.array([1, 1, 1])))
    np.testing.assert_array_equal(tags[:, 0], scores[:, 0].argmax(1))
    norm = tf.contrib.crf.crf_log_norm(scores, np.array([1, 1, 0]), tf.constant(_TRANSITIONS))
    np.testing.assert_allclose(run(norm)[0], [*np.log(np.exp(scores[:2, 0]).sum(1)), 0.0], rtol=1e-5)


def test_the_variable_of_the_transitions_learns() -> None:
    found, _ = tf.contrib.crf.crf_log_likelihood(tf.constant(_SCORES), _CHOSEN, _LENGTHS)
    loss = tf.reduce_mean(-found)
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    assert [variable.name for variable in tf.trainable_variables()] == ["transitions:0"]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        before = sess.run(loss)
        for _ in range(20):
            sess.run(train)
        assert sess.run(loss) < before - 0.3


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[batch, time, tags\].*TG-7385"):
        tf.contrib.crf.crf_log_likelihood(_SCORES[0], _CHOSEN, _LENGTHS)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"number of tags.*TG-7385"):
        tf.contrib.crf.crf_log_likelihood(tf.placeholder(tf.float32, [None, None, None]), _CHOSEN, _LENGTHS)
