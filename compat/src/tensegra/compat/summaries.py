"""Event files that TensorBoard reads, written from the values of a step.

>>> import tempfile
>>> from tensegra.compat import summaries
>>> writer = summaries.FileWriter(tempfile.mkdtemp())
>>> writer.add_summary({"loss": 0.5, "layer": np.zeros([3])}, 1)
>>> writer.close()
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["FileWriter"]


class FileWriter:
    """Appends the values of steps to an event file.

    Args:
        logdir: The folder; it is made where it does not exist.
        filename_suffix: The end of the file's name.
    """

    def __init__(self, logdir: Any, filename_suffix: str | None = None) -> None:
        from .v1._summary.writer import FileWriter as EventFile

        self._file = EventFile(logdir, filename_suffix=filename_suffix)

    def add_summary(self, summary: Mapping[str, Any], global_step: Any = None) -> None:
        """Appends the values of one step.

        Args:
            summary: By tag, numbers, of which TensorBoard draws curves, and arrays, of which it draws distributions.
            global_step: The step.
        """
        from .v1._summary.messages import Event, Summary, Value
        from .v1._summary.ops import histogram_of

        values = []
        for tag, value in summary.items():
            array = np.asarray(value)
            if array.ndim:
                values.append(Value(tag=tag, histo=histogram_of(array)))
            else:
                values.append(Value(tag=tag, simple_value=float(array)))
        step = 0 if global_step is None else int(global_step)
        self._file.add_event(Event(wall_time=time.time(), step=step, summary=Summary(values)))

    def flush(self) -> None:
        """Writes what is left."""
        self._file.flush()

    def close(self) -> None:
        """Writes what is left and closes the file."""
        self._file.close()
