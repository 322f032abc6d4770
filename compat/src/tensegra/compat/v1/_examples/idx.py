"""IDX files, the format of the MNIST digits (Y. LeCun, C. Cortes and C. Burges, "The MNIST database")."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .._errors import invalid, not_found

_BYTES = 0x08  # the code of unsigned bytes, the only elements that MNIST has


def find(folder: str | Path, name: str) -> Path:
    """The file of that name, packed by gzip or plain.

    Raises:
        tg.errors.NotFoundError: Neither is there (TG-7380).
    """
    plain = Path(folder) / name
    for path in (plain.with_name(f"{name}.gz"), plain):
        if path.is_file():
            return path
    raise not_found(
        "examples.mnist",
        "the four files of MNIST lie in the folder, packed by gzip or plain",
        f"train_dir={str(folder)!r}, without {name}.gz",
        "Nothing is downloaded: put the files there",
        "TG-7380",
    )


def read(path: Path, rank: int) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes.

    Args:
        path: The file; packed by gzip where the name says so.
        rank: How many axes it must have.

    Raises:
        tg.errors.InvalidArgumentError: It is no such file, or cut off (TG-7381).
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, str(error)) from None
    head = 4 + 4 * rank
    if len(content) < head or content[:4] != bytes((0, 0, _BYTES, rank)):
        raise _damaged(path, f"it begins with {content[:4].hex()}")
    shape = struct.unpack(f">{rank}I", content[4:head])
    if math.prod(shape) != len(content) - head:
        raise _damaged(path, f"{len(content) - head} bytes for the shape {shape}")
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)


def _damaged(path: Path, received: str) -> Exception:
    return invalid(
        "examples.mnist",
        "images and labels are IDX files of unsigned bytes, with three axes and with one",
        f"file={str(path)!r}: {received}",
        "Get the file anew",
        "TG-7381",
    )
