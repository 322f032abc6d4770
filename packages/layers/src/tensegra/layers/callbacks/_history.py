"""The figures of each epoch."""

from __future__ import annotations

from typing import Any

from ._callback import Callback


class History(Callback):
    """Gathers the figures of each epoch; `fit` returns one.

    Attributes:
        history: A list of figures per name.
        epoch: The numbers of the epochs.

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> history = model.fit(np.zeros((4, 1)), np.zeros((4, 1)), epochs=2, verbose=0)
        >>> history.history
        {'loss': [0.0, 0.0]}
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forgets earlier training."""
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Appends the figures of the epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
