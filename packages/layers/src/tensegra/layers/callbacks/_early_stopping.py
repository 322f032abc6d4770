"""The end of training once a figure stops getting better."""

from __future__ import annotations

from typing import Any

from ._callback import Callback
from ._monitor import Monitor


class EarlyStopping(Callback):
    """Ends training when a figure has not become better for some epochs.

    Args:
        monitor: The name of the figure.
        min_delta: By how much it must become better to count.
        patience: How many epochs without that are accepted.
        verbose: 1 to print a line at the end.
        mode: "min", "max", or "auto" (by the name).
        baseline: What the figure must be better than at first.
        restore_best_weights: Whether to go back to the weights of the best epoch.
        start_from_epoch: The first epoch to watch.

    Raises:
        tg.errors.InvalidArgumentError: An unknown mode (TG-1002).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> stop = tg.keras.callbacks.EarlyStopping(monitor="loss", patience=2)
        >>> x = np.zeros((4, 1))
        >>> len(model.fit(x, x, epochs=50, verbose=0, callbacks=[stop]).epoch)
        3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._monitor = Monitor("EarlyStopping", monitor, mode, min_delta)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forgets earlier training."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best = self._monitor.worst
        self.best_epoch = 0
        self.best_weights: list[Any] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks at the figure."""
        value = self._monitor.read(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights = self.model.get_weights()
            self.best_epoch = epoch
        self.wait += 1
        if self._monitor.better(value, self.best):
            self.best = value
            self.best_epoch = epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._monitor.better(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Goes back to the best weights if wanted."""
        if self.restore_best_weights and self.best_weights is not None:
            self.model.set_weights(self.best_weights)
        if self.verbose and self.stopped_epoch:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping; the best was epoch {self.best_epoch + 1}")
