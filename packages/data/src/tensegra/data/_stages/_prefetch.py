"""Transformation: the stages before run ahead on a thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from .._arguments import count
from .._constants import AUTOTUNE
from .._stage import Stage
from .._structure import Nest

_AUTOTUNED = 2
_END = object()
_JOIN_SECONDS = 1.0


class Prefetch(Stage):
    """A background thread keeps up to `buffer_size` elements ready."""

    name: ClassVar[str] = "prefetch"
    upstream: Stage

    def __init__(self, upstream: Stage, buffer_size: Any) -> None:
        self.upstream = upstream
        number = count(self.name, "buffer_size", buffer_size, "a size that the pipeline chooses")
        self._size = _AUTOTUNED if number == AUTOTUNE else number

    def spec(self) -> Nest:
        return self.upstream.spec()

    def cardinality(self) -> int:
        return self.upstream.cardinality()

    def records(self) -> Iterator[Nest]:
        return self._ahead() if self._size else self.upstream.records()

    def _ahead(self) -> Iterator[Nest]:
        channel: queue.Queue[Any] = queue.Queue(self._size)
        stop = threading.Event()
        thread = threading.Thread(
            target=_produce,
            args=(self.upstream.records, channel, stop),
            name="tensegra.data.prefetch",
            daemon=True,  # a consumer that is never closed does not hold up the end of the process
        )
        thread.start()
        try:
            while (item := channel.get()) is not _END:
                if isinstance(item, _Failure):
                    raise item.error
                yield item
        finally:
            stop.set()
            _drain(channel)  # wakes a producer that waits for room
            if thread is not threading.current_thread():
                # No longer than this: the thread may be inside a slow function of the user, and ends after it.
                thread.join(_JOIN_SECONDS)


class _Failure:
    """An exception on its way from the thread to the consumer."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _produce(start: Callable[[], Iterator[Nest]], channel: queue.Queue[Any], stop: threading.Event) -> None:
    try:
        for record in start():
            channel.put(record)
            if stop.is_set():
                return
        channel.put(_END)
    except BaseException as error:
        channel.put(_Failure(error))


def _drain(channel: queue.Queue[Any]) -> None:
    try:
        while True:
            channel.get_nowait()
    except queue.Empty:
        pass
