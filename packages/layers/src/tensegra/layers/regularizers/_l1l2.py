"""Penalties on absolute values and squares."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._errors import check_range
from ._regularizer import Regularizer


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x²)`.

    Args:
        l1: The factor of the absolute values.
        l2: The factor of the squares.

    Raises:
        tg.errors.InvalidArgumentError: A negative or infinite factor (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> float(tg.layers.regularizers.L1L2(l1=1.0, l2=10.0)([1.0, -1.0]))
        22.0
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = check_range(type(self).__name__, "l1", 0.0 if l1 is None else l1, 0.0, 1e300)
        self.l2 = check_range(type(self).__name__, "l2", 0.0 if l2 is None else l2, 0.0, 1e300)

    def __call__(self, x: Any) -> tg.Tensor:
        """The penalty."""
        x = tg.convert_to_tensor(x)
        penalty = tg.zeros([], dtype=x.dtype)
        if self.l1:
            penalty += tg.constant(self.l1, dtype=x.dtype) * tg.reduce_sum(tg.abs(x))
        if self.l2:
            penalty += tg.constant(self.l2, dtype=x.dtype) * tg.reduce_sum(tg.square(x))
        return penalty

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"l1": self.l1, "l2": self.l2}


class L1(L1L2):
    """`l1 * sum(|x|)`.

    Args:
        l1: The factor.

    Raises:
        tg.errors.InvalidArgumentError: A negative or infinite factor (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> float(tg.layers.regularizers.L1(0.5)([1.0, -3.0]))
        2.0
    """

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"l1": self.l1}


class L2(L1L2):
    """`l2 * sum(x²)`.

    Args:
        l2: The factor.

    Raises:
        tg.errors.InvalidArgumentError: A negative or infinite factor (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> float(tg.layers.regularizers.L2(0.5)([1.0, -3.0]))
        5.0
    """

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"l2": self.l2}
