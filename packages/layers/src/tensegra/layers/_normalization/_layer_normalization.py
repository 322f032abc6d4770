"""Normalization within each example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from .. import _registry
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._errors import invalid
from .._shapes import Shape, shape_of


class LayerNormalization(Layer):
    """Mean 0 and variance 1 over the given axes of each example.

    `gamma * (x - mean) / sqrt(variance + epsilon) + beta`.

    Args:
        axis: The axis, or axes, over which to normalize.
        epsilon: Added to the variance.
        center: Whether to add `beta`.
        scale: Whether to multiply with `gamma`.
        beta_initializer: How `beta` starts.
        gamma_initializer: How `gamma` starts.
        beta_regularizer: A penalty on `beta`.
        gamma_regularizer: A penalty on `gamma`.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: An axis that the input lacks or whose size is not known (TG-1001).

    Source: Ba, Kiros and Hinton, "Layer Normalization", arXiv:1607.06450 (2016).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> x = np.array([[1.0, 3.0]], np.float32)
        >>> tg.layers.LayerNormalization(epsilon=0.0)(x).numpy().tolist()
        [[-1.0, 1.0]]
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis: int | list[int] = axis if isinstance(axis, int) else list(axis)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = _registry.get("initializer", beta_initializer)
        self.gamma_initializer = _registry.get("initializer", gamma_initializer)
        self.beta_regularizer = _registry.get("regularizer", beta_regularizer)
        self.gamma_regularizer = _registry.get("regularizer", gamma_regularizer)

    def build(self, input_shape: Any) -> None:
        """Makes the weights, of the sizes of the normalized axes."""
        rank = len(input_shape)
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        if any(not -rank <= axis < rank or input_shape[axis] is None for axis in axes):
            raise invalid(
                f"layer {self.name!r}",
                f"the input must have axis {self.axis}, of known size.",
                f"input shape={tuple(input_shape)}",
                "Choose another axis.",
                "TG-1001",
            )
        shape = tuple(input_shape[axis] for axis in axes)
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
        self.input_spec = InputSpec(ndim=rank, axes={axis: input_shape[axis] for axis in axes})

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The normalized batch."""
        shape = shape_of(inputs)
        axes = sorted(
            axis % len(shape) for axis in (self.axis if isinstance(self.axis, list) else [self.axis])
        )
        mean = tg.reduce_mean(inputs, axis=axes, keepdims=True)
        centered = tg.subtract(inputs, mean)
        variance = tg.reduce_mean(tg.square(centered), axis=axes, keepdims=True)
        outputs = tg.multiply(
            centered, tg.rsqrt(tg.add(variance, tg.constant(self.epsilon, dtype=inputs.dtype)))
        )
        broadcast = [shape[axis] if axis in axes else 1 for axis in range(axes[0], len(shape))]
        if self.gamma is not None:
            outputs = tg.multiply(outputs, tg.reshape(self.gamma, broadcast))
        if self.beta is not None:
            outputs = tg.add(outputs, tg.reshape(self.beta, broadcast))
        return outputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": _registry.serialize(self.beta_initializer),
            "gamma_initializer": _registry.serialize(self.gamma_initializer),
            "beta_regularizer": _registry.serialize(self.beta_regularizer),
            "gamma_regularizer": _registry.serialize(self.gamma_regularizer),
        }
