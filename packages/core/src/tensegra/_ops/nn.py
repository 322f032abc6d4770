"""Functions of the ops of the family 'nn'."""

# Generated from the op registry by tools/gen.py: do not edit.
# ruff: noqa: E501 (the examples are shown as they print)

from __future__ import annotations

from collections.abc import Sequence

from tensegra import _native
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_bias_add = _native.find_op("bias_add")
_depthwise_conv2d = _native.find_op("depthwise_conv2d")
_elu = _native.find_op("elu")
_gelu = _native.find_op("gelu")
_l2_loss = _native.find_op("l2_loss")
_leaky_relu = _native.find_op("leaky_relu")
_log_softmax = _native.find_op("log_softmax")
_relu = _native.find_op("relu")
_relu6 = _native.find_op("relu6")
_selu = _native.find_op("selu")
_sigmoid_cross_entropy_with_logits = _native.find_op("sigmoid_cross_entropy_with_logits")
_silu = _native.find_op("silu")
_softmax = _native.find_op("softmax")


def bias_add(
    value: TensorLike, bias: TensorLike, data_format: str = "NHWC", name: str | None = None
) -> Tensor:
    """Adds a number to each channel.

    Args:
      value: a tensor of rank 2 or more; float32, float64 or an integer dtype.
      bias: a vector of the same dtype, one number for each channel.
      data_format: 'NHWC' where the channels are the last axis, 'NCHW' where they are the second one.

    Returns:
      A tensor of the shape and dtype of `value`.

    Raises:
      InvalidArgumentError: a rank does not fit (TG-0103), the channels differ (TG-0105), or `data_format` is unknown
        (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.bias_add([[1., 2.]], [10., 20.])
    <tg.Tensor: shape=(1, 2), dtype=float32, numpy=array([[11., 22.]], dtype=float32)>
    """
    return _execute(_bias_add, (value, bias), (data_format,))


def depthwise_conv2d(
    input: TensorLike,
    filter: TensorLike,
    strides: int | Sequence[int],
    padding: str,
    dilations: int | Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """Slides filters over images, for each channel on its own.

    Args:
      input: images of shape [batch, height, width, channels]; float32 or float64.
      filter: a tensor of shape [height, width, channels, multiplier] and the same dtype.
      strides: how far windows are apart: one number, [height, width], or [1, height, width, 1].
      padding: 'VALID' or 'SAME'.
      dilations: how far the elements of a filter are apart, in the forms of `strides`.

    Returns:
      A tensor of shape [batch, new_height, new_width, channels * multiplier] and the same dtype.

    Raises:
      InvalidArgumentError: a rank is not 4 (TG-0103), the channels differ (TG-0105), or an attribute has a value that is
        not described here (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.depthwise_conv2d(tg.ones([1, 2, 2, 2]), tg.ones([2, 2, 2, 1]), strides=1, padding="VALID")
    <tg.Tensor: shape=(1, 1, 1, 2), dtype=float32, numpy=array([[[[4., 4.]]]], dtype=float32)>
    """
    return _execute(_depthwise_conv2d, (input, filter), (strides, padding, dilations))


def elu(features: TensorLike, name: str | None = None) -> Tensor:
    """Computes features where they are positive, and exp(features) - 1 elsewhere.

    Args:
      features: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    Source: Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units
    (ELUs)",
      ICLR 2016.

    >>> import tensegra as tg
    >>> tg.nn.elu([-1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    return _execute(_elu, (features,))


def gelu(features: TensorLike, approximate: bool = False, name: str | None = None) -> Tensor:
    """Computes features * P(X <= features) for a standard normal X.

    Args:
      features: a tensor of any shape; float32 or float64.
      approximate: whether to use the approximation by tanh.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.

    >>> import tensegra as tg
    >>> tg.nn.gelu([-1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.15865526,  1.9544997 ], dtype=float32)>
    """
    return _execute(_gelu, (features,), (approximate,))


def l2_loss(t: TensorLike, name: str | None = None) -> Tensor:
    """Computes half the sum of the squares of all elements.

    Args:
      t: a tensor of any shape; float32 or float64.

    Returns:
      A 0-d tensor of the same dtype.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.nn.l2_loss([3., 4.])
    <tg.Tensor: shape=(), dtype=float32, numpy=12.5>
    """
    return _execute(_l2_loss, (t,))


def leaky_relu(features: TensorLike, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """Computes features where they are positive, and alpha * features elsewhere.

    Args:
      features: a tensor of any shape; float32 or float64.
      alpha: the slope for negative features.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    Source: Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic Models", ICML 2013.

    >>> import tensegra as tg
    >>> tg.nn.leaky_relu([-1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.2,  2. ], dtype=float32)>
    """
    return _execute(_leaky_relu, (features,), (alpha,))


def log_softmax(logits: TensorLike, axis: int = -1, name: str | None = None) -> Tensor:
    """Computes log(softmax(logits)) along an axis, exactly also for small probabilities.

    Args:
      logits: a tensor of rank 1 or more; float32 or float64.
      axis: the axis along which the probabilities add up to 1.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104), or the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.nn.log_softmax([1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([-1.3132617 , -0.31326166], dtype=float32)>
    """
    return _execute(_log_softmax, (logits,), (axis,))


def relu(features: TensorLike, name: str | None = None) -> Tensor:
    """Computes max(features, 0) for each element.

    The gradient at 0 is 0. NaN stays NaN.

    Args:
      features: a tensor of any shape; float32, float64 or an integer dtype.

    Returns:
      A tensor of the same shape and dtype as `features`.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    Source: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.

    >>> import tensegra as tg
    >>> tg.nn.relu([-1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return _execute(_relu, (features,))


def relu6(features: TensorLike, name: str | None = None) -> Tensor:
    """Computes min(max(features, 0), 6) for each element.

    Args:
      features: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    Source: Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10", 2010.

    >>> import tensegra as tg
    >>> tg.nn.relu6([-1., 2., 8.])
    <tg.Tensor: shape=(3,), dtype=float32, numpy=array([0., 2., 6.], dtype=float32)>
    """
    return _execute(_relu6, (features,))


def selu(features: TensorLike, name: str | None = None) -> Tensor:
    """Computes the scaled exponential linear unit of each element.

    Args:
      features: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    Source: Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.

    >>> import tensegra as tg
    >>> tg.nn.selu([-1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([-1.1113307,  2.101402 ], dtype=float32)>
    """
    return _execute(_selu, (features,))


def sigmoid_cross_entropy_with_logits(
    labels: TensorLike, logits: TensorLike, name: str | None = None
) -> Tensor:
    """Computes the cross entropy between labels and sigmoid(logits), for each element.

    Args:
      labels: probabilities; float32 or float64.
      logits: log odds, of the same shape and dtype.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the shapes differ (TG-0105), or the dtypes do not fit (TG-0102).

    >>> import tensegra as tg
    >>> tg.nn.sigmoid_cross_entropy_with_logits([0., 1.], [0., 0.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.6931472, 0.6931472], dtype=float32)>
    """
    return _execute(_sigmoid_cross_entropy_with_logits, (labels, logits))


def silu(features: TensorLike, name: str | None = None) -> Tensor:
    """Computes features * sigmoid(features) for each element.

    Args:
      features: a tensor of any shape; float32 or float64.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the dtype is not one of these (TG-0102).

    Source: Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
      Reinforcement Learning", Neural Networks 107, 2018.

    >>> import tensegra as tg
    >>> tg.nn.silu([0., 1.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7310586], dtype=float32)>
    """
    return _execute(_silu, (features,))


def softmax(logits: TensorLike, axis: int = -1, name: str | None = None) -> Tensor:
    """Computes exp(logits) / sum(exp(logits)) along an axis.

    Args:
      logits: a tensor of rank 1 or more; float32 or float64.
      axis: the axis along which the probabilities add up to 1.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104), or the dtype is not one of these (TG-0102).

    >>> import tensegra as tg
    >>> tg.nn.softmax([1., 2.])
    <tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.26894143, 0.7310586 ], dtype=float32)>
    """
    return _execute(_softmax, (logits,), (axis,))


swish = silu
