"""The normal distribution."""

from __future__ import annotations

import math
from typing import Any

import tensegra as tg

from ._distribution import Distribution, broadcast_shape, check_positive, parameter, seed_pair

_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


class Normal(Distribution):
    """The normal distribution with mean `loc` and standard deviation `scale`.

    Samples are ``loc + scale * noise``, so gradients flow through them into the parameters.

    Args:
        loc: The mean; floating-point, any shape that broadcasts with `scale`.
        scale: The standard deviation; positive.
        name: Of the distribution.

    Raises:
        tg.errors.InvalidArgumentError: A parameter is not floating-point (TG-3001), `scale` is not positive (TG-3003),
            or the shapes do not broadcast (TG-3006).

    Example:
        >>> import tensegra as tg
        >>> normal = tg.probability.distributions.Normal(loc=0.0, scale=1.0)
        >>> round(float(normal.log_prob(0.0)), 4)
        -0.9189

    Source: Kingma and Welling, "Auto-Encoding Variational Bayes", arXiv:1312.6114 (samples with gradients).
    """

    def __init__(self, loc: Any, scale: Any, name: str = "Normal") -> None:
        where = "probability.Normal"
        self.loc = parameter(where, "loc", loc)
        self.scale = parameter(where, "scale", scale, self.loc.dtype)
        check_positive(where, "scale", self.scale)
        self._batch_shape = broadcast_shape(where, self.loc, self.scale)
        super().__init__(self.loc.dtype, {"loc": loc, "scale": scale}, name)

    @property
    def batch_shape(self) -> tg.TensorShape:
        return self._batch_shape

    def _standard(self, value: tg.Tensor) -> tg.Tensor:
        return (value - self.loc) / self.scale

    def _sample(self, sample_shape: list[int], seed: int | None) -> tg.Tensor:
        shape = self._sample_sizes(sample_shape)
        if seed is None:
            noise = tg.random.normal(shape, dtype=self.dtype)
        else:
            noise = tg.random.stateless_normal(shape, seed=seed_pair(seed), dtype=self.dtype)
        return self.loc + self.scale * noise

    def _log_prob(self, value: tg.Tensor) -> tg.Tensor:
        return -0.5 * tg.square(self._standard(value)) - tg.math.log(self.scale) - _HALF_LOG_TWO_PI

    def _full(self, value: tg.Tensor) -> tg.Tensor:
        return tg.broadcast_to(value, self._batch_shape.as_list())

    def _mean(self) -> tg.Tensor:
        return self._full(self.loc)

    def _mode(self) -> tg.Tensor:
        return self._mean()

    def _variance(self) -> tg.Tensor:
        return self._full(tg.square(self.scale))

    def _entropy(self) -> tg.Tensor:
        return self._full(0.5 + _HALF_LOG_TWO_PI + tg.math.log(self.scale))

    def _cdf(self, value: tg.Tensor) -> tg.Tensor:
        return 0.5 * (1.0 + tg.math.erf(self._standard(value) * math.sqrt(0.5)))
