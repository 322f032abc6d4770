"""Kullback-Leibler divergences in closed form, registered per pair of distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg

from ._bernoulli import Bernoulli
from ._categorical import Categorical
from ._distribution import Distribution
from ._normal import Normal
from ._uniform import Uniform

Divergence = Callable[[Any, Any], tg.Tensor]
_DIVERGENCES: dict[tuple[type, type], Divergence] = {}


class RegisterKL:
    """Registers the divergence of a pair of classes; the pair must be free (TG-3009).

    Args:
        distribution_cls_a: The class of the first distribution.
        distribution_cls_b: The class of the second.

    Example:
        >>> import tensegra as tg
        >>> tfd = tg.probability.distributions
        >>> class Standard(tfd.Normal):
        ...     pass
        >>> @tfd.RegisterKL(Standard, Standard)
        ... def standard(a, b):
        ...     return tg.zeros(a.batch_shape.as_list())
        >>> float(tfd.kl_divergence(Standard(0.0, 1.0), Standard(0.0, 1.0)))
        0.0
    """

    def __init__(
        self, distribution_cls_a: type[Distribution], distribution_cls_b: type[Distribution]
    ) -> None:
        self._pair = (distribution_cls_a, distribution_cls_b)

    def __call__(self, divergence: Divergence) -> Divergence:
        if self._pair in _DIVERGENCES:
            names = " and ".join(each.__name__ for each in self._pair)
            raise tg.errors.AlreadyExistsError(
                f"[probability.RegisterKL] a pair has one divergence. Received: {names}, which have one.",
                code="TG-3009",
            )
        _DIVERGENCES[self._pair] = divergence
        return divergence


def kl_divergence(distribution_a: Distribution, distribution_b: Distribution) -> tg.Tensor:
    """The Kullback-Leibler divergence of `distribution_a` from `distribution_b`, in nats, for each pair of the batch.

    Raises:
        tg.errors.UnimplementedError: There is no closed form for this pair (TG-3008).

    Example:
        >>> import tensegra as tg
        >>> tfd = tg.probability.distributions
        >>> float(tfd.kl_divergence(tfd.Normal(0.0, 1.0), tfd.Normal(2.0, 1.0)))
        2.0
    """
    for a in type(distribution_a).__mro__:
        for b in type(distribution_b).__mro__:
            if (a, b) in _DIVERGENCES:
                return _DIVERGENCES[a, b](distribution_a, distribution_b)
    raise tg.errors.UnimplementedError(
        "[probability.kl_divergence] there must be a closed form for the pair. "
        f"Received: {type(distribution_a).__name__} and {type(distribution_b).__name__}. "
        "Register one with RegisterKL, or estimate it from samples.",
        code="TG-3008",
    )


@RegisterKL(Normal, Normal)
def _normal(a: Normal, b: Normal) -> tg.Tensor:
    ratio = tg.square(a.scale / b.scale)
    return 0.5 * (tg.square((a.loc - b.loc) / b.scale) + ratio - 1.0 - tg.math.log(ratio))


@RegisterKL(Categorical, Categorical)
def _categorical(a: Categorical, b: Categorical) -> tg.Tensor:
    difference = tg.where(a.probs > 0.0, a.logits - b.logits, tg.zeros_like(a.logits))
    return tg.reduce_sum(a.probs * difference, axis=-1)


@RegisterKL(Bernoulli, Bernoulli)
def _bernoulli(a: Bernoulli, b: Bernoulli) -> tg.Tensor:
    one = tg.nn.softplus(-b.logits) - tg.nn.softplus(-a.logits)
    zero = tg.nn.softplus(b.logits) - tg.nn.softplus(a.logits)
    return a.probs * one + (1.0 - a.probs) * zero


@RegisterKL(Uniform, Uniform)
def _uniform(a: Uniform, b: Uniform) -> tg.Tensor:
    inside = tg.logical_and(a.low >= b.low, a.high <= b.high)
    nats = tg.math.log((b.high - b.low) / (a.high - a.low))
    return tg.where(inside, nats, tg.zeros_like(nats) + float("inf"))
