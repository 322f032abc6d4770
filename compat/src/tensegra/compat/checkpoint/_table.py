"""Sorted tables of keys and values in one file: the form of a checkpoint's index."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from ._errors import damaged
from ._wire import masked_crc, read_varint, unsnap, varint

_MAGIC = 0xDB4775248B80FB57
_RESTART = 16
_BLOCK = 4096


class _Block:
    """Entries that share the beginnings of their keys."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.restarts = [0]
        self.count = 0
        self.last = b""

    def add(self, key: bytes, value: bytes) -> None:
        shared = 0
        if self.count == _RESTART:
            self.restarts.append(len(self.data))
            self.count = 0
        else:
            most = min(len(self.last), len(key))
            while shared < most and self.last[shared] == key[shared]:
                shared += 1
        self.data += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        self.last = key
        self.count += 1

    def finish(self) -> bytes:
        ends = struct.pack(f"<{len(self.restarts)}I", *self.restarts)
        return bytes(self.data) + ends + struct.pack("<I", len(self.restarts))


def write_table(entries: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The bytes of a table; keys must be sorted and different."""
    out = bytearray()

    def place(block: bytes) -> bytes:
        handle = varint(len(out)) + varint(len(block))
        out.extend(block)
        out.append(0)
        out.extend(struct.pack("<I", masked_crc(block + b"\0")))
        return handle

    index, block = _Block(), _Block()
    for key, value in entries:
        block.add(key, value)
        if len(block.data) >= _BLOCK:
            index.add(block.last, place(block.finish()))
            block = _Block()
    if block.data:
        index.add(block.last, place(block.finish()))
    meta = place(_Block().finish())
    handle = place(index.finish())
    footer = meta + handle
    return bytes(out) + footer + bytes(40 - len(footer)) + struct.pack("<Q", _MAGIC)


def read_table(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The entries of a table in order; checksums are verified."""
    if len(data) < 48 or struct.unpack("<Q", data[-8:])[0] != _MAGIC:
        raise damaged("an index must end with the mark of its format", f"{len(data)} bytes")
    footer = data[-48:]
    _, place = read_varint(footer, 0)
    _, place = read_varint(footer, place)
    offset, place = read_varint(footer, place)
    size, _ = read_varint(footer, place)
    for _, handle in _entries(_block(data, offset, size)):
        start, end = read_varint(handle, 0)
        length, _ = read_varint(handle, end)
        yield from _entries(_block(data, start, length))


def _block(data: bytes, offset: int, size: int) -> bytes:
    if offset + size + 5 > len(data):
        raise damaged("a block must lie inside of its file", f"{size} bytes at {offset} of {len(data)}")
    raw = data[offset : offset + size + 1]
    if struct.unpack("<I", data[offset + size + 1 : offset + size + 5])[0] != masked_crc(raw):
        raise damaged("the checksum of a block must be that of its bytes", f"block at {offset}")
    if raw[-1] == 0:
        return raw[:-1]
    if raw[-1] == 1:
        return unsnap(raw[:-1])
    raise damaged("a block must be plain or packed by snappy", f"kind {raw[-1]}")


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(block) < 4:
        raise damaged("a block must have restarts", f"{len(block)} bytes")
    count = struct.unpack("<I", block[-4:])[0]
    end = len(block) - 4 - 4 * count
    if end < 0:
        raise damaged("a block must have as many restarts as it says", f"{count}")
    place, key = 0, b""
    while place < end:
        shared, place = read_varint(block, place)
        more, place = read_varint(block, place)
        length, place = read_varint(block, place)
        if shared > len(key) or place + more + length > end:
            raise damaged("an entry must lie inside of its block", f"position {place} of {end}")
        key = key[:shared] + block[place : place + more]
        yield key, block[place + more : place + more + length]
        place += more + length
