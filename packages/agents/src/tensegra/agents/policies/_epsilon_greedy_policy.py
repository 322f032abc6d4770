"""Mostly the best action, sometimes any."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg

from .._errors import invalid
from ._policy import Policy


class EpsilonGreedyPolicy(Policy):
    """Takes any action with probability `epsilon`, else what another policy takes.

    Args:
        policy: The other policy.
        num_actions: How many actions there are.
        epsilon: A probability; it may be changed later.
        seed: The same number gives the same choices.

    Raises:
        tg.errors.InvalidArgumentError: `epsilon` is no probability (TG-4006).

    Source: Sutton and Barto, "Reinforcement Learning", 2nd edition, section 2.2.
    """

    def __init__(self, policy: Policy, num_actions: int, epsilon: float, seed: int | None = None) -> None:
        super().__init__(policy.observation_spec)
        self.policy = policy
        self._num_actions = num_actions
        self._rng = np.random.default_rng(seed)
        self.epsilon = epsilon

    @property
    def epsilon(self) -> float:
        """The probability of any action."""
        return self._epsilon

    @epsilon.setter
    def epsilon(self, value: float) -> None:
        if not 0 <= value <= 1:
            raise invalid(
                "EpsilonGreedyPolicy", "epsilon must lie in [0, 1]", f"epsilon={value!r}", "TG-4006"
            )
        self._epsilon = float(value)

    def action(self, observation: Any) -> tg.Tensor:
        best = self.policy.action(observation).numpy()
        explore = self._rng.random(best.shape) < self._epsilon
        anything = self._rng.integers(self._num_actions, size=best.shape)
        return tg.constant(np.where(explore, anything, best), dtype=tg.int32)
