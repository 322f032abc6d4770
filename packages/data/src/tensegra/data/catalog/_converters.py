"""From the files of the sources to arrays. Each converter takes a file's bytes and raises ValueError for wrong ones."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Mapping

import numpy as np


def digits_from_csv_gz(raw: bytes) -> Mapping[str, np.ndarray]:
    """Digits as lines of 784 pixels and a label, comma separated, compressed with gzip.

    Returns:
        ``images``, uint8 of shape (n, 28, 28), and ``labels``, uint8 of shape (n,), in the order of the file.
    """
    try:
        text = gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"not a gzip file: {error}") from error
    if not text.strip():
        raise ValueError("an empty file")
    table = np.loadtxt(io.BytesIO(text), delimiter=",", dtype=np.float64, ndmin=2)
    with np.errstate(invalid="ignore"):
        numbers = table.astype(np.uint8)
    if table.shape[1] != 785 or not np.array_equal(numbers, table):
        raise ValueError(f"not lines of 785 whole numbers from 0 to 255: a table of shape {table.shape}")
    return {"images": numbers[:, :-1].reshape(-1, 28, 28), "labels": numbers[:, -1].copy()}
