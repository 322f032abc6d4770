"""Saved models while training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._errors import check_choice, invalid
from ._callback import Callback
from ._monitor import Monitor


class ModelCheckpoint(Callback):
    """Saves the model after epochs, or every so many steps.

    A save that is interrupted leaves the earlier one whole.

    Args:
        filepath: The directory; `{epoch}` (from 1) and the names of figures are filled in, as in
            `"{epoch:02d}-{loss:.3f}"`.
        monitor: The name of the figure that says what is best.
        verbose: 1 to print a line per save.
        save_best_only: Whether to save only when the figure is better than ever.
        save_weights_only: Whether to save the values of the variables alone.
        mode: "min", "max", or "auto" (by the name).
        save_freq: "epoch", or a number of steps.
        initial_value_threshold: What the figure must be better than at first.

    Raises:
        tg.errors.InvalidArgumentError: An unknown mode or `save_freq` (TG-1002), or a name in `filepath` that
            is no figure (TG-1051).

    Example:
        >>> import pathlib, tempfile
        >>> import numpy as np
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.zeros((4, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     keep = tg.keras.callbacks.ModelCheckpoint(folder + "/epoch{epoch}")
        ...     _ = model.fit(x, x, epochs=2, verbose=0, callbacks=[keep])
        ...     sorted(path.name for path in pathlib.Path(folder).iterdir())
        ['epoch1', 'epoch2']
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__()
        self.filepath = str(filepath)
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        if not isinstance(save_freq, int) or save_freq < 1:
            check_choice("ModelCheckpoint", "save_freq", save_freq, ("epoch",))
        self.save_freq = save_freq
        self._monitor = Monitor("ModelCheckpoint", monitor, mode)
        self.best = self._monitor.worst if initial_value_threshold is None else initial_value_threshold
        self._epoch = 0
        self._steps = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Saves after `save_freq` steps."""
        self._steps += 1
        if isinstance(self.save_freq, int) and self._steps % self.save_freq == 0:
            self._save(logs or {})

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Saves after the epoch."""
        if self.save_freq == "epoch":
            self._save(logs or {})

    def _save(self, logs: dict[str, Any]) -> None:
        if self.save_best_only:
            value = self._monitor.read(logs)
            if value is None or not self._monitor.better(value, self.best):
                return
            self.best = value
        try:
            path = Path(self.filepath.format(epoch=self._epoch + 1, **logs))
        except (KeyError, IndexError) as error:
            raise invalid(
                "ModelCheckpoint",
                f"filepath may name epoch and the figures {sorted(logs)}.",
                f"filepath={self.filepath!r} with {error}",
                "Check the names in braces.",
                "TG-1051",
            ) from error
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        if self.verbose:
            print(f"Epoch {self._epoch + 1}: saved {path}")
