"""The folder of fetched data sets: written atomically, verified whenever it is read."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from tensegra import errors

from . import _fetch
from ._entries import Entry

_LICENCE = "LICENSE.txt"


def root(cache_dir: str | os.PathLike[str] | None) -> Path:
    """The folder that holds all data sets."""
    if cache_dir is not None:
        return Path(cache_dir).expanduser()
    if own := os.environ.get("TENSEGRA_DATA_DIR"):
        return Path(own).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "tensegra" / "data"


def paths(entry: Entry, cache_dir: str | os.PathLike[str] | None) -> tuple[Path, Path]:
    """Where the arrays and the licence of `entry` are kept."""
    folder = root(cache_dir) / entry.name
    return folder / f"{entry.name}.npz", folder / _LICENCE


def content_sha256(arrays: Mapping[str, np.ndarray]) -> str:
    """A hash of names, dtypes, shapes and values; how a file stores them does not matter."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def load(
    entry: Entry, cache_dir: str | os.PathLike[str] | None, download: _fetch.Download
) -> Mapping[str, np.ndarray]:
    """The arrays of `entry`: from the cache if they are there and undamaged, else fetched and kept.

    Raises:
        tg.errors.UnavailableError: They must be fetched and cannot be.
        tg.errors.DataLossError: What was fetched is not what the catalogue says; nothing is kept.
        tg.errors.PermissionDeniedError: The folder cannot be written.
    """
    file, licence_file = paths(entry, cache_dir)
    kept = _read(file)
    if kept is not None and content_sha256(kept) == entry.content_sha256:
        return kept
    try:
        fetched = _fetch.fetch(entry, download)
    except (errors.UnavailableError, errors.FailedPreconditionError) as error:
        if not file.exists():
            raise
        raise errors.DataLossError(
            "[data.catalog] a cached file must have the hash in the catalogue, and this one must be"
            f" fetched anew. Received: the damaged file {file}, and no way to fetch: {error}. Connect to"
            " the network and call again.",
            code="TG-2047",
        ) from error
    arrays = _converted(entry, fetched.data)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(licence_file, lambda temporary: temporary.write_text(fetched.licence_text))
        _write(file, lambda temporary: _save(temporary, arrays))
    except OSError as error:
        raise errors.PermissionDeniedError(
            f"[data.catalog] the data folder must be writable. Received: {file.parent} ({error}). Set"
            " TENSEGRA_DATA_DIR or give cache_dir, naming a folder that is.",
            code="TG-2048",
        ) from error
    return arrays


def _converted(entry: Entry, data: bytes) -> Mapping[str, np.ndarray]:
    try:
        arrays = entry.convert(data)
    except ValueError as error:
        raise _unexpected(entry, str(error)) from error
    found = content_sha256(arrays)
    if found != entry.content_sha256:
        raise _unexpected(entry, f"arrays with SHA-256 {found} instead of {entry.content_sha256}")
    return arrays


def _unexpected(entry: Entry, received: str) -> Exception:
    return errors.DataLossError(
        f"[data.catalog] the file of {entry.name} must convert to the arrays that the catalogue knows."
        f" Received: {received}. The entry of the catalogue is at fault; report it.",
        code="TG-2049",
    )


def _read(file: Path) -> Mapping[str, np.ndarray] | None:
    """The arrays in `file`; None if it is missing or cannot be read as such."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _save(file: Path, arrays: Mapping[str, np.ndarray]) -> None:
    with file.open("wb") as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]


def _write(file: Path, write: Callable[[Path], object]) -> None:
    """Through a temporary file of its own: readers and other writers see the old file or the whole new"
    " one."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o644)
        os.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
