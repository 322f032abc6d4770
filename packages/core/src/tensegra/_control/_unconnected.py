"""`tg.UnconnectedGradients`."""

from __future__ import annotations

import enum

from tensegra._public import public


@public("UnconnectedGradients")
class UnconnectedGradients(enum.Enum):
    """What a gradient is where a target does not depend on a source.

    NONE: None. ZERO: zeros of the shape of the source.

    >>> import tensegra as tg
    >>> x, y = tg.constant(1.0), tg.constant(2.0)
    >>> with tg.GradientTape() as tape:
    ...     tape.watch([x, y])
    ...     z = x * x
    >>> tape.gradient(z, y, unconnected_gradients=tg.UnconnectedGradients.ZERO).numpy().item()
    0.0
    """

    NONE = "none"
    ZERO = "zero"
