"""Normalization over the batch."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .. import _registry
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._errors import invalid
from .._shapes import Shape, shape_of


class BatchNormalization(Layer):
    """Mean 0 and variance 1 per channel, over the batch while training, over moving averages otherwise.

    `gamma * (x - mean) / sqrt(variance + epsilon) + beta`. The moving averages change only while training. A
    layer with `trainable = False` uses them in training too.

    Args:
        axis: The axis of the channels.
        momentum: The share of the old value in a moving average.
        epsilon: Added to the variance.
        center: Whether to add `beta`.
        scale: Whether to multiply with `gamma`.
        beta_initializer: How `beta` starts.
        gamma_initializer: How `gamma` starts.
        moving_mean_initializer: How the moving mean starts.
        moving_variance_initializer: How the moving variance starts.
        beta_regularizer: A penalty on `beta`.
        gamma_regularizer: A penalty on `gamma`.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: An axis that the input lacks or whose size is not known (TG-1001).

    Source: Ioffe and Szegedy, "Batch Normalization", ICML 2015.

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> x = np.array([[1.0], [3.0]], np.float32)
        >>> tg.layers.BatchNormalization(epsilon=0.0)(x, training=True).numpy().tolist()
        [[-1.0], [1.0]]
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = _registry.get("initializer", beta_initializer)
        self.gamma_initializer = _registry.get("initializer", gamma_initializer)
        self.moving_mean_initializer = _registry.get("initializer", moving_mean_initializer)
        self.moving_variance_initializer = _registry.get("initializer", moving_variance_initializer)
        self.beta_regularizer = _registry.get("regularizer", beta_regularizer)
        self.gamma_regularizer = _registry.get("regularizer", gamma_regularizer)

    def build(self, input_shape: Any) -> None:
        """Makes the weights, `[channels]` each."""
        rank = len(input_shape)
        if not -rank <= self.axis < rank or input_shape[self.axis] is None:
            raise invalid(
                f"layer {self.name!r}",
                f"the input must have an axis {self.axis} of known size.",
                f"input shape={tuple(input_shape)}",
                "Choose another axis.",
                "TG-1001",
            )
        shape = (input_shape[self.axis],)
        self.gamma = (
            self.add_weight(shape, self.gamma_initializer, regularizer=self.gamma_regularizer, name="gamma")
            if self.scale
            else None
        )
        self.beta = (
            self.add_weight(shape, self.beta_initializer, regularizer=self.beta_regularizer, name="beta")
            if self.center
            else None
        )
        self.moving_mean = self.add_weight(
            shape, self.moving_mean_initializer, trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape, self.moving_variance_initializer, trainable=False, name="moving_variance"
        )
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: shape[0]})

    def call(self, inputs: tg.Tensor, training: bool = False) -> tg.Tensor:
        """The normalized batch."""
        rank = len(shape_of(inputs))
        axis = self.axis % rank
        if training and self.trainable and rank > 1 and axis in (1, rank - 1):
            return self._fused(inputs, axis, rank)
        if training and self.trainable:
            others = [other for other in range(rank) if other != axis]
            mean = tg.reduce_mean(inputs, axis=others)
            centered = tg.subtract(inputs, self._along(mean, axis, inputs))
            variance = tg.reduce_mean(tg.square(centered), axis=others)
            self._average(self.moving_mean, mean)
            self._average(self.moving_variance, variance)
        else:
            mean, variance = self.moving_mean.read_value(), self.moving_variance.read_value()
            centered = tg.subtract(inputs, self._along(mean, axis, inputs))
        factor = tg.rsqrt(tg.add(variance, tg.constant(self.epsilon, dtype=variance.dtype)))
        if self.gamma is not None:
            factor = tg.multiply(factor, self.gamma)
        outputs = tg.multiply(centered, self._along(factor, axis, inputs))
        if self.beta is not None:
            outputs = tg.add(outputs, self._along(self.beta.read_value(), axis, inputs))
        return outputs

    def _fused(self, inputs: tg.Tensor, axis: int, rank: int) -> tg.Tensor:
        """Training as one op, for channels that are the last axis or the second one."""
        moving_mean, moving_variance = self.moving_mean.read_value(), self.moving_variance.read_value()
        gamma = tg.ones_like(moving_variance) if self.gamma is None else self.gamma.read_value()
        beta = tg.zeros_like(moving_mean) if self.beta is None else self.beta.read_value()
        outputs, mean, variance = tg.nn.experimental.fused_batch_norm(
            inputs,
            gamma,
            beta,
            moving_mean,
            moving_variance,
            epsilon=self.epsilon,
            data_format="NHWC" if axis == rank - 1 else "NCHW",
        )
        self._average(self.moving_mean, mean)
        self._average(self.moving_variance, variance)
        return outputs

    def _average(self, moving: tg.Variable, value: tg.Tensor) -> None:
        change = tg.subtract(tg.stop_gradient(value), moving.read_value())
        moving.assign_add(tg.multiply(change, tg.constant(1.0 - self.momentum, dtype=value.dtype)))

    def _along(self, vector: tg.Tensor, axis: int, inputs: tg.Tensor) -> tg.Tensor:
        """`[channels]` as a tensor that broadcasts along `axis` of the inputs."""
        behind = len(shape_of(inputs)) - axis - 1
        return vector if not behind else tg.reshape(vector, [-1] + [1] * behind)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": _registry.serialize(self.beta_initializer),
            "gamma_initializer": _registry.serialize(self.gamma_initializer),
            "moving_mean_initializer": _registry.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": _registry.serialize(self.moving_variance_initializer),
            "beta_regularizer": _registry.serialize(self.beta_regularizer),
            "gamma_regularizer": _registry.serialize(self.gamma_regularizer),
        }
