"""The interface of a contextual bandit's environment."""

from __future__ import annotations

import abc

import numpy as np


class BanditEnvironment(abc.ABC):
    """Shows an observation per arm to be pulled, and pays for the arm that is pulled. There is no next state.

    `reset` draws a batch of observations; `step` takes an action for each and returns the rewards. One `step` follows
    each `reset`.

    Source: Li et al., "A Contextual-Bandit Approach to Personalized News Article Recommendation", WWW 2010.
    """

    @property
    @abc.abstractmethod
    def num_actions(self) -> int:
        """How many arms there are."""

    @property
    @abc.abstractmethod
    def observation_shape(self) -> tuple[int, ...]:
        """The shape of one observation."""

    @abc.abstractmethod
    def reset(self, batch_size: int) -> np.ndarray:
        """A batch of observations, ``(batch_size, *observation_shape)`` float32."""

    @abc.abstractmethod
    def step(self, action: np.ndarray) -> np.ndarray:
        """The rewards of the actions, ``(batch_size,)`` float32; the others stay unknown."""
