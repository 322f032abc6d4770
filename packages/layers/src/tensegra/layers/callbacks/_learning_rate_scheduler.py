"""The learning rate as a function of the epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .._errors import invalid
from ._callback import Callback


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch.

    Args:
        schedule: A function of the epoch (from 0) and the learning rate now, or of the epoch alone, which returns
            the new rate.
        verbose: 1 to print a line per epoch.

    Raises:
        tg.errors.InvalidArgumentError: While training: a schedule that returns no number (TG-1052).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
        >>> model.compile(tg.keras.optimizers.SGD(1.0), "mse")
        >>> halve = tg.keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
        >>> x = np.zeros((4, 1))
        >>> model.fit(x, x, epochs=3, verbose=0, callbacks=[halve]).history["learning_rate"]
        [0.5, 0.25, 0.125]
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        self.schedule = schedule
        self._takes_rate = _takes_two(schedule)
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Sets the rate."""
        now = float(self.model.optimizer.learning_rate.numpy())
        rate = self.schedule(epoch, now) if self._takes_rate else self.schedule(epoch)
        if isinstance(rate, bool) or (not isinstance(rate, int | float) and not hasattr(rate, "__float__")):
            raise invalid(
                "LearningRateScheduler",
                "the schedule must return a number.",
                f"{rate!r} of type {type(rate).__name__}",
                "Return the new learning rate.",
                "TG-1052",
            )
        self.model.optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate {float(rate):.6g}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the rate to the figures."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate.numpy())


def _takes_two(schedule: Callable[..., float]) -> bool:
    """Whether a schedule can be called with the epoch and the rate."""
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a built-in without a signature
        return True
    return True
