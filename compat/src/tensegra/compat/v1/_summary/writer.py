"""`FileWriter`: event files that TensorBoard reads."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any, ClassVar

from ...checkpoint._wire import field, masked_crc
from .._symbols import export
from .messages import Event, Summary

_counter = [0]


@export("summary.FileWriter train.SummaryWriter")
class FileWriter:
    """Appends events to a file of a folder."""

    def __init__(
        self, logdir: str, graph: Any = None, max_queue: int = 10, flush_secs: int = 120, graph_def: Any = None,
        filename_suffix: str | None = None, session: Any = None,
    ) -> None:  # fmt: skip
        self._logdir = os.fspath(logdir)
        os.makedirs(self._logdir, exist_ok=True)
        _counter[0] += 1
        name = (
            f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{_counter[0]}"
        )
        self._path = os.path.join(self._logdir, name + (filename_suffix or ""))
        self._file = open(self._path, "ab")  # noqa: SIM115 (stays open until close)
        self._lock = threading.Lock()
        self._closed = False
        self.add_event(Event(wall_time=time.time(), file_version="brain.Event:2"))
        if graph is not None and hasattr(graph, "ops"):
            self.add_graph(graph)

    def get_logdir(self) -> str:
        """The folder."""
        return self._logdir

    def add_event(self, event: Any) -> None:
        """Appends an event."""
        data = event.SerializeToString()
        head = struct.pack("<Q", len(data))
        record = head + struct.pack("<I", masked_crc(head)) + data + struct.pack("<I", masked_crc(data))
        with self._lock:
            if self._closed:
                self._file = open(self._path, "ab")  # noqa: SIM115 (stays open until close)
                self._closed = False
            self._file.write(record)

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Appends a summary: a message or its bytes."""
        step = 0 if global_step is None else int(global_step)
        if not isinstance(summary, (bytes, Summary)):
            summary = bytes(summary.item() if hasattr(summary, "item") else summary)
        self.add_event(Event(wall_time=time.time(), step=step, summary=summary))

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Appends the nodes of a graph."""
        nodes = b""
        for op in graph.ops:
            node = field(1, op.name.encode()) + field(2, op.type.encode())
            for each in op.inputs:
                suffix = f":{each.value_index}" if each.value_index else ""
                node += field(3, f"{each.op.name}{suffix}".encode())
            for each in op.control_inputs:
                node += field(3, f"^{each.name}".encode())
            if op.device:
                node += field(4, op.device.encode())
            nodes += field(1, node)
        self.add_event(Event(wall_time=time.time(), step=int(global_step or 0), graph_def=nodes))

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Accepted, without effect."""

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Accepted, without effect."""

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Accepted, without effect."""

    def flush(self) -> None:
        """Writes what is left."""
        with self._lock:
            if not self._closed:
                self._file.flush()

    def close(self) -> None:
        """Writes what is left and closes the file; another event opens it again."""
        with self._lock:
            if not self._closed:
                self._file.close()
                self._closed = True

    def reopen(self) -> None:
        """Opens it again."""

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            self._file.close()


@export("summary.FileWriterCache")
class FileWriterCache:
    """One writer for each folder."""

    _known: ClassVar[dict[str, FileWriter]] = {}

    @staticmethod
    def get(logdir: str) -> FileWriter:
        """The writer of a folder."""
        if logdir not in FileWriterCache._known:
            FileWriterCache._known[logdir] = FileWriter(logdir)
        return FileWriterCache._known[logdir]

    @staticmethod
    def clear() -> None:
        """Closes all."""
        for each in FileWriterCache._known.values():
            each.close()
        FileWriterCache._known.clear()


@export("train.summary_iterator")
def summary_iterator(path: str) -> Iterator[Event]:
    """The events of a file."""
    with open(path, "rb") as file:
        while True:
            head = file.read(12)
            if len(head) < 12:
                return
            length = struct.unpack("<Q", head[:8])[0]
            data = file.read(length)
            if len(data) < length or len(file.read(4)) < 4:
                return
            yield Event.FromString(data)
