"""Inputs side by side."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._base._layer import Layer
from .._errors import invalid
from .._shapes import Shape
from ._add import check_merge


class Concatenate(Layer):
    """Puts two or more tensors side by side along an axis; the other axes must agree.

    Args:
        axis: The axis.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: Not a list of at least two inputs, or other axes that differ
            (TG-1008).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> x = np.ones((1, 2), np.float32)
        >>> tg.layers.Concatenate()([x, x]).shape
        TensorShape([1, 4])
    """

    _keeps_dtype = True

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape: Any) -> None:
        """Checks the shapes."""
        self.compute_output_shape(input_shape)

    def call(self, inputs: list[tg.Tensor]) -> tg.Tensor:
        """The inputs side by side."""
        return tg.concat(list(inputs), axis=self.axis)

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """The common shape with the sizes along the axis added up."""
        check_merge(self.name, input_shape)
        shapes = [list(shape) for shape in input_shape]
        rank = len(shapes[0])
        fits = all(len(shape) == rank for shape in shapes) and -rank <= self.axis < rank
        result = list(shapes[0])
        for shape in shapes[1:] if fits else []:
            for axis, (one, two) in enumerate(zip(result, shape)):
                if axis == self.axis % rank:
                    result[axis] = None if one is None or two is None else one + two
                elif one is None:
                    result[axis] = two
                elif two is not None and one != two:
                    fits = False
        if not fits:
            raise invalid(
                f"layer {self.name!r}",
                f"the inputs must have the same sizes on all axes but {self.axis}.",
                f"shapes={[tuple(shape) for shape in shapes]}",
                "Choose another axis, or make the sizes equal.",
                "TG-1008",
            )
        return tuple(result)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "axis": self.axis}
