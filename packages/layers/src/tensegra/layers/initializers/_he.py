"""Initializers after He."""

from __future__ import annotations

from ._variance_scaling import _Named


class HeNormal(_Named):
    """Truncated normal numbers with variance `2 / inputs`.

    Args:
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.HeNormal(seed=1)((3, 2)).shape
        TensorShape([3, 2])
    """

    _settings = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Named):
    """Uniform numbers with variance `2 / inputs`.

    Args:
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.HeUniform(seed=1)((3, 2)).shape
        TensorShape([3, 2])
    """

    _settings = (2.0, "fan_in", "uniform")
