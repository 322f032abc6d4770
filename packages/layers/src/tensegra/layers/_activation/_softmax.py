"""Softmax as a layer."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._base._layer import Layer
from .._shapes import Shape


class Softmax(Layer):
    """`exp(x) / sum(exp(x))` along an axis.

    Args:
        axis: The axis whose numbers add up to 1.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> tg.layers.Softmax()(np.zeros((1, 4), np.float32)).numpy().tolist()
        [[0.25, 0.25, 0.25, 0.25]]
    """

    _keeps_dtype = True

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The probabilities."""
        return tg.nn.softmax(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "axis": self.axis}
