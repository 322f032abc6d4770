"""A CSV file of figures."""

from __future__ import annotations

import csv
import os
from typing import IO, Any

from ._callback import Callback


class CSVLogger(Callback):
    """Writes one line per epoch: the epoch, then the figures in the order of their names.

    Args:
        filename: The file.
        separator: What separates columns.
        append: Whether to go on with an existing file.

    Example:
        >>> import pathlib, tempfile
        >>> import numpy as np
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.zeros((4, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "log.csv")
        ...     _ = model.fit(x, x, verbose=0, callbacks=[tg.keras.callbacks.CSVLogger(path)])
        ...     print(path.read_text(), end="")
        epoch,loss
        0,0.0
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._file: IO[str] | None = None
        self._names: list[str] | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Opens the file."""
        self._names = None
        if self.append and os.path.exists(self.filename):
            with open(self.filename, newline="", encoding="utf-8") as file:
                header = next(csv.reader(file, delimiter=self.separator), None)
            self._names = header[1:] if header else None
        mode = "a" if self.append else "w"
        self._file = open(self.filename, mode, newline="", encoding="utf-8")  # noqa: SIM115

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes a whole line."""
        assert self._file is not None
        logs = logs or {}
        writer = csv.writer(self._file, delimiter=self.separator, lineterminator="\n")
        if self._names is None:
            self._names = sorted(logs)
            writer.writerow(["epoch", *self._names])
        writer.writerow([epoch, *(logs.get(name, "") for name in self._names)])
        self._file.flush()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
