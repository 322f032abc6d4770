"""Exponential decay."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from ..._errors import check_positive
from ._learning_rate_schedule import LearningRateSchedule


class ExponentialDecay(LearningRateSchedule):
    """`initial_learning_rate * decay_rate ** (step / decay_steps)`.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: After how many steps the rate is `decay_rate` times as great.
        decay_rate: The factor.
        staircase: Whether the rate changes every `decay_steps` steps only.
        name: A name.

    Raises:
        tg.errors.InvalidArgumentError: `decay_steps` is not positive (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> schedule = tg.layers.optimizers.schedules.ExponentialDecay(1.0, 10, 0.5)
        >>> float(schedule(20))
        0.25
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_positive("ExponentialDecay", "decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> tg.Tensor:
        """The rate for a step."""
        count = tg.cast(tg.convert_to_tensor(step), tg.float32) / tg.constant(float(self.decay_steps))
        if self.staircase:
            count = tg.floor(count)
        return tg.constant(self.initial_learning_rate, dtype=tg.float32) * tg.pow(
            tg.constant(self.decay_rate, dtype=tg.float32), count
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }
