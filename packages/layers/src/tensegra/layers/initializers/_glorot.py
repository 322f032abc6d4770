"""Initializers after Glorot."""

from __future__ import annotations

from ._variance_scaling import _Named


class GlorotNormal(_Named):
    """Truncated normal numbers with variance `2 / (inputs + outputs)`.

    Args:
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    AISTATS 2010.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.GlorotNormal(seed=1)((3, 2)).shape
        TensorShape([3, 2])
    """

    _settings = (1.0, "fan_avg", "truncated_normal")


class GlorotUniform(_Named):
    """Uniform numbers with variance `2 / (inputs + outputs)`.

    Args:
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    AISTATS 2010.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.GlorotUniform(seed=1)((3, 2)).shape
        TensorShape([3, 2])
    """

    _settings = (1.0, "fan_avg", "uniform")
