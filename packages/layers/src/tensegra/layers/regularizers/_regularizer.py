"""The base class of regularizers."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._errors import unimplemented


class Regularizer:
    """A penalty on a weight or an output, added to the loss.

    Example:
        >>> import tensegra as tg
        >>> class Largest(tg.layers.regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return tg.reduce_max(tg.abs(x))
        >>> layer = tg.layers.Dense(1, kernel_initializer="ones", kernel_regularizer=Largest())
        >>> layer.build((None, 3))
        >>> float(layer.losses[0])
        1.0
    """

    def __call__(self, x: Any) -> tg.Tensor:
        """The penalty, a scalar."""
        raise unimplemented(
            type(self).__name__, "a regularizer computes in __call__(x).", "a class without it", "Write it."
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The regularizer that `get_config` described."""
        return cls(**config)
