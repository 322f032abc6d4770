"""The beginning of a functional model."""

from __future__ import annotations

from typing import Any

from .._base._keras_tensor import KerasTensor
from .._shapes import Shape
from ._input_layer import InputLayer


def Input(
    shape: Shape | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    batch_shape: Shape | None = None,
    name: str | None = None,
) -> KerasTensor:
    """A symbolic tensor to call layers on.

    Args:
        shape: The shape of one example, without the batch axis.
        batch_size: The size of the batch axis; any size if not given.
        dtype: The dtype, float32 if not given.
        batch_shape: The shape with the batch axis, instead of the first two.
        name: A name; it names the input in a saved model.

    Returns:
        The symbolic tensor.

    Raises:
        tg.errors.InvalidArgumentError: Neither or both of `shape` and `batch_shape`, or a bad size (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> x = tg.keras.Input((4,))
        >>> model = tg.keras.Model(x, tg.layers.Dense(2)(x))
        >>> model.count_params()
        10
    """
    return InputLayer(shape, batch_size, dtype, batch_shape, name).output
