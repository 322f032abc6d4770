"""Initializers after LeCun."""

from __future__ import annotations

from ._variance_scaling import _Named


class LecunNormal(_Named):
    """Truncated normal numbers with variance `1 / inputs`.

    Args:
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Source: LeCun et al., "Efficient BackProp", 1998.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.LecunNormal(seed=1)((3, 2)).shape
        TensorShape([3, 2])
    """

    _settings = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Named):
    """Uniform numbers with variance `1 / inputs`.

    Args:
        seed: A seed; drawn from the stream of `set_random_seed` if not given.

    Source: LeCun et al., "Efficient BackProp", 1998.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.initializers.LecunUniform(seed=1)((3, 2)).shape
        TensorShape([3, 2])
    """

    _settings = (1.0, "fan_in", "uniform")
