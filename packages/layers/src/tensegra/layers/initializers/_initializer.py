"""The base class of initializers."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._errors import unimplemented
from .._seeds import next_seed


class Initializer:
    """Makes the first values of a weight: a function of shape and dtype.

    Example:
        >>> import tensegra as tg
        >>> class Halves(tg.layers.initializers.Initializer):
        ...     def __call__(self, shape, dtype="float32"):
        ...         return tg.fill(shape, tg.constant(0.5, dtype=dtype))
        >>> layer = tg.layers.Dense(1, kernel_initializer=Halves())
        >>> float(layer(tg.ones([1, 4]))[0, 0])
        2.0
    """

    def __call__(self, shape: Any, dtype: Any = "float32") -> tg.Tensor:
        """The values for a shape."""
        raise unimplemented(
            type(self).__name__,
            "an initializer computes in __call__(shape, dtype).",
            "a class without it",
            "Write it.",
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The initializer that `get_config` described."""
        return cls(**config)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


class RandomInitializer(Initializer):
    """An initializer with a seed; the same object gives the same values for the same shape."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self._seed = next_seed() if seed is None else int(seed)

    @property
    def _pair(self) -> tg.Tensor:
        """The seed as the stateless random functions take it."""
        return tg.constant([self._seed, 0], dtype=tg.int64)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"seed": self.seed}
