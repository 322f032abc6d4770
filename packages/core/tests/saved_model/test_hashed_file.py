"""Files that are hashed and brought to the disk while they are written."""

from __future__ import annotations

import errno
import fcntl
import itertools
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensegra._saved_model._hashed_file import HashedFile
from tensegra._saved_model._hashes import PIECE, tree_digest

LARGE = 17 * PIECE  # written by several threads, around the cache of pages


def written(path: Path, data: np.ndarray[Any, Any], parts: int) -> tuple[int, str]:
    """Writes a file in so many parts of unequal lengths."""
    cuts = np.linspace(0, data.size, parts + 1).astype(int)
    file = HashedFile(str(path), data.size)
    try:
        for begin, end in itertools.pairwise(cuts):
            file.write(data[begin:end])
        return file.finish()
    finally:
        file.close()


def noise(size: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(size).integers(0, 256, size, np.uint8)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, LARGE, LARGE + 13])
@pytest.mark.parametrize("parts", [1, 7])
def test_the_file_has_what_was_written(tmp_path: Path, size: int, parts: int) -> None:
    data = noise(size)
    assert written(tmp_path / "file", data, parts) == (size, tree_digest(str(tmp_path / "file")))
    assert (tmp_path / "file").read_bytes() == data.tobytes()


def test_a_file_system_without_writes_around_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = fcntl.fcntl

    def refuses(descriptor: int, command: int, *flags: int) -> int:
        if command == fcntl.F_SETFL and flags[0] & os.O_DIRECT:
            raise OSError(errno.EINVAL, "refused")
        return original(descriptor, command, *flags)

    monkeypatch.setattr(fcntl, "fcntl", refuses)
    data = noise(LARGE)
    written(tmp_path / "file", data, 3)
    assert (tmp_path / "file").read_bytes() == data.tobytes()


def test_a_file_system_with_larger_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original, refused = os.pwrite, []

    def strict(descriptor: int, data: Any, offset: int) -> int:
        if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_DIRECT:
            refused.append(offset)
            raise OSError(errno.EINVAL, "unaligned")
        return original(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", strict)
    data = noise(LARGE)
    written(tmp_path / "file", data, 3)
    assert refused
    assert (tmp_path / "file").read_bytes() == data.tobytes()


def test_writes_that_take_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.pwrite
    monkeypatch.setattr(
        os, "pwrite", lambda descriptor, data, offset: original(descriptor, data[:4096], offset)
    )
    data = noise(PIECE + 5000)
    written(tmp_path / "file", data, 2)
    assert (tmp_path / "file").read_bytes() == data.tobytes()


def test_an_interpreter_that_starts_no_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tensegra._saved_model._hashed_file.beside", lambda work: None)
    data = noise(LARGE + 1)
    assert written(tmp_path / "file", data, 2) == (data.size, tree_digest(str(tmp_path / "file")))
    assert (tmp_path / "file").read_bytes() == data.tobytes()


@pytest.mark.parametrize("call", [1, 5, 18])
def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    original, calls = os.pwrite, iter(range(1, 100))

    def full(descriptor: int, data: Any, offset: int) -> int:
        if next(calls) >= call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return original(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space left"):
        written(tmp_path / "file", noise(LARGE + 13), 4)


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EINVAL])
def test_a_file_system_that_reserves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuses(descriptor: int, offset: int, length: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", refuses)
    data = noise(LARGE)
    written(tmp_path / "file", data, 2)
    assert (tmp_path / "file").read_bytes() == data.tobytes()


def test_a_disk_without_room_for_the_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, offset: int, length: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    open_files = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="No space left"):
        written(tmp_path / "file", noise(LARGE), 2)
    assert len(os.listdir("/proc/self/fd")) == open_files
