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
