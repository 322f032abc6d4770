"""What both pooling layers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._convolutional._conv2d import check_data_format
from .._shapes import Shape, check_padding, check_windows, pair, window_length


class Pooling2D(Layer):
    """One number per window and channel; subclasses say which."""

    _keeps_dtype = True

    def __init__(
        self,
        pool_size: int | Sequence[int] = (2, 2),
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        where = type(self).__name__
        self.pool_size = pair(where, "pool_size", pool_size)
        self.strides = self.pool_size if strides is None else pair(where, "strides", strides)
        self.padding = check_padding(where, padding)
        check_data_format(where, data_format)
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The pooled images."""
        return self._pool(inputs, self.pool_size, self.strides, self.padding.upper())

    def _pool(
        self, inputs: tg.Tensor, ksize: tuple[int, int], strides: tuple[int, int], padding: str
    ) -> tg.Tensor:
        raise AssertionError("a subclass pools")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """`[batch, rows, columns, channels]`."""
        sizes = [
            window_length(size, window, self.padding, stride)
            for size, window, stride in zip(input_shape[1:3], self.pool_size, self.strides)
        ]
        check_windows(f"layer {self.name!r}", sizes, self.padding)
        return (input_shape[0], *sizes, input_shape[3])

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "pool_size": list(self.pool_size),
            "strides": list(self.strides),
            "padding": self.padding,
            "data_format": "channels_last",
        }
