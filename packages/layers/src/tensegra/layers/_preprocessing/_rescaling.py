"""Another range of numbers."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._base._layer import Layer
from .._shapes import Shape


class Rescaling(Layer):
    """`inputs * scale + offset`, in floating point.

    Args:
        scale: The factor, such as `1 / 255` for bytes; a number, or one per channel.
        offset: What is added; a number, or one per channel.
        **kwargs: Arguments of `Layer`.

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> tg.layers.Rescaling(1 / 255)(np.array([[0, 255]], np.uint8)).numpy().tolist()
        [[0.0, 1.0]]
    """

    def __init__(self, scale: float | list[float], offset: float | list[float] = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The rescaled batch."""
        scaled = tg.multiply(tg.cast(inputs, self._dtype), tg.constant(self.scale, dtype=self._dtype))
        return tg.add(scaled, tg.constant(self.offset, dtype=self._dtype))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}
