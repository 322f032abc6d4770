"""Initializers that draw from one distribution."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from ._initializer import RandomInitializer


class RandomNormal(RandomInitializer):
    """Normal numbers.

    Args:
        mean: Their mean.
        stddev: Their standard deviation.
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Example:
        >>> import tensegra as tg
        >>> init = tg.layers.initializers.RandomNormal(seed=1)
        >>> bool(tg.reduce_all(init((3,)) == init((3,))))
        True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Any, dtype: Any = "float32") -> tg.Tensor:
        """The values for a shape."""
        return tg.random.stateless_normal(
            list(shape), seed=self._pair, mean=self.mean, stddev=self.stddev, dtype=tg.as_dtype(dtype)
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


class TruncatedNormal(RandomNormal):
    """Normal numbers; those beyond two standard deviations are drawn again.

    Args:
        mean: The mean before truncation.
        stddev: The standard deviation before truncation.
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Example:
        >>> import tensegra as tg
        >>> values = tg.layers.initializers.TruncatedNormal(stddev=1.0, seed=1)((1000,))
        >>> float(tg.reduce_max(tg.abs(values))) <= 2.0
        True
    """

    def __call__(self, shape: Any, dtype: Any = "float32") -> tg.Tensor:
        """The values for a shape."""
        return tg.random.stateless_truncated_normal(
            list(shape), seed=self._pair, mean=self.mean, stddev=self.stddev, dtype=tg.as_dtype(dtype)
        )


class RandomUniform(RandomInitializer):
    """Uniform numbers.

    Args:
        minval: The least.
        maxval: The bound above.
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Example:
        >>> import tensegra as tg
        >>> values = tg.layers.initializers.RandomUniform(0.0, 1.0, seed=1)((1000,))
        >>> 0.0 <= float(tg.reduce_min(values)) and float(tg.reduce_max(values)) < 1.0
        True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: Any, dtype: Any = "float32") -> tg.Tensor:
        """The values for a shape."""
        return tg.random.stateless_uniform(
            list(shape), seed=self._pair, minval=self.minval, maxval=self.maxval, dtype=tg.as_dtype(dtype)
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}
