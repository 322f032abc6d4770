"""The base class of schedules."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from ..._errors import unimplemented


class LearningRateSchedule:
    """The learning rate as a function of the number of steps done.

    Example:
        >>> import tensegra as tg
        >>> class Halving(tg.layers.optimizers.schedules.LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 1.0 / tg.cast(step + 1, tg.float32)
        >>> float(tg.layers.optimizers.SGD(Halving()).learning_rate)
        1.0
    """

    def __call__(self, step: Any) -> tg.Tensor:
        """The rate for a step, an integer tensor."""
        raise unimplemented(
            type(self).__name__, "a schedule computes in __call__(step).", "a class without it", "Write it."
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The schedule that `get_config` described."""
        return cls(**config)
