"""Initializers without chance."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg

from ._initializer import Initializer


class Constant(Initializer):
    """The same value everywhere.

    Args:
        value: A number, or an array that broadcasts to the shape.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.Constant(3.0)((2,)).numpy().tolist()
        [3.0, 3.0]
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Any, dtype: Any = "float32") -> tg.Tensor:
        """The values for a shape."""
        filled = np.broadcast_to(np.asarray(self.value), tuple(shape))
        return tg.constant(filled.astype(tg.as_dtype(dtype).as_numpy_dtype))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"value": np.asarray(self.value).tolist()}


class Zeros(Initializer):
    """Zero everywhere.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.Zeros()((2,)).numpy().tolist()
        [0.0, 0.0]
    """

    def __call__(self, shape: Any, dtype: Any = "float32") -> tg.Tensor:
        """The values for a shape."""
        return tg.zeros(list(shape), dtype=tg.as_dtype(dtype))


class Ones(Initializer):
    """One everywhere.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.Ones()((2,)).numpy().tolist()
        [1.0, 1.0]
    """

    def __call__(self, shape: Any, dtype: Any = "float32") -> tg.Tensor:
        """The values for a shape."""
        return tg.ones(list(shape), dtype=tg.as_dtype(dtype))
