"""Distributions: `tg.probability.distributions.*`."""

from ._bernoulli import Bernoulli as Bernoulli
from ._categorical import Categorical as Categorical
from ._distribution import Distribution as Distribution
from ._kullback_leibler import RegisterKL as RegisterKL
from ._kullback_leibler import kl_divergence as kl_divergence
from ._normal import Normal as Normal
from ._uniform import Uniform as Uniform

__all__ = [
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Normal",
    "RegisterKL",
    "Uniform",
    "kl_divergence",
]
