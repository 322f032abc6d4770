"""`tf.examples.tutorials.mnist.mnist`: the network of the tutorial."""

from __future__ import annotations

import math
from typing import Any

import tensegra.compat.v1 as tf

from .._symbols import export, put

_PLACE = "examples.tutorials.mnist.mnist."
_CLASSES, _SIZE = 10, 28
put(f"{_PLACE}NUM_CLASSES", _CLASSES)
put(f"{_PLACE}IMAGE_SIZE", _SIZE)
put(f"{_PLACE}IMAGE_PIXELS", _SIZE * _SIZE)


@export(f"{_PLACE}inference")
def inference(images: Any, hidden1_units: int, hidden2_units: int) -> Any:
    """Two hidden layers and the logits.

    Args:
        images: Shape [batch, 784].
        hidden1_units: The size of the first hidden layer.
        hidden2_units: The size of the second one.

    Returns:
        The logits, shape [batch, 10].
    """
    hidden1 = tf.nn.relu(_affine("hidden1", images, _SIZE * _SIZE, hidden1_units))
    hidden2 = tf.nn.relu(_affine("hidden2", hidden1, hidden1_units, hidden2_units))
    return _affine("softmax_linear", hidden2, hidden2_units, _CLASSES)


def _affine(scope: str, x: Any, inputs: int, outputs: int) -> Any:
    with tf.name_scope(scope):
        spread = 1.0 / math.sqrt(float(inputs))
        weights = tf.Variable(tf.truncated_normal([inputs, outputs], stddev=spread), name="weights")
        biases = tf.Variable(tf.zeros([outputs]), name="biases")
        return tf.matmul(x, weights) + biases


@export(f"{_PLACE}loss")
def loss(logits: Any, labels: Any) -> Any:
    """The mean cross-entropy of logits [batch, classes] and the numbers of the classes [batch]."""
    return tf.losses.sparse_softmax_cross_entropy(labels=tf.cast(labels, tf.int64), logits=logits)


@export(f"{_PLACE}training")
def training(loss: Any, learning_rate: float) -> Any:
    """The op that does a step of gradient descent and counts it; writes a summary of the loss."""
    tf.summary.scalar("loss", loss)
    global_step = tf.Variable(0, name="global_step", trainable=False)
    return tf.train.GradientDescentOptimizer(learning_rate).minimize(loss, global_step=global_step)


@export(f"{_PLACE}evaluation")
def evaluation(logits: Any, labels: Any) -> Any:
    """How many of the rows of logits have their greatest at the label."""
    return tf.reduce_sum(tf.cast(tf.nn.in_top_k(logits, labels, 1), tf.int32))
