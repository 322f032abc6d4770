"""The sum of inputs."""

from __future__ import annotations

from functools import reduce
from typing import Any

import tensegra as tg

from .._base._layer import Layer
from .._errors import invalid
from .._shapes import Shape, is_shape


class Add(Layer):
    """The sum of two or more tensors, whose shapes broadcast.

    Args:
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: Not a list of at least two inputs, or shapes that do not broadcast
            (TG-1008).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> x = np.ones((1, 2), np.float32)
        >>> tg.layers.Add()([x, x, x]).numpy().tolist()
        [[3.0, 3.0]]
    """

    _keeps_dtype = True

    def build(self, input_shape: Any) -> None:
        """Checks the shapes."""
        self.compute_output_shape(input_shape)

    def call(self, inputs: list[tg.Tensor]) -> tg.Tensor:
        """The sum."""
        return reduce(tg.add, inputs)

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """The shape that the inputs broadcast to."""
        check_merge(self.name, input_shape)
        result: Shape = input_shape[0]
        for shape in input_shape[1:]:
            result = self._broadcast(result, shape, input_shape)
        return result

    def _broadcast(self, first: Shape, second: Shape, shapes: Any) -> Shape:
        length = max(len(first), len(second))
        pairs = zip(
            (1,) * (length - len(first)) + tuple(first), (1,) * (length - len(second)) + tuple(second)
        )
        sizes: list[int | None] = []
        for one, two in pairs:
            if one == two or two == 1:
                sizes.append(one)
            elif one == 1 or one is None:
                sizes.append(two)
            elif two is None:
                sizes.append(one)
            else:
                raise invalid(
                    f"layer {self.name!r}",
                    "the shapes of the inputs must broadcast.",
                    f"shapes={[tuple(shape) for shape in shapes]}",
                    "Make the sizes equal, with a Dense or Conv2D layer on one of them.",
                    "TG-1008",
                )
        return tuple(sizes)


def check_merge(name: str, shapes: Any) -> None:
    """Raises unless `shapes` are those of a list of at least two inputs."""
    if isinstance(shapes, dict) or is_shape(shapes) or len(shapes) < 2:
        raise invalid(
            f"layer {name!r}",
            "a merging layer is called on a list of at least two tensors.",
            f"input shapes={shapes}",
            "Call it as layer([a, b]).",
            "TG-1008",
        )
