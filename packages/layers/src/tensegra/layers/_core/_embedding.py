"""Vectors for integers."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .. import _registry
from .._base._layer import Layer
from .._errors import check_positive, unimplemented
from .._shapes import Shape


class Embedding(Layer):
    """Row `i` of a table for each integer `i`.

    Args:
        input_dim: How many rows the table has.
        output_dim: How long a row is.
        embeddings_initializer: How the table `[input_dim, output_dim]` starts.
        embeddings_regularizer: A penalty on the table.
        mask_zero: Only False now.
        **kwargs: Arguments of `Layer`.

    Shapes: integers `[batch, ...]` to `[batch, ..., output_dim]`; floats are cast to int32, as Keras does.

    Raises:
        tg.errors.InvalidArgumentError: A size that is not positive (TG-1002); when computing, an integer
            outside of `[0, input_dim)`.
        tg.errors.UnimplementedError: `mask_zero=True` (TG-1013).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> tg.layers.Embedding(10, 4)(np.array([[1, 2, 3]])).shape
        TensorShape([1, 3, 4])
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        mask_zero: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input_dim = check_positive("Embedding", "input_dim", input_dim)
        self.output_dim = check_positive("Embedding", "output_dim", output_dim)
        self.embeddings_initializer = _registry.get("initializer", embeddings_initializer)
        self.embeddings_regularizer = _registry.get("regularizer", embeddings_regularizer)
        if mask_zero:
            raise unimplemented(
                "Embedding", "layers do not pass masks on yet.", "mask_zero=True", "Leave mask_zero out."
            )

    def build(self, input_shape: Any) -> None:
        """Makes the table."""
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            name="embeddings",
        )

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The rows for a batch of integers."""
        if inputs.dtype not in (tg.int32, tg.int64):
            inputs = tg.cast(inputs, tg.int32)
        return tg.gather(self.embeddings, inputs, axis=0)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape and one more axis."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": _registry.serialize(self.embeddings_initializer),
            "embeddings_regularizer": _registry.serialize(self.embeddings_regularizer),
            "mask_zero": False,
        }
