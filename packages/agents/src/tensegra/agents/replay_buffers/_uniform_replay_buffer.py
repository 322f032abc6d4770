"""A ring of the latest steps."""

from __future__ import annotations

import numpy as np

import tensegra as tg

from .._errors import invalid, positive
from ..trajectories import Trajectory


class UniformReplayBuffer:
    """Keeps the latest `capacity` steps and draws from them evenly, with replacement.

    Args:
        capacity: How many steps are kept.
        observation_shape: The shape of one observation.
        seed: The same number gives the same draws.

    Example:
        >>> import numpy as np
        >>> from tensegra import agents
        >>> buffer = agents.replay_buffers.UniformReplayBuffer(2, (1,), seed=0)
        >>> for value in (1.0, 2.0, 3.0):
        ...     step = agents.trajectories.Trajectory(np.array([[value]]), np.array([0]), np.array([value]))
        ...     buffer.add(step)
        >>> len(buffer), sorted(set(buffer.sample(50).reward.tolist()))
        (2, [2.0, 3.0])
    """

    def __init__(self, capacity: int, observation_shape: tuple[int, ...], seed: int | None = None) -> None:
        self._capacity = positive("UniformReplayBuffer", "capacity", capacity)
        self._observations = np.zeros((capacity, *observation_shape), np.float32)
        self._actions = np.zeros(capacity, np.int32)
        self._rewards = np.zeros(capacity, np.float32)
        self._added = 0
        self._rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return min(self._added, self._capacity)

    def add(self, steps: Trajectory) -> None:
        """Adds a batch of steps; the oldest make room.

        Raises:
            tg.errors.InvalidArgumentError: Lengths or shapes do not fit (TG-4007).
        """
        observation = np.asarray(steps.observation)
        lengths = {len(observation), len(steps.action), len(steps.reward)}
        if len(lengths) != 1 or observation.shape[1:] != self._observations.shape[1:]:
            raise invalid(
                "UniformReplayBuffer.add",
                f"steps must have one length and observations of shape {self._observations.shape[1:]}",
                f"observations of shape {observation.shape}, {len(steps.action)} actions, {len(steps.reward)} rewards",
                "TG-4007",
            )
        places = (self._added + np.arange(len(observation))) % self._capacity
        self._observations[places] = observation
        self._actions[places] = steps.action
        self._rewards[places] = steps.reward
        self._added += len(observation)

    def sample(self, batch_size: int) -> Trajectory:
        """A batch of steps.

        Raises:
            tg.errors.FailedPreconditionError: The buffer is empty (TG-4008).
        """
        positive("UniformReplayBuffer.sample", "batch_size", batch_size)
        if not len(self):
            raise tg.errors.FailedPreconditionError(
                "[agents.UniformReplayBuffer.sample] steps must be added before they are drawn. "
                "Received: an empty buffer.",
                code="TG-4008",
            )
        drawn = self._rng.integers(len(self), size=batch_size)
        return Trajectory(self._observations[drawn], self._actions[drawn], self._rewards[drawn])
