"""The rectifier as a layer."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._base._layer import Layer
from .._errors import check_range
from .._shapes import Shape
from ..activations import relu


class ReLU(Layer):
    """`max(x, 0)`, with a slope below and a bound above if wanted.

    Args:
        max_value: The greatest output.
        negative_slope: The slope below the threshold.
        threshold: Where the function begins to rise.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: A negative argument (TG-1002).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> tg.layers.ReLU(max_value=1.0)(np.array([-1.0, 0.5, 2.0], np.float32)).numpy().tolist()
        [0.0, 0.5, 1.0]
    """

    _keeps_dtype = True

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        infinity = float("inf")
        self.max_value = (
            None if max_value is None else check_range("ReLU", "max_value", max_value, 0.0, infinity)
        )
        self.negative_slope = check_range("ReLU", "negative_slope", negative_slope, 0.0, infinity)
        self.threshold = check_range("ReLU", "threshold", threshold, 0.0, infinity)

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The rectified batch."""
        return relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }
