"""A new file that is hashed and brought to the disk while its content comes in."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import mmap
import os
import queue
from typing import Any

import numpy as np

from ._hashes import PIECE, beside

_HELPERS = 4
"""Twice as many as threads that compute are of use: each waits for the disk half of its time."""
_LARGE = 16 * PIECE
"""Files from here on go around the system's cache of pages: filling it costs more than the disk takes, and it would
drive out what programs read again."""


class HashedFile:
    """A file that is made here, written from its begin to its end, with its tree digest.

    Args:
        path: Where; nothing is there yet.
        size: How many bytes there will be.

    Raises:
        OSError: The file cannot be made. All methods raise it when the disk does not take what was written.
    """

    def __init__(self, path: str, size: int) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        self._digests: dict[int, bytes] = {}
        self._error: OSError | None = None
        self._filled = 0
        self._index = 0
        self._full: queue.SimpleQueue[tuple[int, mmap.mmap] | None] = queue.SimpleQueue()
        self._free: queue.SimpleQueue[mmap.mmap] = queue.SimpleQueue()
        self._piece = mmap.mmap(-1, PIECE)  # begins at a page, as a write around the cache asks for
        self._helpers = []
        if size >= _LARGE:
            self._reserve(size)
            self._direct(True)
            self._helpers = [started for _ in range(_HELPERS) if (started := beside(self._work)) is not None]
            for _ in range(2 * len(self._helpers)):
                self._free.put(mmap.mmap(-1, PIECE))

    def write(self, data: Any) -> None:
        """Adds bytes at the end."""
        source = np.frombuffer(data, np.uint8)
        done = 0
        while done < source.size:
            length = min(PIECE - self._filled, source.size - done)
            target = np.frombuffer(self._piece, np.uint8, length, self._filled)
            np.copyto(target, source[done : done + length])
            done += length
            self._filled += length
            if self._filled == PIECE:
                self._pass_on()

    def finish(self) -> tuple[int, str]:
        """All is written: waits until it is on the disk; the size and the digest, in hexadecimal digits."""
        self._join()
        size = self._index * PIECE + self._filled
        if self._filled:
            self._direct(False)  # the end of a file is no whole block
            self._store(self._index, self._piece, self._filled)
        if self._error is not None:
            raise self._error
        os.fsync(self._descriptor)
        return size, hashlib.sha256(
            b"".join(self._digests[index] for index in sorted(self._digests))
        ).hexdigest()

    def close(self) -> None:
        """Ends its threads and closes the file; to be called in any case."""
        self._join()
        os.close(self._descriptor)

    def _pass_on(self) -> None:
        if self._helpers:
            self._full.put((self._index, self._piece))
            self._piece = self._free.get()
        else:
            self._store(self._index, self._piece, PIECE)
        self._index += 1
        self._filled = 0
        if self._error is not None:
            raise self._error

    def _join(self) -> None:
        for _ in self._helpers:
            self._full.put(None)
        for helper in self._helpers:
            helper.join()
        self._helpers = []

    def _work(self) -> None:
        while (task := self._full.get()) is not None:
            index, piece = task
            self._store(index, piece, PIECE)
            self._free.put(piece)

    def _store(self, index: int, piece: mmap.mmap, length: int) -> None:
        try:
            with memoryview(piece)[:length] as view:
                self._digests[index] = hashlib.sha256(view).digest()
                done = 0
                while done < length and self._error is None:
                    done += self._put(view[done:], index * PIECE + done)
        except OSError as error:
            self._error = error

    def _put(self, view: memoryview, offset: int) -> int:
        try:
            return os.pwrite(self._descriptor, view, offset)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
        self._direct(False)  # a file system that takes larger blocks only
        return os.pwrite(self._descriptor, view, offset)

    def _reserve(self, size: int) -> None:
        """Lets the file system lay out the whole file at once: writes of several threads then wait for nobody."""
        try:
            os.posix_fallocate(self._descriptor, 0, size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # it knows no reserving
                os.close(self._descriptor)
                raise

    def _direct(self, wanted: bool) -> None:
        """Whether writes go around the cache of pages; a file system that does not know this goes through it."""
        flag: int = getattr(os, "O_DIRECT", 0)
        flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags | flag if wanted else flags & ~flag)
