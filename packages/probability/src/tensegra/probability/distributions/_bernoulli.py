"""The Bernoulli distribution."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from ._distribution import Distribution, check_probabilities, one_of, parameter, uniform


class Bernoulli(Distribution):
    """1 with some probability, else 0.

    Args:
        logits: The log-odds of 1; floating-point. Or:
        probs: The probability of 1.
        dtype: Of samples; int32 by default, as in TensorFlow Probability.
        name: Of the distribution.

    Raises:
        tg.errors.InvalidArgumentError: Not exactly one of logits and probs is given (TG-3005), or it is not
            floating-point (TG-3001).

    Example:
        >>> import tensegra as tg
        >>> round(float(tg.probability.distributions.Bernoulli(probs=0.25).variance()), 4)
        0.1875
    """

    def __init__(
        self, logits: Any = None, probs: Any = None, dtype: tg.DType = tg.int32, name: str = "Bernoulli"
    ) -> None:
        where = "probability.Bernoulli"
        one_of(where, logits, probs)
        if logits is None:
            p = parameter(where, "probs", probs)
            check_probabilities(where, p, 1.0)
            self.logits = tg.math.log(p) - tg.math.log1p(-p)
        else:
            self.logits = parameter(where, "logits", logits)
        super().__init__(tg.as_dtype(dtype), {"logits": logits, "probs": probs}, name)

    @property
    def probs(self) -> tg.Tensor:
        """The probability of 1."""
        return tg.sigmoid(self.logits)

    @property
    def batch_shape(self) -> tg.TensorShape:
        return self.logits.shape

    def _sample(self, sample_shape: list[int], seed: int | None) -> tg.Tensor:
        shape = self._sample_sizes(sample_shape)
        return tg.cast(uniform(shape, self.logits.dtype, seed) < self.probs, self.dtype)

    def _log_prob(self, value: tg.Tensor) -> tg.Tensor:
        # The product is not formed where a certain outcome would make it infinity times zero.
        x = tg.cast(value, self.logits.dtype)
        one = -tg.nn.softplus(-self.logits)
        zero = -tg.nn.softplus(self.logits)
        return tg.where(tg.equal(x, 1.0), one, tg.where(tg.equal(x, 0.0), zero, zero - float("inf")))

    def _mean(self) -> tg.Tensor:
        return self.probs

    def _variance(self) -> tg.Tensor:
        return self.probs * tg.sigmoid(-self.logits)

    def _mode(self) -> tg.Tensor:
        return tg.cast(self.logits > 0.0, self.dtype)

    def _entropy(self) -> tg.Tensor:
        finite = tg.where(tg.math.is_finite(self.logits), self.logits, tg.zeros_like(self.logits))
        nats = tg.nn.softplus(finite) - self.probs * finite
        return tg.where(tg.math.is_finite(self.logits), nats, tg.zeros_like(nats))
