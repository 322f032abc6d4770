"""Cosine decay, with a warm-up if wanted."""

from __future__ import annotations

import math
from typing import Any

import tensegra as tg

from ..._errors import check_positive
from ._learning_rate_schedule import LearningRateSchedule


class CosineDecay(LearningRateSchedule):
    """Half a cosine wave from the initial rate down to `alpha` times it.

    With a warm-up, the rate first rises in a line from the initial rate to `warmup_target`, and decays from
    there.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: How many steps the decay takes.
        alpha: The final rate as a share of the greatest.
        name: A name.
        warmup_target: The rate at the end of the warm-up; no warm-up if not given.
        warmup_steps: How many steps the warm-up takes.

    Raises:
        tg.errors.InvalidArgumentError: `decay_steps` is not positive (TG-1002).

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.

    Example:
        >>> import tensegra as tg
        >>> schedule = tg.layers.optimizers.schedules.CosineDecay(1.0, 10)
        >>> round(float(schedule(5)), 4), float(schedule(99))
        (0.5, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_positive("CosineDecay", "decay_steps", decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> tg.Tensor:
        """The rate for a step."""
        steps = tg.cast(tg.convert_to_tensor(step), tg.float32)
        if self.warmup_target is None or not self.warmup_steps:
            return self._decayed(steps, self.initial_learning_rate)
        warmup = tg.constant(float(self.warmup_steps))
        rise = tg.constant(self.warmup_target - self.initial_learning_rate, dtype=tg.float32)
        rising = tg.constant(self.initial_learning_rate, dtype=tg.float32) + rise * (steps / warmup)
        return tg.where(
            tg.less(steps, warmup),
            rising,
            self._decayed(tg.maximum(steps - warmup, tg.constant(0.0)), self.warmup_target),
        )

    def _decayed(self, steps: tg.Tensor, start: float) -> tg.Tensor:
        total = tg.constant(float(self.decay_steps))
        share = tg.minimum(steps, total) / total
        # 0.5 * (1 + cos(pi)) must be exactly 0, also where the cosine is an approximation.
        wave = tg.maximum(tg.constant(0.5) * (tg.constant(1.0) + tg.cos(share * math.pi)), tg.constant(0.0))
        return tg.constant(start, dtype=tg.float32) * ((1.0 - self.alpha) * wave + self.alpha)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }
