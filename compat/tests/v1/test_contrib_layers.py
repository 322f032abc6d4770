"""Layers of `tf.contrib.layers` and `tf.contrib.slim` against NumPy, and the names of their variables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg
import tensegra.compat.v1 as tf

layers, slim, framework = tf.contrib.layers, tf.contrib.slim, tf.contrib.framework
_RANDOM = np.random.default_rng(7)
_IMAGES = _RANDOM.normal(size=(2, 5, 6, 3)).astype(np.float32)
_ROWS = _RANDOM.normal(size=(4, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def value(*fetched: Any, feed: Any = None) -> Any:
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        found = sess.run(list(fetched), feed)
    return found[0] if len(found) == 1 else found


def names(variables: Any = None) -> list[str]:
    return [each.op.name for each in (tf.global_variables() if variables is None else variables)]


def convolved(x: Any, w: Any, stride: int = 1, same: bool = True, hole: int = 1) -> Any:
    """A convolution of images, window by window."""
    rows, columns = ((size - 1) * hole + 1 for size in w.shape[:2])
    if same:
        pads = [(0, 0)]
        for size, window in zip(x.shape[1:3], (rows, columns)):
            more = max((-(-size // stride) - 1) * stride + window - size, 0)
            pads.append((more // 2, more - more // 2))
        x = np.pad(x, [*pads, (0, 0)])
    out = [
        [
            np.tensordot(x[:, i : i + rows : hole, j : j + columns : hole], w, 3)
            for j in range(0, x.shape[2] - columns + 1, stride)
        ]
        for i in range(0, x.shape[1] - rows + 1, stride)
    ]
    return np.stack([np.stack(row, 1) for row in out], 1)


# ---- arg_scope


@framework.add_arg_scope
def _summed(a: Any, b: int = 1, c: int = 2) -> Any:
    return a, b, c


def test_arguments_of_scopes() -> None:
    with slim.arg_scope([_summed], b=10) as outer:
        assert _summed(0) == (0, 10, 2)
        assert _summed(0, b=5) == (0, 5, 2)
        with slim.arg_scope([_summed], c=20):
            assert _summed(0) == (0, 10, 20)
            with slim.arg_scope(outer):
                assert _summed(0) == (0, 10, 2)
        assert slim.current_arg_scope() == outer
    assert _summed(0) == (0, 1, 2)
    assert slim.arg_scoped_arguments(_summed) == ("b", "c")
    assert slim.has_arg_scope(slim.conv2d)
    assert not slim.has_arg_scope(len)
    assert _summed.__name__ == "_summed"
    with pytest.raises(RuntimeError), slim.arg_scope([_summed], b=3):
        raise RuntimeError
    assert _summed(0) == (0, 1, 2)


def test_scopes_are_checked() -> None:
    for wrong, error in (
        (([len], {"a": 1}), ValueError),
        ((_summed, {"b": 1}), TypeError),
        (({}, {"b": 1}), ValueError),
    ):
        with pytest.raises(error, match="TG-7388"), slim.arg_scope(wrong[0], **wrong[1]):
            pass
    with slim.arg_scope([_summed], unknown=1), pytest.raises(TypeError):
        _summed(0)


def test_a_network_under_scopes() -> None:
    x = tf.placeholder(tf.float32, [None, 8, 8, 3])
    with (
        slim.arg_scope(
            [slim.conv2d, slim.fully_connected],
            weights_regularizer=slim.l2_regularizer(0.1),
            normalizer_fn=slim.batch_norm,
            normalizer_params={"is_training": True},
        ),
        slim.arg_scope([slim.conv2d], padding="VALID"),
    ):
        net = slim.repeat(x, 2, slim.conv2d, 4, [3, 3], scope="conv1")
        net = slim.max_pool2d(net, [2, 2], scope="pool1")
        net = slim.flatten(net)
        net = slim.stack(net, slim.fully_connected, [6, 5], scope="fc")
        net = slim.fully_connected(net, 2, activation_fn=None, normalizer_fn=None, scope="logits")
    norm = ["weights", "BatchNorm/beta", "BatchNorm/moving_mean", "BatchNorm/moving_variance"]
    expected = [
        f"{layer}/{name}"
        for layer in ("conv1/conv1_1", "conv1/conv1_2", "fc/fc_1", "fc/fc_2")
        for name in norm
    ]
    assert names() == [*expected, "logits/weights", "logits/biases"]
    assert names(slim.get_model_variables()) == names()
    assert len(tf.losses.get_regularization_losses()) == 5
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 8
    assert net.shape.as_list() == [None, 2]
    assert names(slim.get_variables("fc", "weights")) == ["fc/fc_1/weights", "fc/fc_2/weights"]
    assert names(slim.get_variables_by_name("biases")) == ["logits/biases"]
    assert names(slim.get_variables_to_restore(exclude=["conv1", "fc"])) == [
        "logits/weights",
        "logits/biases",
    ]
    assert slim.get_unique_variable("logits/biases").op.name == "logits/biases"
    assert names(slim.filter_variables(tf.global_variables(), ["fc_1"], ["BatchNorm"])) == ["fc/fc_1/weights"]
    with pytest.raises(ValueError, match="TG-7393"):
        slim.get_unique_variable("logits")
    with pytest.raises(TypeError, match="TG-7393"):
        slim.get_variables_to_restore("logits")


def test_default_names() -> None:
    x = tf.constant(_IMAGES)
    made = [
        layers.conv2d(x, 4, 3), layers.conv2d(x, 4, 3), layers.conv2d_transpose(x, 2, 3),
        layers.separable_conv2d(x, 4, 3), layers.separable_conv2d(x, None, 3), layers.repeat(x, 1, layers.conv2d, 2, 1),
        layers.stack(layers.flatten(x), layers.fully_connected, [3]), layers.relu(layers.flatten(x), 2),
        layers.bias_add(x), layers.layer_norm(x), layers.batch_norm(x, scale=True), layers.instance_norm(x),
    ]  # fmt: skip
    assert names() == [
        "Conv/weights", "Conv/biases", "Conv_1/weights", "Conv_1/biases", "Conv2d_transpose/weights",
        "Conv2d_transpose/biases", "SeparableConv2d/depthwise_weights", "SeparableConv2d/pointwise_weights",
        "SeparableConv2d/biases", "SeparableConv2d_1/depthwise_weights", "SeparableConv2d_1/biases",
        "Repeat/convolution2d_1/weights", "Repeat/convolution2d_1/biases", "Stack/stack_1/weights",
        "Stack/stack_1/biases", "fully_connected/weights", "fully_connected/biases", "BiasAdd/biases",
        "LayerNorm/beta", "LayerNorm/gamma", "BatchNorm/gamma", "BatchNorm/beta", "BatchNorm/moving_mean",
        "BatchNorm/moving_variance", "InstanceNorm/beta", "InstanceNorm/gamma",
    ]  # fmt: skip
    assert made[0].name == "Conv/Relu:0"
    assert all(np.isfinite(each).all() for each in value(*made))
    assert layers.conv2d.__name__ == "convolution2d"


# ---- convolutions


@pytest.mark.parametrize(
    ("stride", "padding", "rate"), [(1, "SAME", 1), (2, "VALID", 1), (2, "SAME", 1), (1, "SAME", 2)]
)
@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_convolution(stride: int, padding: str, rate: int, data_format: str) -> None:
    first = data_format == "NCHW"
    x = tf.constant(_IMAGES.transpose(0, 3, 1, 2).copy() if first else _IMAGES)
    made = layers.conv2d(
        x, 4, [3, 2], stride, padding, data_format, rate, biases_initializer=tf.constant_initializer(0.5)
    )
    weights = tf.trainable_variables()[0]
    assert weights.shape.as_list() == [3, 2, 3, 4]
    found, w = value(made, weights)
    expected = np.maximum(convolved(_IMAGES, w, stride, padding == "SAME", rate) + 0.5, 0)
    np.testing.assert_allclose(
        found.transpose(0, 2, 3, 1) if first else found, expected, rtol=1e-4, atol=1e-5
    )


def test_other_ranks() -> None:
    line = tf.constant(_IMAGES[:, :, 0])
    one = layers.conv1d(line, 2, 3, activation_fn=None)
    three = layers.conv3d(tf.constant(_IMAGES[..., None]), 2, 1, activation_fn=None)
    one_value, w, three_value, v = value(one, tf.trainable_variables()[0], three, tf.trainable_variables()[2])
    np.testing.assert_allclose(
        one_value, convolved(_IMAGES[:, :, :1], w[:, None])[:, :, 0], rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(three_value, _IMAGES[..., None] @ v[0, 0, 0], rtol=1e-5)
    with pytest.raises(ValueError, match="must be 4.*TG-7389"):
        layers.conv2d(line, 2, 3)
    with pytest.raises(ValueError, match="TG-7390"):
        layers.conv2d(tf.constant(_IMAGES), 2, 3, data_format="HWC")
    with pytest.raises(ValueError, match="TG-7272"):
        layers.conv2d(tf.placeholder(tf.float32, [2, 5, 5, None]), 2, 3)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_transposed_convolution(padding: str) -> None:
    x = tf.placeholder(tf.float32, [None, 5, None, 3])
    made = layers.conv2d_transpose(x, 2, 3, 2, padding, activation_fn=None)
    weights = tf.trainable_variables()[0]
    assert weights.shape.as_list() == [3, 3, 2, 3]
    found, w = value(made, weights, feed={x: _IMAGES})
    whole = np.zeros((2, 11, 13, 2))
    for i in range(5):
        for j in range(6):
            whole[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += np.einsum("bc,ijoc->bijo", _IMAGES[:, i, j], w)
    expected = whole if padding == "VALID" else whole[:, :10, :12]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_separable_convolutions() -> None:
    x = tf.constant(_IMAGES)
    both = layers.separable_conv2d(x, 4, 3, depth_multiplier=2, activation_fn=None)
    deep = layers.separable_conv2d(x, None, 3, activation_fn=None)
    plane = layers.conv2d_in_plane(x, 3, activation_fn=None)
    by_name = {each.op.name: each for each in tf.trainable_variables()}
    keys = ["SeparableConv2d/depthwise_weights", "SeparableConv2d/pointwise_weights",
            "SeparableConv2d_1/depthwise_weights", "ConvInPlane/weights"]  # fmt: skip
    both_value, deep_value, plane_value, d, p, e, q = value(
        both, deep, plane, *(by_name[key] for key in keys)
    )

    def each(w: Any) -> Any:
        return np.concatenate([convolved(_IMAGES[..., c : c + 1], w[:, :, c : c + 1]) for c in range(3)], 3)

    np.testing.assert_allclose(both_value, each(d) @ p[0, 0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(deep_value, each(e), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(plane_value, each(np.tile(q, [1, 1, 3, 1])), rtol=1e-4, atol=1e-5)


def test_pools() -> None:
    x = tf.constant(_IMAGES)
    windows = _IMAGES[:, :4].reshape(2, 2, 2, 3, 2, 3)
    first = tf.constant(_IMAGES.transpose(0, 3, 1, 2).copy())
    greatest, mean, turned, general, volume = value(
        layers.max_pool2d(x, 2), layers.avg_pool2d(x, [2, 2], scope="mine"),
        layers.max_pool2d(first, 2, data_format="NCHW"), slim.pool(x, [2, 2], "AVG", stride=2),
        layers.max_pool3d(tf.constant(_IMAGES[:, None]), [1, 2, 2], [1, 2, 2]),
    )  # fmt: skip
    np.testing.assert_array_equal(greatest, windows.max((2, 4)))
    np.testing.assert_allclose(mean, windows.mean((2, 4)), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(turned.transpose(0, 2, 3, 1), greatest)
    np.testing.assert_array_equal(general, mean)
    np.testing.assert_array_equal(volume[:, 0], greatest)
    assert layers.max_pool2d(x, 2).op.name == "MaxPool2D_2/MaxPool"
    with pytest.raises(ValueError, match="TG-7390"):
        slim.pool(x, 2, "MEDIAN")
    with pytest.raises(ValueError, match="TG-7389"):
        layers.avg_pool2d(tf.constant(_ROWS), 2)


# ---- normalizers


@pytest.mark.parametrize(
    ("data", "options", "unbiased"),
    [(_IMAGES, {}, True), (_ROWS, {}, True), (_IMAGES, {"fused": False}, False), (_IMAGES[0], {}, False)],
)
@pytest.mark.parametrize("in_place", [False, True])
def test_batch_norm(data: Any, options: Any, unbiased: bool, in_place: bool) -> None:
    x = tf.placeholder(tf.float32, [*data.shape[:-1], 3])
    where = {"updates_collections": None} if in_place else {}
    made = layers.batch_norm(x, decay=0.9, scope="bn", **options, **where)
    rested = layers.batch_norm(x, decay=0.9, is_training=False, scope="bn", reuse=True, **options)
    assert names() == ["bn/beta", "bn/moving_mean", "bn/moving_variance"]
    assert names(tf.trainable_variables()) == ["bn/beta"]
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    assert len(updates) == (0 if in_place else 2)
    axes = tuple(range(data.ndim - 1))
    mean, variance = data.mean(axes), data.var(axes)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        found = sess.run([made, *updates], {x: data})[0]
        np.testing.assert_allclose(found, (data - mean) / np.sqrt(variance + 0.001), rtol=1e-4, atol=1e-5)
        moving_mean, moving_variance = sess.run(tf.global_variables()[1:])
        count = data[..., 0].size
        kept = variance * count / (count - 1) if unbiased else variance
        np.testing.assert_allclose(moving_mean, 0.1 * mean, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(moving_variance, 0.9 + 0.1 * kept, rtol=1e-5)
        expected = (data - moving_mean) / np.sqrt(moving_variance + 0.001)
        np.testing.assert_allclose(sess.run(rested, {x: data}), expected, rtol=1e-4, atol=1e-5)


def test_batch_norm_that_is_told_whether_it_trains() -> None:
    training = tf.placeholder(tf.bool, [])
    made = layers.batch_norm(tf.constant(_ROWS), is_training=training, updates_collections=None, decay=0.5)
    moving = tf.global_variables()[1]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        np.testing.assert_allclose(sess.run(made, {training: False}), _ROWS / np.sqrt(1.001), rtol=1e-5)
        np.testing.assert_array_equal(sess.run(moving), 0)
        expected = (_ROWS - _ROWS.mean(0)) / np.sqrt(_ROWS.var(0) + 0.001)
        np.testing.assert_allclose(sess.run(made, {training: True}), expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(sess.run(moving), 0.5 * _ROWS.mean(0), rtol=1e-5)
    with pytest.raises(tg.errors.UnimplementedError, match="TG-7391"):
        layers.batch_norm(tf.constant(_ROWS), renorm=True)
    turned = layers.batch_norm(tf.constant(_IMAGES.transpose(0, 3, 1, 2).copy()), data_format="NCHW")
    plain = layers.batch_norm(tf.constant(_IMAGES), param_initializers={"beta": tf.zeros_initializer()})
    a, b = value(turned, plain)
    np.testing.assert_allclose(a.transpose(0, 2, 3, 1), b, rtol=1e-4, atol=1e-5)


def test_norms_of_examples() -> None:
    x = tf.constant(_IMAGES)
    layered, instance, unit = value(layers.layer_norm(x), layers.instance_norm(x), layers.unit_norm(x, 3))
    centered = _IMAGES - _IMAGES.mean((1, 2, 3), keepdims=True)
    np.testing.assert_allclose(
        layered, centered / centered.std((1, 2, 3), keepdims=True), rtol=1e-4, atol=1e-5
    )
    centered = _IMAGES - _IMAGES.mean((1, 2), keepdims=True)
    expected = centered / np.sqrt(centered.var((1, 2), keepdims=True) + 1e-6)
    np.testing.assert_allclose(instance, expected, rtol=1e-4, atol=1e-5)
    length = np.sqrt((_IMAGES**2).sum(3, keepdims=True) + 1e-7)
    np.testing.assert_allclose(unit, _IMAGES / length, rtol=1e-5)
    for dim in (-1, 4):
        with pytest.raises(ValueError, match="TG-7389"):
            layers.unit_norm(x, dim)


# ---- the rest


def test_fully_connected() -> None:
    made = layers.fully_connected(tf.constant(_IMAGES), 4, biases_initializer=tf.ones_initializer())
    linear = layers.linear(tf.constant(_ROWS), 2, scope="head")
    six = layers.relu6(tf.constant(100 * _ROWS), 2)
    found, w, line, v, high = value(
        made, tf.trainable_variables()[0], linear, tf.trainable_variables()[2], six
    )
    np.testing.assert_allclose(found, np.maximum(_IMAGES @ w + 1, 0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(line, _ROWS @ v, rtol=1e-4, atol=1e-6)
    assert high.max() == 6
    assert names()[2:4] == ["head/weights", "head/biases"]
    again = layers.linear(tf.constant(_ROWS), 2, scope="head", reuse=True)
    assert again.shape.as_list() == [4, 2]
    assert len(tf.global_variables()) == 6
    with pytest.raises(TypeError, match="TG-7392"):
        layers.fully_connected(tf.constant(_ROWS), 2.5)
    with pytest.raises(ValueError, match="TG-7389"):
        layers.fully_connected(tf.constant(_ROWS[0]), 2)


def test_collections_of_layers() -> None:
    x = tf.constant(_ROWS)
    with tf.variable_scope("net"):
        made = layers.fully_connected(
            x, 2, variables_collections={"weights": ["mine"]}, outputs_collections="ends", scope="one"
        )
        layers.fully_connected(
            x, 2, variables_collections=["all"], outputs_collections=["ends"], trainable=False
        )
    assert names(tf.get_collection("mine")) == ["net/one/weights"]
    assert names(tf.get_collection("all")) == ["net/fully_connected/weights", "net/fully_connected/biases"]
    assert names(tf.trainable_variables()) == ["net/one/weights", "net/one/biases"]
    ends = slim.utils.convert_collection_to_dict("ends")
    assert list(ends) == ["net/one", "net/fully_connected"]
    assert ends["net/one"] is made


def test_dropout() -> None:
    x = tf.ones([200, 10])
    training = tf.placeholder(tf.bool, [])
    dropped, kept = layers.dropout(x, 0.8, seed=1), layers.dropout(x, 0.8, is_training=False)
    told = layers.dropout(x, is_training=training)
    found, whole = value(dropped, kept)
    assert set(np.unique(found)) == {np.float32(0), np.float32(1.25)}
    assert abs((found == 0).mean() - 0.2) < 0.05
    np.testing.assert_array_equal(whole, 1)
    np.testing.assert_array_equal(value(told, feed={training: False}), 1)
    assert (value(told, feed={training: True}) == 0).any()


def test_small_layers() -> None:
    x = tf.constant(_ROWS)
    grey = tf.constant(_RANDOM.normal(size=(2, 6)).astype(np.float32))
    scaled = layers.scale_gradient(x, 0.25)
    flat, hot, soft, most, source, same, slope = value(
        layers.flatten(tf.constant(_IMAGES)), layers.one_hot_encoding(tf.constant([2, 0]), 3), layers.softmax(x),
        layers.maxout(grey, 3), grey, scaled, tf.gradients(scaled, x)[0],
    )  # fmt: skip
    np.testing.assert_array_equal(flat, _IMAGES.reshape(2, -1))
    np.testing.assert_array_equal(hot, np.eye(3, dtype=np.float32)[[2, 0]])
    np.testing.assert_allclose(soft, np.exp(_ROWS) / np.exp(_ROWS).sum(1, keepdims=True), rtol=1e-5)
    np.testing.assert_array_equal(most, source.reshape(2, 3, 2).max(2))
    np.testing.assert_allclose(same, _ROWS, rtol=1e-6)
    np.testing.assert_array_equal(slope, 0.25)
    with pytest.raises(ValueError, match="TG-7389"):
        layers.maxout(grey, 4)
    np.testing.assert_array_equal(value(layers.bias_add(x, initializer=tf.ones_initializer())), _ROWS + 1)


def test_variables() -> None:
    with slim.arg_scope([slim.variable, slim.model_variable], device="/cpu:0", collections=["mine"]):
        slim.model_variable("a", [2], initializer=tf.ones_initializer())
        slim.variable("b", [2])
    slim.local_variable(1.0, name="c")
    slim.global_variable(1.0, name="d")
    assert names(slim.get_model_variables()) == ["a"]
    assert names(tf.get_collection("mine")) == ["a", "b"]
    assert names(slim.get_local_variables()) == ["c"]
    assert names(slim.get_variables()) == ["a", "b", "d"]
    assert names(slim.get_trainable_variables()) == ["a", "b"]
    slim.add_model_variable(tf.global_variables()[1])
    slim.add_model_variable(tf.global_variables()[1])
    assert names(slim.get_model_variables()) == ["a", "b"]
    assert slim.get_or_create_global_step() is slim.get_global_step()
