"""The mean of each channel."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._convolutional._conv2d import check_data_format
from .._shapes import Shape


class GlobalAveragePooling2D(Layer):
    """The mean of each channel of images `[batch, height, width, channels]`.

    Args:
        data_format: "channels_last", the only one now.
        keepdims: Whether height and width stay, with size 1.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: An input that is not of rank 4 (TG-1001).
        tg.errors.UnimplementedError: `data_format="channels_first"` (TG-1013).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> x = np.arange(4, dtype=np.float32).reshape(1, 2, 2, 1)
        >>> tg.layers.GlobalAveragePooling2D()(x).numpy().tolist()
        [[1.5]]
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_data_format("GlobalAveragePooling2D", data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The means."""
        return tg.reduce_mean(inputs, axis=[1, 2], keepdims=self.keepdims)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """`[batch, channels]`, or `[batch, 1, 1, channels]` with keepdims."""
        batch, _, _, channels = input_shape
        return (batch, 1, 1, channels) if self.keepdims else (batch, channels)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "data_format": "channels_last", "keepdims": self.keepdims}
