"""Protocol buffers' wire format, as far as checkpoints need it; checksums; snappy."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from ._errors import damaged


def varint(value: int) -> bytes:
    """An unsigned number in groups of seven bits."""
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data: Any, place: int) -> tuple[int, int]:
    """A number and where it ends."""
    value = shift = 0
    while True:
        if place >= len(data) or shift > 63:
            raise damaged("a number must end", f"position {place} of {len(data)} bytes")
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7


def field(number: int, value: int | bytes) -> bytes:
    """A number, or a text or message, as a field."""
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(value)


def fixed32(number: int, value: int) -> bytes:
    """A number of four bytes as a field."""
    return varint(number << 3 | 5) + struct.pack("<I", value)


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a message with their numbers."""
    place = 0
    while place < len(data):
        key, place = read_varint(data, place)
        kind = key & 7
        value: Any
        if kind == 0:
            value, place = read_varint(data, place)
        elif kind == 2:
            length, place = read_varint(data, place)
            value = bytes(data[place : place + length])
            if len(value) != length:
                raise damaged(
                    "a field must lie inside of its message", f"{length} bytes at {place} of {len(data)}"
                )
            place += length
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            if place + size > len(data):
                raise damaged("a field must lie inside of its message", f"position {place} of {len(data)}")
            value = int.from_bytes(data[place : place + size], "little")
            place += size
        else:
            raise damaged("a field must be of a kind that there is", f"{kind}")
        yield key >> 3, value


def signed(value: int) -> int:
    """A number of 64 bits with its sign."""
    return value - (1 << 64) if value >= 1 << 63 else value


def masked_crc(data: bytes) -> int:
    """The checksum that TensorFlow's files carry: CRC-32C, rotated and moved."""
    from tensegra import _native

    crc = int(_native.execute("string_crc32c", (_native.tensor(data),))._numpy())
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def unsnap(data: bytes) -> bytes:
    """What snappy has packed."""
    length, place = read_varint(data, 0)
    if length > 1 << 31:
        raise damaged("a block must be of a size that there is", f"{length} bytes")
    out = bytearray()
    while place < len(data):
        tag = data[place]
        place += 1
        kind = tag & 3
        if kind == 0:
            size = tag >> 2
            if size >= 60:
                extra = size - 59
                size = int.from_bytes(data[place : place + extra], "little")
                place += extra
            size += 1
            out += data[place : place + size]
            place += size
            continue
        if kind == 1:
            size = (tag >> 2 & 7) + 4
            offset = (tag >> 5) << 8 | data[place] if place < len(data) else 0
            place += 1
        else:
            width = 2 if kind == 2 else 4
            size = (tag >> 2) + 1
            offset = int.from_bytes(data[place : place + width], "little")
            place += width
        if not 0 < offset <= len(out):
            raise damaged("a copy must come from what is there", f"offset {offset} of {len(out)} bytes")
        start = len(out) - offset
        for index in range(size):  # may overlap what it writes
            out.append(out[start + index])
    if len(out) != length:
        raise damaged("a block must have the size that it says", f"{len(out)} bytes for {length}")
    return bytes(out)
