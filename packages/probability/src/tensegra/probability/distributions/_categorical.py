"""The categorical distribution."""

from __future__ import annotations

import math
from typing import Any

import tensegra as tg

from ._distribution import Distribution, check_probabilities, one_of, parameter, seed_pair


class Categorical(Distribution):
    """One of `num_categories` classes, numbered from 0.

    Args:
        logits: Unnormalised log-probabilities, ``batch_shape + (num_categories,)``; floating-point. Or:
        probs: Probabilities of the same shape; they are normalised.
        dtype: Of samples; int32 by default, as in TensorFlow Probability.
        name: Of the distribution.

    Raises:
        tg.errors.InvalidArgumentError: Not exactly one of logits and probs is given (TG-3005), it is not floating-point
            (TG-3001), or it has no dimension (TG-3007).

    Example:
        >>> import tensegra as tg
        >>> categorical = tg.probability.distributions.Categorical(probs=[0.5, 0.25, 0.25])
        >>> round(float(categorical.entropy()), 4)
        1.0397
    """

    def __init__(
        self, logits: Any = None, probs: Any = None, dtype: tg.DType = tg.int32, name: str = "Categorical"
    ) -> None:
        where = "probability.Categorical"
        one_of(where, logits, probs)
        given = parameter(where, "probs" if logits is None else "logits", probs if logits is None else logits)
        classes = given.shape[-1] if given.shape.rank else None
        if classes is None:
            raise tg.errors.InvalidArgumentError(
                f"[{where}] logits and probs must have a last dimension of known size, over the classes. "
                f"Received: shape {given.shape}.",
                code="TG-3007",
            )
        self._num_categories: int = classes
        if logits is None:
            check_probabilities(where, given, math.inf)
        self._log_probs = tg.nn.log_softmax(tg.math.log(given) if logits is None else given)
        super().__init__(tg.as_dtype(dtype), {"logits": logits, "probs": probs}, name)

    @property
    def logits(self) -> tg.Tensor:
        """Normalised log-probabilities."""
        return self._log_probs

    @property
    def probs(self) -> tg.Tensor:
        """Probabilities."""
        return tg.exp(self._log_probs)

    @property
    def num_categories(self) -> int:
        """How many classes there are."""
        return self._num_categories

    @property
    def batch_shape(self) -> tg.TensorShape:
        return self._log_probs.shape[:-1]

    def _sample(self, sample_shape: list[int], seed: int | None) -> tg.Tensor:
        draws = 1
        for size in sample_shape:
            draws *= size
        flat = tg.reshape(self._log_probs, [-1, self._num_categories])
        if seed is None:
            drawn = tg.random.categorical(flat, draws, dtype=tg.int32)
        else:
            drawn = tg.random.stateless_categorical(flat, draws, seed=seed_pair(seed), dtype=tg.int32)
        shape = self._sample_sizes(sample_shape)
        return tg.cast(tg.reshape(tg.transpose(drawn), shape), self.dtype)

    def _log_prob(self, value: tg.Tensor) -> tg.Tensor:
        # Chosen by multiplication with one_hot, which has a gradient; impossible classes must not make 0 * inf.
        chosen = tg.one_hot(value, self._num_categories, dtype=self._log_probs.dtype) > 0.5
        masked = tg.where(chosen, self._log_probs, tg.zeros_like(self._log_probs))
        known = tg.reduce_any(chosen, axis=-1)
        total = tg.reduce_sum(masked, axis=-1)
        return tg.where(known, total, tg.zeros_like(total) - float("inf"))

    def _mode(self) -> tg.Tensor:
        return tg.cast(tg.argmax(self._log_probs, axis=-1), self.dtype)

    def _entropy(self) -> tg.Tensor:
        possible = tg.math.is_finite(self._log_probs)
        log_p = tg.where(possible, self._log_probs, tg.zeros_like(self._log_probs))
        return -tg.reduce_sum(self.probs * log_p, axis=-1)

    def _cdf(self, value: tg.Tensor) -> tg.Tensor:
        classes = tg.range(self._num_categories, dtype=self.dtype)
        below = tg.expand_dims(value, axis=-1) >= classes
        return tg.reduce_sum(tg.where(below, self.probs, tg.zeros_like(self.probs)), axis=-1)
