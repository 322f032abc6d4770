"""Losses, training ops and restored values of contrib against NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
import tensegra.compat.v1 as tf

layers, slim, losses = tf.contrib.layers, tf.contrib.slim, tf.contrib.losses
_RANDOM = np.random.default_rng(5)
_GUESS = _RANDOM.uniform(0.1, 0.9, (4, 3)).astype(np.float32)
_TRUTH = np.eye(3, dtype=np.float32)[[0, 2, 1, 1]]
_WEIGHTS = np.array([1, 0, 2, 0.5], np.float32)


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def value(tensor: Any) -> Any:
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(tensor)


def softmax_loss() -> Any:
    return np.log(np.exp(_GUESS).sum(1)) - (_GUESS * _TRUTH).sum(1)


@pytest.mark.parametrize(
    ("name", "each"),
    [
        ("absolute_difference", np.abs(_GUESS - _TRUTH)),
        ("mean_squared_error", (_GUESS - _TRUTH) ** 2),
        ("log_loss", -_TRUTH * np.log(_GUESS + 1e-7) - (1 - _TRUTH) * np.log(1 - _GUESS + 1e-7)),
        ("sigmoid_cross_entropy", np.log1p(np.exp(_GUESS)) - _GUESS * _TRUTH),
        ("softmax_cross_entropy", softmax_loss()),
    ],
)
def test_losses(name: str, each: Any) -> None:
    function = getattr(losses, name)
    assert function is getattr(slim.losses, name)
    plain, weighted = function(_GUESS, _TRUTH), function(_GUESS, _TRUTH, _WEIGHTS)
    np.testing.assert_allclose(value(plain), each.mean(), rtol=1e-5)
    rows = each if each.ndim == 1 else each.sum(1)
    expected = (rows * _WEIGHTS).sum() / (3 * each[0].size)  # three rows have a weight
    np.testing.assert_allclose(value(weighted), expected, rtol=1e-5)
    assert losses.get_losses() == [plain, weighted]
    np.testing.assert_allclose(value(losses.get_total_loss()), each.mean() + expected, rtol=1e-5)


def test_other_losses() -> None:
    numbers = tf.constant([0, 2, 1, 1])
    np.testing.assert_allclose(
        value(losses.sparse_softmax_cross_entropy(_GUESS, numbers)), softmax_loss().mean(), rtol=1e-5
    )
    np.testing.assert_allclose(
        value(losses.cosine_distance(_GUESS, _TRUTH, dim=1)), (1 - (_GUESS * _TRUTH).sum(1)).mean(), rtol=1e-5
    )
    differences = (_GUESS - _TRUTH)[:, :, None] - (_GUESS - _TRUTH)[:, None, :]
    expected = (differences**2).sum((1, 2)).mean() / 6
    np.testing.assert_allclose(value(losses.mean_pairwise_squared_error(_GUESS, _TRUTH)), expected, rtol=1e-4)
    np.testing.assert_allclose(value(losses.compute_weighted_loss(_GUESS, 2.0)), 2 * _GUESS.mean(), rtol=1e-5)
    count = len(losses.get_losses())
    hinge = value(losses.hinge_loss(_GUESS, _TRUTH))
    np.testing.assert_allclose(hinge, np.maximum(0, 1 - (2 * _TRUTH - 1) * _GUESS), rtol=1e-5)
    assert len(losses.get_losses()) == count


def _quadratic() -> tuple[Any, Any, Any]:
    a = tf.get_variable("a", initializer=np.array([3.0, 4.0], np.float32))
    b = tf.get_variable("b", initializer=np.array([1.0], np.float32))
    return a, b, 0.5 * (tf.reduce_sum(a * a) + tf.reduce_sum(b * b))


def test_training_ops() -> None:
    a, b, loss = _quadratic()
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.get_variable("seen", initializer=0.0).assign_add(1.0))
    seen = tf.global_variables()[-1]
    op = slim.learning.create_train_op(
        loss, tf.train.GradientDescentOptimizer(1.0), variables_to_train=[a, b], clip_gradient_norm=1.0,
        gradient_multipliers={"b": 0.25}, summarize_gradients=True,
    )  # fmt: skip
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(op) == 13.0
        found = sess.run([a, b, seen, slim.get_global_step()])
    np.testing.assert_allclose(found[0], [3 - 0.6, 4 - 0.8], rtol=1e-6)
    np.testing.assert_allclose(found[1], [0.75], rtol=1e-6)
    assert found[2:] == [1.0, 1]
    assert len(tf.get_collection(tf.GraphKeys.SUMMARIES)) == 4
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP)[-1] is op
    clip = tf.contrib.training.clip_gradient_norms_fn(10.0)
    plain = tf.contrib.training.create_train_op(
        loss, tf.train.GradientDescentOptimizer(1.0), None, transform_grads_fn=clip
    )
    assert value(plain) == 13.0


def test_training_ops_are_checked() -> None:
    a, b, loss = _quadratic()
    sgd = tf.train.GradientDescentOptimizer(1.0)
    fixed = tf.get_variable("fixed", [2], trainable=False)
    for chosen in ([], [fixed]):
        with pytest.raises(ValueError, match="TG-7395"):
            slim.learning.create_train_op(loss, sgd, variables_to_train=chosen)
    for pairs, factors in (([(a, a)], {}), ([(a, a)], None), ([(None, b)], {"b": 2.0})):
        with pytest.raises(ValueError, match="TG-7394"):
            slim.learning.multiply_gradients(pairs, factors)
    op = slim.learning.create_train_op(loss / tf.constant(0.0), sgd)
    with pytest.raises(tg.errors.InvalidArgumentError):
        value(op)
    with pytest.raises(ValueError, match="TG-7395"):
        slim.learning.train(None, None)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-7396"):
        slim.learning.train(op, None, sync_optimizer=sgd)


def test_a_loop_trains_saves_and_goes_on(tmp_path: Path) -> None:
    a, _, loss = _quadratic()
    op = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(0.5))
    folder = str(tmp_path / "log")
    last = slim.learning.train(op, folder, number_of_steps=3, log_every_n_steps=2, init_fn=lambda s: None)
    np.testing.assert_allclose(last, 13 / 16, rtol=1e-6)
    assert tf.train.latest_checkpoint(folder).endswith("model.ckpt-3")
    np.testing.assert_allclose(slim.learning.train(op, folder, number_of_steps=5), 13 / 256, rtol=1e-6)
    path = tf.train.latest_checkpoint(folder)
    assert path.endswith("model.ckpt-5")
    restore = slim.assign_from_checkpoint_fn(path, slim.get_variables("a"))
    missing = tf.get_variable("missing", [1])
    twice = slim.assign_from_checkpoint_fn(path, [a, missing], ignore_missing_vars=True)
    op, feed = slim.assign_from_checkpoint(path, {"a": a})
    values = slim.assign_from_values_fn({"a": [7.0, 8.0]})
    with tf.Session() as sess:
        for function in (restore, twice, lambda session: session.run(op, feed)):
            values(sess)
            np.testing.assert_array_equal(sess.run(a), [7, 8])
            function(sess)
            np.testing.assert_allclose(sess.run(a), np.array([3, 4]) / 32, rtol=1e-6)
    assert slim.assign_from_checkpoint_fn(path, [missing], ignore_missing_vars=True) is None
    for function, variables in (
        (slim.assign_from_checkpoint, [missing]),
        (slim.assign_from_checkpoint_fn, []),
    ):
        with pytest.raises(ValueError, match="TG-7397"):
            function(path, variables)


def test_a_loop_without_a_folder() -> None:
    _, _, loss = _quadratic()
    op = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(0.5))
    seen = []

    def step(*arguments: Any) -> Any:
        seen.append(arguments[0])
        return slim.learning.train_step(*arguments)

    assert slim.learning.train(op, None, step, number_of_steps=2) == np.float32(13 / 4)
    assert len(seen) == 2


@pytest.mark.parametrize(
    "optimizer",
    ["SGD", tf.train.GradientDescentOptimizer, lambda rate: tf.train.GradientDescentOptimizer(rate)],
)
def test_optimize_loss(optimizer: Any) -> None:
    a, b, loss = _quadratic()
    step = tf.train.get_or_create_global_step()
    op = layers.optimize_loss(
        loss, step, 0.5, optimizer, clip_gradients=1.0, summaries=layers.OPTIMIZER_SUMMARIES,
        learning_rate_decay_fn=lambda rate, at: rate / 2.0,
    )  # fmt: skip
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(op)
        found = sess.run([a, b, step])
    scale = 0.25 / np.sqrt(26)
    np.testing.assert_allclose(found[0], np.array([3, 4]) * (1 - scale), rtol=1e-6)
    np.testing.assert_allclose(found[1], [1 - scale], rtol=1e-6)
    assert found[2] == 1
    assert "OptimizeLoss/learning_rate" in [each.op.name for each in tf.global_variables()]
    assert len(tf.get_collection(tf.GraphKeys.SUMMARIES)) == 8


@pytest.mark.parametrize(
    "options",
    [{"optimizer": "Nothing"}, {"learning_rate": None}, {"learning_rate": -1.0}, {"optimizer": 3}, {"summaries": ["x"]},
     {"clip_gradients": "1"}, {"gradient_noise_scale": 1.0}, {"optimizer": lambda rate: None},
     {"learning_rate_decay_fn": lambda rate, at: rate}],
)  # fmt: skip
def test_optimize_loss_is_checked(options: Any) -> None:
    _, _, loss = _quadratic()
    given = {"global_step": None, "learning_rate": 0.1, "optimizer": "SGD", **options}
    with pytest.raises(ValueError, match="TG-7398"):
        layers.optimize_loss(loss, **given)


def test_summaries() -> None:
    x = layers.relu6(tf.constant(_GUESS), 2)
    tf.add_to_collection(tf.GraphKeys.ACTIVATIONS, x)
    assert len(layers.summarize_activations()) == 1
    assert len(layers.summarize_variables()) == 2
    assert len(slim.summarize_collection(tf.GraphKeys.GLOBAL_VARIABLES, "fully_connected/w")) == 1
    layers.summarize_tensor(tf.reduce_sum(x), "total")
    tags = {each.op.name for each in tf.get_collection(tf.GraphKeys.SUMMARIES)}
    assert {"total", "fully_connected/weights", "fully_connected/biases"} <= {
        tag.removesuffix("_1") for tag in tags
    }
    assert len(tags) == 7
    assert value(tf.summary.merge_all())


def test_groups_of_channels() -> None:
    data = _RANDOM.normal(size=(2, 3, 4, 6)).astype(np.float32)
    x = tf.placeholder_with_default(data, [None, 3, 4, 6])
    split = data.reshape(2, 3, 4, 2, 3)
    centered = split - split.mean((1, 2, 4), keepdims=True)
    expected = (centered / np.sqrt(centered.var((1, 2, 4), keepdims=True) + 1e-6)).reshape(data.shape)
    np.testing.assert_allclose(value(layers.group_norm(x, 2)), expected, rtol=1e-4, atol=1e-5)
    assert [each.op.name for each in tf.global_variables()] == ["GroupNorm/beta", "GroupNorm/gamma"]
    for options in ({"groups": 4}, {"groups": 2, "reduction_axes": (-1,)}):
        with pytest.raises(ValueError, match="TG-7389"):
            layers.group_norm(x, **options)


def test_modules_inside() -> None:
    from tensegra.compat.v1.contrib.framework.python.ops import add_arg_scope, arg_scope, variables
    from tensegra.compat.v1.contrib.layers.python.layers import layers as inner
    from tensegra.compat.v1.contrib.layers.python.layers import utils
    from tensegra.compat.v1.contrib.layers.python.layers.layers import conv2d

    assert inner.conv2d is conv2d is slim.conv2d
    assert (add_arg_scope, arg_scope) == (slim.add_arg_scope, slim.arg_scope)
    assert variables.model_variable is slim.model_variable
    assert utils.collect_named_outputs is slim.utils.collect_named_outputs
