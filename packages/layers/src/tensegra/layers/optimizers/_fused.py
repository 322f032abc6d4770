"""When a class of optimizer may take the op that does its whole step in one pass."""

from __future__ import annotations

from typing import Any

import tensegra as tg


def fits(optimizer: Any, owner: type, gradient: tg.Tensor, variable: tg.Variable) -> bool:
    """Whether the class's own op computes the step: `update_step` is `owner`'s, and all is of one dtype and shape.

    Args:
        optimizer: Whose step it is; of a subclass perhaps, which may have a step of its own.
        owner: The class that has the op.
        gradient: The gradient.
        variable: The variable.
    """
    own = type(optimizer).update_step is owner.update_step  # type: ignore[attr-defined]
    return bool(own and gradient.dtype == variable.dtype and gradient.shape == variable.shape)
