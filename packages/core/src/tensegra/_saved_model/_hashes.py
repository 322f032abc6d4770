"""Hashes of files: SHA-256, and the tree of it that several threads compute together."""

from __future__ import annotations

import hashlib
import mmap
import os
import threading
from collections.abc import Callable

PIECE = 4 << 20
"""How many bytes each leaf of the tree covers."""


def tree_digest(path: str) -> str:
    """SHA-256 of the SHA-256s of the pieces of a file, in hexadecimal digits."""
    root = hashlib.sha256()
    size = os.path.getsize(path)
    if size <= PIECE:
        with open(path, "rb") as file:
            data = file.read()
        if data:
            root.update(hashlib.sha256(data).digest())
        return root.hexdigest()
    pieces = range(0, size, PIECE)
    digests = [b""] * len(pieces)
    turns = iter(range(len(pieces)))  # shared: each thread takes the next piece

    def work() -> None:
        for turn in turns:
            digests[turn] = _piece(view, pieces[turn])

    with (
        open(path, "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as view,
    ):
        helpers = [helper for _ in range(_threads() - 1) if (helper := beside(work)) is not None]
        work()
        for helper in helpers:
            helper.join()
    root.update(b"".join(digests))
    return root.hexdigest()


class GrowingDigest:
    """The tree digest of a file that is being written, computed meanwhile; what is written is also sent to the disk.

    Args:
        path: The file.
    """

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._changed = threading.Condition()
        self._size = 0
        self._ended = False
        self._digests: dict[int, bytes] = {}
        self._next = 0
        self._helpers: list[threading.Thread] = []

    def advance(self, size: int) -> None:
        """So many bytes are written."""
        if size >= PIECE and not self._helpers:
            started = [beside(self._work) for _ in range(_threads())] + [beside(self._sync)]
            self._helpers = [helper for helper in started if helper is not None]
        with self._changed:
            self._size = size
            self._changed.notify_all()

    def finish(self) -> str:
        """All is written: the digest."""
        self._end()
        self._work()
        for helper in self._helpers:
            helper.join()
        return hashlib.sha256(b"".join(self._digests[index] for index in sorted(self._digests))).hexdigest()

    def close(self) -> None:
        """Ends its threads; to be called in any case."""
        with self._changed:
            self._next = max(self._next, 1 << 62)
        self._end()
        for helper in self._helpers:
            helper.join()
        os.close(self._descriptor)

    def _end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or (self._next + 1) * PIECE <= self._size)
                index = self._next
                if index * PIECE >= self._size:
                    return
                self._next += 1
            self._digests[index] = hashlib.sha256(os.pread(self._descriptor, PIECE, index * PIECE)).digest()

    def _sync(self) -> None:
        """Lets the disk write while the rest is prepared; whoever writes the file waits for the end of it."""
        wanted = 16 * PIECE
        while True:
            with self._changed:
                while not self._ended and self._size < wanted:
                    self._changed.wait()
                if self._ended:
                    return
                wanted = self._size + 16 * PIECE
            try:
                os.fdatasync(self._descriptor)
            except OSError:
                return  # the writer is told by its own call


def beside(work: Callable[[], None]) -> threading.Thread | None:
    """A thread that does something, or None where the interpreter ends and starts no more of them."""
    thread = threading.Thread(target=work, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread


def file_digest(path: str) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _piece(view: memoryview, begin: int) -> bytes:
    with view[begin : begin + PIECE] as piece:
        return hashlib.sha256(piece).digest()


def _threads() -> int:
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
