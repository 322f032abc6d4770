"""One seed for everything."""

from __future__ import annotations

import random

import numpy as np

import tensegra as tg

from .. import _seeds
from .._errors import invalid


def set_random_seed(seed: int) -> None:
    """Sets the seed of Python, NumPy, `tg.random`, of initializers and dropout, and of the order of shuffled data.

    Args:
        seed: An integer in [0, 2**32).

    Raises:
        tg.errors.InvalidArgumentError: Another value (TG-1002).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> def first_weight():
        ...     tg.keras.utils.set_random_seed(7)
        ...     layer = tg.layers.Dense(1)
        ...     layer.build((None, 2))
        ...     return float(layer.kernel[0, 0])
        >>> first_weight() == first_weight()
        True
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise invalid(
            "utils.set_random_seed",
            "seed must be an integer from 0 to 2**32 - 1.",
            f"seed={seed!r}",
            "Choose another seed.",
            "TG-1002",
        )
    random.seed(seed)
    np.random.seed(seed)
    tg.random.set_seed(seed)
    _seeds.restart(seed)
