"""The continuous uniform distribution."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from ._distribution import Distribution, broadcast_shape, check_positive, parameter, uniform


class Uniform(Distribution):
    """The uniform distribution over ``[low, high)``.

    Args:
        low: The least value; floating-point.
        high: The end, above `low`.
        name: Of the distribution.

    Raises:
        tg.errors.InvalidArgumentError: A parameter is not floating-point (TG-3001), `high` is not above `low`
            (TG-3003), or the shapes do not broadcast (TG-3006).

    Example:
        >>> import tensegra as tg
        >>> float(tg.probability.distributions.Uniform(low=0.0, high=4.0).prob(1.0))
        0.25
    """

    def __init__(self, low: Any = 0.0, high: Any = 1.0, name: str = "Uniform") -> None:
        where = "probability.Uniform"
        self.low = parameter(where, "low", low)
        self.high = parameter(where, "high", high, self.low.dtype)
        self._batch_shape = broadcast_shape(where, self.low, self.high)
        check_positive(where, "high - low", self.high - self.low)
        super().__init__(self.low.dtype, {"low": low, "high": high}, name)

    @property
    def batch_shape(self) -> tg.TensorShape:
        return self._batch_shape

    def _range(self) -> tg.Tensor:
        return self.high - self.low

    def _sample(self, sample_shape: list[int], seed: int | None) -> tg.Tensor:
        shape = self._sample_sizes(sample_shape)
        return self.low + self._range() * uniform(shape, self.dtype, seed)

    def _log_prob(self, value: tg.Tensor) -> tg.Tensor:
        inside = tg.logical_and(value >= self.low, value < self.high)
        outside = tg.zeros_like(value) - float("inf")
        return tg.where(inside, -tg.math.log(self._range()), outside)

    def _mean(self) -> tg.Tensor:
        return 0.5 * (self.low + self.high)

    def _variance(self) -> tg.Tensor:
        return tg.square(self._range()) / 12.0

    def _entropy(self) -> tg.Tensor:
        return tg.math.log(self._range())

    def _cdf(self, value: tg.Tensor) -> tg.Tensor:
        return tg.minimum(tg.maximum((value - self.low) / self._range(), 0.0), 1.0)
