"""Any activation as a layer."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .. import _registry
from .._base._layer import Layer
from .._shapes import Shape


class Activation(Layer):
    """Applies an activation to each number.

    Args:
        activation: An activation or its name.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: An unknown name (TG-1003).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> tg.layers.Activation("relu")(np.array([-1.0, 2.0], np.float32)).numpy().tolist()
        [0.0, 2.0]
    """

    _keeps_dtype = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = _registry.get("activation", activation) or _registry.get("activation", "linear")

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The activation of the batch."""
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "activation": _registry.serialize(self.activation)}
