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
from typing import Any

from tensegra._tensor import Tensor

from ._hashed_file import HashedFile
from ._options import SaveOptions
from ._stored import Stored, stored

TEMPORARY = ".saving-"
_ALIGNMENT = 64


@dataclass
class _Placed:
    name: str
    weight: Stored | None  # None: what lies between two tensors
    length: int
    offset: int


def write_weights(directory: str, weights: Mapping[str, Tensor], message: Any, options: SaveOptions) -> None:
    """Writes all weights and fills `weight_files` and `weights` of a SavedModel message.

    Files are complete on disk, under their final names, when this returns.
    """
    for number, shard in enumerate(_shards(weights, options)):
        header, placed = _layout(shard)
        temporary = os.path.join(directory, f"{TEMPORARY}{os.getpid()}-{number}")
        size, digest = _write(temporary, header, placed)
        name = f"weights-{digest[:16]}-{number + 1:05d}.safetensors"
        os.replace(temporary, os.path.join(directory, name))
        message.weight_files.add(name=name, size=size, tree_sha256=digest)
        for each in placed:
            if each.weight is None:
                continue
            added = message.weights.add(
                name=each.name,
                dtype=each.weight.dtype._number,
                dims=each.weight.dims,
                file=number,
                offset=len(header) + each.offset,
                length=each.length,
            )
            if each.weight.scales:
                added.quantization.scales.extend(each.weight.scales)
                added.quantization.axis = len(each.weight.dims) - 1


def _shards(weights: Mapping[str, Tensor], options: SaveOptions) -> Iterator[list[Stored]]:
    shard: list[Stored] = []
    size = 0
    for name, tensor in weights.items():
        weight = stored(name, tensor, options.quantization)
        if shard and size + weight.length > options.shard_bytes:
            yield shard
            shard, size = [], 0
        shard.append(weight)
        size += weight.length
    if shard:
        yield shard


def _layout(shard: list[Stored]) -> tuple[bytes, list[_Placed]]:
    """The header with its length in front, and where each tensor goes."""
    placed: list[_Placed] = []
    offset = 0
    # Those that need no padding behind them first.
    for weight in sorted(shard, key=lambda each: each.length % _ALIGNMENT != 0):
        padding = -offset % _ALIGNMENT
        if padding:
            placed.append(_Placed(f"__padding_{len(placed)}", None, padding, offset))
            offset += padding
        placed.append(_Placed(weight.name, weight, weight.length, offset))
        offset += weight.length
    entries: dict[str, Any] = {"__metadata__": {"producer": "tensegra"}}
    for each in placed:
        entries[each.name] = {
            "dtype": each.weight.layout_dtype if each.weight else "U8",
            "shape": each.weight.layout_shape if each.weight else [each.length],
            "data_offsets": [each.offset, each.offset + each.length],
        }
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % _ALIGNMENT)
    return struct.pack("<Q", len(text)) + text, placed


def _write(path: str, header: bytes, placed: list[_Placed]) -> tuple[int, str]:
    """Writes a file to the disk; its size and the hash of its content."""
    file = HashedFile(path, len(header) + sum(each.length for each in placed))
    try:
        file.write(header)
        for each in placed:
            for part in [bytes(each.length)] if each.weight is None else each.weight.parts():
                file.write(part)
        return file.finish()
    finally:
        file.close()
