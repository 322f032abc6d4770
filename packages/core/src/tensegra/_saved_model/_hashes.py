"""Hashes of files: SHA-256, and the tree of it that several threads compute together."""

from __future__ import annotations

import hashlib
import mmap
import os
from concurrent.futures import ThreadPoolExecutor

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
    with (
        open(path, "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as view,
        ThreadPoolExecutor(_threads()) as pool,
    ):
        for digest in pool.map(lambda begin: _piece(view, begin), range(0, size, PIECE)):
            root.update(digest)
    return root.hexdigest()


def file_digest(path: str) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _piece(view: memoryview, begin: int) -> bytes:
    with view[begin : begin + PIECE] as piece:
        return hashlib.sha256(piece).digest()


def _threads() -> int:
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
