"""All axes but the batch as one."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._convolutional._conv2d import check_data_format
from .._shapes import Shape, product, shape_of


class Flatten(Layer):
    """`[batch, ...]` to `[batch, product of the rest]`.

    Args:
        data_format: "channels_last", the only one now.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: A scalar (TG-1001).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> tg.layers.Flatten()(np.zeros((2, 3, 4), np.float32)).shape
        TensorShape([2, 12])
    """

    _keeps_dtype = True

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_data_format("Flatten", data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The flattened batch."""
        batch, *rest = shape_of(inputs)
        size = product(rest)
        if batch is not None and size is not None:
            return tg.reshape(inputs, [batch, size])
        if size:
            return tg.reshape(inputs, [-1, size])
        if batch:
            return tg.reshape(inputs, [batch, -1])
        return _by_shape(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """`[batch, product of the rest]`."""
        return (input_shape[0], product(input_shape[1:]))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "data_format": "channels_last"}


def _by_shape(inputs: tg.Tensor) -> tg.Tensor:
    """Nothing is known that -1 could be worked out from: the shape is computed."""
    shape = tg.shape(inputs)
    return tg.reshape(inputs, tg.stack([shape[0], tg.reduce_prod(shape[1:])]))
