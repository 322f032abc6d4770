"""Writes tensors into files of the safetensors layout.

A file is: 8 bytes with the length of the header (little-endian), the header (JSON, padded with spaces), the data.
Each tensor begins at a multiple of 64 bytes in the file; what lies between two is an entry of its own, since the
layout allows no holes.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from tensegra import _dtypes
from tensegra._dtypes import dtype_from_number
from tensegra._tensor import Tensor

SHARD_BYTES = 2_000_000_000
TEMPORARY = ".saving-"
_ALIGNMENT = 64
_NAMES = {
    _dtypes.bool_: "BOOL",
    _dtypes.int8: "I8",
    _dtypes.int16: "I16",
    _dtypes.int32: "I32",
    _dtypes.int64: "I64",
    _dtypes.uint8: "U8",
    _dtypes.uint16: "U16",
    _dtypes.uint32: "U32",
    _dtypes.uint64: "U64",
    _dtypes.float16: "F16",
    _dtypes.bfloat16: "BF16",
    _dtypes.float32: "F32",
    _dtypes.float64: "F64",
}
"""Other dtypes are stored as bytes (U8); the true dtype is in saved_model.pb."""


@dataclass
class _Placed:
    name: str
    tensor: Tensor | None  # None: what lies between two tensors
    length: int
    offset: int


def write_weights(directory: str, weights: Mapping[str, Tensor], message: Any) -> None:
    """Writes all weights and fills `weight_files` and `weights` of a SavedModel message.

    Files are complete on disk, under their final names, when this returns.
    """
    for number, shard in enumerate(_shards(weights)):
        header, placed = _layout(shard)
        temporary = os.path.join(directory, f"{TEMPORARY}{os.getpid()}-{number}")
        size, digest = _write(temporary, header, placed)
        name = f"weights-{digest[:16]}-{number + 1:05d}.safetensors"
        os.replace(temporary, os.path.join(directory, name))
        message.weight_files.add(name=name, size=size, sha256=digest)
        for each in placed:
            if each.tensor is None:
                continue
            shape = each.tensor._shape
            message.weights.add(
                name=each.name,
                dtype=each.tensor._dtype_number,
                dims=shape,
                file=number,
                offset=len(header) + each.offset,
                length=each.length,
            )


def _shards(weights: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    shard: dict[str, Tensor] = {}
    size = 0
    for name, tensor in weights.items():
        length = _length(tensor)
        if shard and size + length > SHARD_BYTES:
            yield shard
            shard, size = {}, 0
        shard[name] = tensor
        size += length
    if shard:
        yield shard


def _length(tensor: Tensor) -> int:
    if dtype_from_number(tensor._dtype_number) is _dtypes.string:
        strings = tensor._view().reshape(-1)
        return 8 * (len(strings) + 1) + sum(len(each) for each in strings)
    return tensor._nbytes


def _layout(shard: Mapping[str, Tensor]) -> tuple[bytes, list[_Placed]]:
    """The header with its length in front, and where each tensor goes."""
    placed: list[_Placed] = []
    offset = 0
    # Those that need no padding behind them first.
    for name, tensor in sorted(shard.items(), key=lambda item: _length(item[1]) % _ALIGNMENT != 0):
        padding = -offset % _ALIGNMENT
        if padding:
            placed.append(_Placed(f"__padding_{len(placed)}", None, padding, offset))
            offset += padding
        length = _length(tensor)
        placed.append(_Placed(name, tensor, length, offset))
        offset += length
    entries: dict[str, Any] = {"__metadata__": {"producer": "tensegra"}}
    for each in placed:
        dtype = None if each.tensor is None else dtype_from_number(each.tensor._dtype_number)
        stored = _NAMES.get(dtype) if dtype is not None else None
        entries[each.name] = {
            "dtype": stored or "U8",
            "shape": list(each.tensor._shape or ()) if each.tensor is not None and stored else [each.length],
            "data_offsets": [each.offset, each.offset + each.length],
        }
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % _ALIGNMENT)
    return struct.pack("<Q", len(text)) + text, placed


def _write(path: str, header: bytes, placed: list[_Placed]) -> tuple[int, str]:
    """Writes a file to the disk; its size and the hash of its content."""
    import hashlib  # takes milliseconds to import

    digest = hashlib.sha256()
    with open(path, "wb") as file:
        _put(file, digest, header)
        for each in placed:
            if each.tensor is None:
                _put(file, digest, bytes(each.length))
            else:
                for part in _parts(each.tensor):
                    _put(file, digest, part)
        file.flush()
        os.fsync(file.fileno())
        return file.tell(), digest.hexdigest()


def _put(file: BinaryIO, digest: Any, data: Any) -> None:
    digest.update(data)
    file.write(data)


def _parts(tensor: Tensor) -> Iterator[Any]:
    array = tensor._view()
    if dtype_from_number(tensor._dtype_number) is _dtypes.string:
        strings = list(array.reshape(-1))
        yield (
            np.concatenate([[0], np.cumsum([len(each) for each in strings], dtype=np.int64)])
            .astype("<i8")
            .tobytes()
        )
        yield b"".join(strings)
    else:
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8)
