"""A classification problem as a bandit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

import tensegra as tg

from .._errors import invalid, positive, seed_number
from ._bandit_environment import BanditEnvironment


class ClassificationBanditEnvironment(BanditEnvironment):
    """Pays 1 for naming the class of what it shows, else 0; the right class is never told.

    Args:
        observations: ``(records, ...)`` numbers.
        labels: ``(records,)`` whole numbers in ``[0, num_actions)``.
        num_actions: How many classes there are; by default one more than the greatest label.
        seed: The same number gives the same records in the same order.

    Raises:
        tg.errors.InvalidArgumentError: Lengths differ or there are no records (TG-4002), labels are not whole
            numbers in range (TG-4003).

    Example:
        >>> import numpy as np
        >>> from tensegra import agents
        >>> environment = agents.environments.ClassificationBanditEnvironment(np.eye(3), [0, 1, 2], seed=0)
        >>> shown = environment.reset(4)
        >>> environment.step(shown.argmax(axis=1))
        array([1., 1., 1., 1.], dtype=float32)
    """

    def __init__(
        self,
        observations: npt.ArrayLike,
        labels: npt.ArrayLike,
        num_actions: int | None = None,
        seed: int | None = None,
    ) -> None:
        where = "ClassificationBanditEnvironment"
        try:
            self._observations = np.asarray(observations, np.float32)
        except (TypeError, ValueError):
            raise invalid(
                where, "observations must be an array of numbers", f"{observations!r:.80}", "TG-4010"
            ) from None
        self._labels = np.asarray(labels)
        shapes = f"observations of shape {self._observations.shape}, labels of shape {self._labels.shape}"
        if self._labels.ndim != 1 or not len(self._labels) or len(self._labels) != len(self._observations):
            raise invalid(
                where, "observations and labels must have one length, at least 1", shapes, "TG-4002"
            )
        if self._labels.dtype.kind not in "iu" or self._labels.min() < 0:
            whole = self._labels.dtype.kind in "iu"
            received = f"{self._labels.dtype}" + (f", the least is {self._labels.min()}" if whole else "")
            raise invalid(where, "labels must be whole numbers of 0 or more", received, "TG-4003")
        greatest = int(self._labels.max())
        self._num_actions = (
            greatest + 1 if num_actions is None else positive(where, "num_actions", num_actions)
        )
        if greatest >= self._num_actions:
            raise invalid(
                where, "labels must lie below num_actions", f"{greatest} of {self._num_actions}", "TG-4003"
            )
        self._rng = np.random.default_rng(None if seed is None else seed_number(where, seed))
        self._shown: np.ndarray | None = None

    @property
    def num_actions(self) -> int:
        return self._num_actions

    @property
    def observation_shape(self) -> tuple[int, ...]:
        return self._observations.shape[1:]

    def reset(self, batch_size: int) -> np.ndarray:
        self._shown = self._rng.integers(len(self._labels), size=positive("reset", "batch_size", batch_size))
        return self._observations[self._shown]

    def step(self, action: npt.ArrayLike) -> np.ndarray:
        """The rewards.

        Raises:
            tg.errors.FailedPreconditionError: There was no `reset` before (TG-4004).
            tg.errors.InvalidArgumentError: There is not one action in ``[0, num_actions)`` per observation (TG-4005).
        """
        if self._shown is None:
            raise tg.errors.FailedPreconditionError(
                "[agents.step] a reset must come before each step. Received: a step without one.",
                code="TG-4004",
            )
        actions = np.asarray(action)
        in_range = actions.dtype.kind in "iu" and ((actions >= 0) & (actions < self._num_actions)).all()
        if actions.shape != self._shown.shape or not in_range:
            raise invalid(
                "step",
                f"there must be one action in [0, {self._num_actions}) per observation ({len(self._shown)})",
                f"{actions.dtype} of shape {actions.shape}",
                "TG-4005",
            )
        rewards = (actions == self._labels[self._shown]).astype(np.float32)
        self._shown = None
        return rewards
