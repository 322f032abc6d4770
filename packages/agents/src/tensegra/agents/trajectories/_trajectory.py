"""A batch of steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Trajectory(NamedTuple):
    """What was seen, done and earned, one row per step.

    Attributes:
        observation: ``(steps, ...)`` float32.
        action: ``(steps,)`` int32.
        reward: ``(steps,)`` float32.

    Example:
        >>> import numpy as np
        >>> from tensegra.agents.trajectories import Trajectory
        >>> steps = Trajectory(np.zeros((2, 3), np.float32), np.array([0, 1]), np.array([1.0, 0.0]))
        >>> float(steps.reward.sum())
        1.0
    """

    observation: np.ndarray
    action: np.ndarray
    reward: np.ndarray
