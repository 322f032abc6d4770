"""Ctrl-C while a model trains: the step under way is finished first, so that the weights belong together."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class InterruptGuard:
    """Holds a first Ctrl-C back until the end of the step; a second one acts at once.

    Only the main thread gets signals, and a program's own handler is left alone.
    """

    def __init__(self) -> None:
        self._busy = False
        self._requested = False
        self._installed = False

    def __enter__(self) -> InterruptGuard:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._handle)
            self._installed = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def run(self, step: Any, *args: Any) -> Any:
        """`step(*args)`, undisturbed by a first Ctrl-C.

        Raises:
            KeyboardInterrupt: After the step, if Ctrl-C came meanwhile.
        """
        self._busy = True
        try:
            result = step(*args)
        finally:
            self._busy = False
        if self._requested:
            self._requested = False
            raise KeyboardInterrupt
        return result

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._busy and not self._requested:
            self._requested = True
            return
        raise KeyboardInterrupt
