"""Another shape for each example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from .._base._layer import Layer
from .._errors import invalid
from .._shapes import Shape, product, shape_of


class Reshape(Layer):
    """Gives each example another shape, in row-major order.

    Args:
        target_shape: The shape of one example, without the batch axis; one size may be -1.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: More than one -1 or a size that is not positive (TG-1002), or an input
            of another size (TG-1001).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> tg.layers.Reshape((2, -1))(np.zeros((5, 6), np.float32)).shape
        TensorShape([5, 2, 3])
    """

    _keeps_dtype = True

    def __init__(self, target_shape: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        bad = [size for size in self.target_shape if not isinstance(size, int) or (size < 1 and size != -1)]
        if bad or self.target_shape.count(-1) > 1:
            raise invalid(
                "Reshape",
                "sizes are positive; one may be -1.",
                f"target_shape={self.target_shape}",
                "Leave the batch axis out.",
                "TG-1002",
            )

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The reshaped batch."""
        shape = shape_of(inputs)
        batch, *sizes = self.compute_output_shape(shape)
        unknown = [batch, *sizes].count(None)
        if unknown <= 1:
            return tg.reshape(inputs, [-1 if size is None else size for size in (batch, *sizes)])
        first = tg.shape(inputs)[0]
        return tg.reshape(inputs, tg.stack([first, *(-1 if size is None else size for size in sizes)]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """`[batch, *target_shape]`."""
        size = product(input_shape[1:])
        known = product([item for item in self.target_shape if item != -1]) or 1
        if size is not None and (size % known if -1 in self.target_shape else size != known):
            raise invalid(
                f"layer {self.name!r}",
                f"an example must have as many numbers as target_shape={self.target_shape}.",
                f"input shape={tuple(input_shape)}",
                "Leave the batch axis out of target_shape.",
                "TG-1001",
            )
        rest = None if size is None else size // known
        return (input_shape[0], *(rest if item == -1 else item for item in self.target_shape))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "target_shape": list(self.target_shape)}
