"""Initializers whose spread depends on the size of the weight."""

from __future__ import annotations

import math
from typing import Any

import tensegra as tg

from .._errors import check_choice, invalid
from .._shapes import product
from ._initializer import RandomInitializer

# The standard deviation of a standard normal distribution cut at two standard deviations.
_TRUNCATED_STDDEV = 0.87962566103423978


class VarianceScaling(RandomInitializer):
    """Variance `scale / n`, where n is the number of inputs, of outputs, or their mean.

    Args:
        scale: The factor.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal", "untruncated_normal" or "uniform".
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Raises:
        tg.errors.InvalidArgumentError: A scale that is not positive, or an unknown mode or distribution
            (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> init = tg.layers.initializers.VarianceScaling(mode="fan_in", distribution="uniform", seed=1)
        >>> float(tg.reduce_max(tg.abs(init((300, 100))))) <= (3 / 300) ** 0.5
        True
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        super().__init__(seed)
        if scale <= 0:
            raise invalid(
                type(self).__name__,
                "scale must be positive.",
                f"scale={scale}",
                "Give a number above 0.",
                "TG-1002",
            )
        check_choice(type(self).__name__, "mode", mode, ("fan_in", "fan_out", "fan_avg"))
        distribution = "truncated_normal" if distribution == "normal" else distribution
        check_choice(
            type(self).__name__,
            "distribution",
            distribution,
            ("truncated_normal", "untruncated_normal", "uniform"),
        )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution

    def __call__(self, shape: Any, dtype: Any = "float32") -> tg.Tensor:
        """The values for a shape."""
        fan_in, fan_out = _fans(tuple(shape))
        count = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, count)
        dtype = tg.as_dtype(dtype)
        sizes = list(shape)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return tg.random.stateless_uniform(
                sizes, seed=self._pair, minval=-limit, maxval=limit, dtype=dtype
            )
        if self.distribution == "untruncated_normal":
            return tg.random.stateless_normal(
                sizes, seed=self._pair, mean=0.0, stddev=math.sqrt(variance), dtype=dtype
            )
        stddev = math.sqrt(variance) / _TRUNCATED_STDDEV
        return tg.random.stateless_truncated_normal(
            sizes, seed=self._pair, mean=0.0, stddev=stddev, dtype=dtype
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": self.seed,
        }


class _Named(VarianceScaling):
    """A variance scaling whose settings its name gives."""

    _settings: tuple[float, str, str]

    def __init__(self, seed: int | None = None) -> None:
        scale, mode, distribution = self._settings
        super().__init__(scale, mode, distribution, seed)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"seed": self.seed}


def _fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """The numbers of inputs and outputs of a weight: `[..., inputs, outputs]` with a window before."""
    if not shape:
        return 1.0, 1.0
    if len(shape) == 1:
        return float(shape[0]), float(shape[0])
    window = float(product(shape[:-2]) or 0)
    return shape[-2] * window, shape[-1] * window
