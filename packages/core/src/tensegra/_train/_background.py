"""The thread that writes checkpoints while the program goes on."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable


class Background:
    """Does one thing after the other, with a priority below that of the program.

    At most one waits while one is done: a program that saves faster than the disk takes it waits for the disk.
    The thread ends when there is nothing to do; it is no daemon, so that a program that ends leaves nothing half done.
    """

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._jobs: deque[Callable[[], None]] = deque()
        self._running = False
        self._error: BaseException | None = None

    def submit(self, job: Callable[[], None]) -> None:
        """Does it later. What went wrong with one before is raised here."""
        if self._process != os.getpid():  # a fork has taken no thread along
            self._reset()
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs)
            self._raise()
            self._jobs.append(job)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="tensegra-checkpoints").start()

    def wait(self) -> None:
        """Returns when all is done. What went wrong is raised here."""
        if self._process != os.getpid():
            self._reset()
        with self._changed:
            self._changed.wait_for(lambda: not self._running)
            self._raise()

    def _raise(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        while True:
            with self._changed:
                if not self._jobs:
                    self._running = False
                    self._changed.notify_all()
                    return
                job = self._jobs.popleft()
                self._changed.notify_all()
            try:
                job()
            except BaseException as error:  # told to whoever saves or waits next
                self._error = error
