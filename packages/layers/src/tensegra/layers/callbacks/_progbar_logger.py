"""A progress bar per epoch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ._callback import Callback

if TYPE_CHECKING:  # imported when a bar is drawn: it takes longer than all of this package
    from rich.console import Console
    from rich.progress import Progress, TaskID

# The bar is drawn anew at most this often, in seconds; drawing takes time from training.
_INTERVAL = 0.2


class ProgbarLogger(Callback):
    """Shows how far training, evaluation or prediction is; `verbose=2` prints one line per epoch instead of a bar.

    Args:
        console: Where to draw; standard output if not given.

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.zeros((4, 1))
        >>> _ = model.fit(x, x, verbose=2)  # doctest: +ELLIPSIS
        Epoch 1/1: 1 steps, ... s, loss: 0.0000
    """

    def __init__(self, console: Console | None = None) -> None:
        super().__init__()
        self._console = console
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._training = False
        self._began = 0.0
        self._drawn = 0.0
        self._done = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Notes that evaluations are parts of the training."""
        self._training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Ends the last bar."""
        self._training = False
        self.close()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """A new bar."""
        self._begin(f"Epoch {epoch + 1}/{self.params['epochs']}")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Moves the bar."""
        self._advance(batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """The last state of the bar, with the figures of validation."""
        self._finish(f"Epoch {epoch + 1}/{self.params['epochs']}", logs)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """A new bar, outside of training."""
        if not self._training:
            self._begin("Evaluate")

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Moves the bar."""
        if not self._training:
            self._advance(batch + 1, logs)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """The last state of the bar."""
        if not self._training:
            self._finish("Evaluate", logs)

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """A new bar."""
        self._begin("Predict")

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Moves the bar."""
        self._advance(batch + 1, None)

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """The last state of the bar."""
        self._finish("Predict", None)

    def close(self) -> None:
        """Ends the bar, so that the terminal is as before."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _begin(self, title: str) -> None:
        self.close()
        self._began = time.monotonic()
        self._done = 0
        if self.params["verbose"] == 1:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[figures]}"),
                console=self._console,
                auto_refresh=False,
            )
            self._task = self._progress.add_task(title, total=self.params["steps"], figures="")
            self._progress.start()
            self._drawn = 0.0

    def _advance(self, done: int, logs: dict[str, Any] | None) -> None:
        self._done = done
        if (
            self._progress is not None
            and self._task is not None
            and time.monotonic() - self._drawn >= _INTERVAL
        ):
            self._progress.update(self._task, completed=done, figures=_text(logs))
            self._progress.refresh()
            self._drawn = time.monotonic()

    def _finish(self, title: str, logs: dict[str, Any] | None) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=self._done, total=self._done, figures=_text(logs))
            self._progress.refresh()
            self.close()
        elif self.params["verbose"] == 2:
            seconds = time.monotonic() - self._began
            figures = _text(logs)
            print(f"{title}: {self._done} steps, {seconds:.1f} s{', ' if figures else ''}{figures}")


def _text(logs: dict[str, Any] | None) -> str:
    return ", ".join(
        f"{name}: {value:.4f}" if abs(value) >= 1e-3 or value == 0 else f"{name}: {value:.4e}"
        for name, value in (logs or {}).items()
        if isinstance(value, int | float)
    )
