"""Checkpoints of format V2: `prefix.index` and `prefix.data-00000-of-00001`."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ._errors import damaged, missing
from ._table import read_table, write_table
from ._wire import field, fields, fixed32, masked_crc, read_varint, signed, varint

_DTYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 8: "complex64", 9: "int64",
    10: "bool", 14: "bfloat16", 17: "uint16", 18: "complex128", 19: "float16", 22: "uint32", 23: "uint64",
}  # fmt: skip
"""TensorFlow's numbers of dtypes."""
_NUMBERS = {name: number for number, name in _DTYPES.items()}


def write_bundle(
    prefix: str | os.PathLike[str], tensors: Mapping[str, Any], slices: Mapping[str, Any] | None = None
) -> None:
    """Writes tensors to `prefix.index` and `prefix.data-00000-of-00001`.

    Args:
        prefix: The path without endings; its folder is made where it is missing.
        tensors: Arrays by name; arrays of objects hold bytes.
        slices: Parts of larger tensors: by the whole's name, its shape and a list of (starts, sizes, array).
    """
    folder = os.path.dirname(os.fspath(prefix))
    if folder:
        os.makedirs(folder, exist_ok=True)
    entries: dict[bytes, bytes] = {}
    data = f"{os.fspath(prefix)}.data-00000-of-00001"
    with open(data + ".tempstate", "wb") as out:

        def add(key: bytes, value: Any) -> bytes:
            array = np.asarray(value)
            name, content, crc = _packed(array)
            entry = _entry(_NUMBERS[name], array.shape, out.tell(), len(content), crc)
            out.write(content)
            entries[key] = entry
            return entry

        for name in sorted(tensors):
            add(name.encode(), tensors[name])
        for name, (shape, parts) in sorted((slices or {}).items()):
            known = b""
            dtype = 1
            for starts, sizes, array in parts:
                add(_slice_key(name, starts, sizes, shape), array)
                dtype = _NUMBERS[_name_of(np.asarray(array))]
                known += field(7, _slice(starts, sizes))
            entries[name.encode()] = field(1, dtype) + field(2, _shape(shape)) + known
    os.replace(data + ".tempstate", data)
    header = field(1, 1) + field(3, field(1, 1))
    index = write_table([(b"", header), *sorted(entries.items())])
    temporary = f"{os.fspath(prefix)}.index.tempstate"
    Path(temporary).write_bytes(index)
    os.replace(temporary, f"{os.fspath(prefix)}.index")


def _name_of(array: np.ndarray) -> str:
    return "string" if array.dtype.kind in "OSU" else array.dtype.name


def _packed(array: np.ndarray) -> tuple[str, bytes, int]:
    if array.dtype.kind in "OSU":
        texts = [
            each.encode() if isinstance(each, str) else bytes(each) for each in array.reshape(-1).tolist()
        ]
        lengths = b"".join(varint(len(each)) for each in texts)
        # The checksum of lengths counts them as numbers of four bytes (eight for longer ones).
        plain = b"".join(struct.pack("<I" if len(each) < 1 << 32 else "<Q", len(each)) for each in texts)
        checksum = struct.pack("<I", masked_crc(plain))
        content = b"".join(texts)
        return "string", lengths + checksum + content, masked_crc(plain + checksum + content)
    if array.dtype.name not in _NUMBERS:
        raise damaged("a tensor must be of a dtype that checkpoints have", array.dtype.name)
    content = np.ascontiguousarray(array).tobytes()
    return array.dtype.name, content, masked_crc(content)


def _shape(sizes: Any) -> bytes:
    return b"".join(field(2, field(1, int(size))) for size in sizes)


def _entry(number: int, shape: Any, offset: int, size: int, crc: int) -> bytes:
    out = field(1, number) + field(2, _shape(shape))
    if offset:
        out += field(4, offset)
    return out + field(5, size) + fixed32(6, crc)


def _slice(starts: Any, sizes: Any) -> bytes:
    out = b""
    for start, size in zip(starts, sizes):
        out += field(1, (field(1, int(start)) if start else b"") + field(2, int(size)))
    return out


def _slice_key(name: str, starts: Any, sizes: Any, shape: Any) -> bytes:
    out = b"\0" + name.encode().replace(b"\0", b"\0\xff").replace(b"\xff", b"\xff\0") + b"\0\1"
    out += _ordered(len(list(shape)))
    for start, size in zip(starts, sizes):  # -1 stands for a whole dimension
        out += _ordered_signed(int(start)) + _ordered_signed(int(size))
    return out


def _ordered(value: int) -> bytes:
    content = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([len(content)]) + content


def _ordered_signed(value: int) -> bytes:
    """A number so that the order of bytes is that of numbers."""
    magnitude = ~value if value < 0 else value
    if magnitude < 64:
        return bytes([(value & 0xFF) ^ 0x80])
    length = 2
    while magnitude >= 1 << (7 * length - 1):
        length += 1
    content = bytearray((value & ((1 << (8 * length)) - 1)).to_bytes(length, "big"))
    header = 0xFF & ~((1 << (8 - length)) - 1) if length <= 8 else 0xFF
    content[0] ^= header
    return bytes(content)


class BundleReader:
    """Reads a checkpoint of format V2.

    Args:
        prefix: The path without endings.
    """

    def __init__(self, prefix: str | os.PathLike[str]) -> None:
        self.prefix = os.fspath(prefix)
        path = f"{self.prefix}.index"
        if not os.path.exists(path):
            raise missing("the index of a checkpoint", path)
        self._entries: dict[str, dict[str, Any]] = {}
        self._parts: dict[bytes, dict[str, Any]] = {}
        self.num_shards = 1
        self._big_endian = False
        for key, value in read_table(Path(path).read_bytes()):
            if key == b"":
                header = dict(fields(value))
                self.num_shards = int(header.get(1, 1))
                self._big_endian = bool(header.get(2, 0))
            elif key.startswith(b"\0"):
                self._parts[key] = _read_entry(value)
            else:
                self._entries[key.decode()] = _read_entry(value)

    def names(self) -> list[str]:
        """The names of the tensors."""
        return sorted(self._entries)

    def shape(self, name: str) -> list[int]:
        """The shape of a tensor."""
        return list(self._found(name)["shape"])

    def dtype(self, name: str) -> str:
        """The name of its dtype."""
        return _DTYPES.get(self._found(name)["dtype"], "unknown")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def read(self, name: str) -> np.ndarray:
        """A tensor as an array; strings are bytes in an array of objects."""
        entry = self._found(name)
        if not entry["slices"]:
            return self._read(entry, name)
        whole: np.ndarray | None = None
        shape = entry["shape"]
        for extents in entry["slices"]:
            starts = [start for start, _ in extents]
            sizes = [whole_size if size < 0 else size for (_, size), whole_size in zip(extents, shape)]
            part = self._parts.get(_slice_key(name, starts, [size for _, size in extents], shape))
            if part is None:
                raise damaged("each part of a tensor must be there", f"{name!r}, {starts} + {sizes}")
            array = self._read(part, name)
            if whole is None:
                whole = np.empty(shape, array.dtype)
            whole[tuple(slice(start, start + size) for start, size in zip(starts, sizes))] = array.reshape(
                sizes
            )
        assert whole is not None
        return whole

    def _found(self, name: str) -> dict[str, Any]:
        if name not in self._entries:
            raise missing("a tensor", f"{name!r} in {self.prefix}")
        return self._entries[name]

    def _read(self, entry: dict[str, Any], name: str) -> np.ndarray:
        path = f"{self.prefix}.data-{entry['shard']:05d}-of-{self.num_shards:05d}"
        if not os.path.exists(path):
            raise missing("the data of a checkpoint", path)
        with open(path, "rb") as file:
            file.seek(entry["offset"])
            content = file.read(entry["size"])
        if len(content) != entry["size"]:
            raise damaged(
                "a tensor must lie inside of its file", f"{name!r}: {len(content)} of {entry['size']} bytes"
            )
        dtype = _DTYPES.get(entry["dtype"])
        if dtype is None:
            raise damaged(
                "a tensor must be of a dtype that checkpoints have", f"{name!r}: number {entry['dtype']}"
            )
        count = int(np.prod(entry["shape"], dtype=np.int64))
        if dtype == "string":
            return _strings(content, count, entry, name)
        if masked_crc(content) != entry["crc"]:
            raise damaged("the checksum of a tensor must be that of its bytes", repr(name))
        if dtype == "bfloat16":
            bits = np.frombuffer(content, np.uint16).astype(np.uint32) << 16
            array = bits.view(np.float32)
        else:
            kind = np.dtype(dtype)
            array = np.frombuffer(content, kind.newbyteorder(">") if self._big_endian else kind).astype(kind)
        if array.size != count:
            raise damaged(
                "a tensor must have as many elements as its shape",
                f"{name!r}: {array.size} for {entry['shape']}",
            )
        return array.reshape(entry["shape"])


def _strings(content: bytes, count: int, entry: dict[str, Any], name: str) -> np.ndarray:
    lengths, place = [], 0
    for _ in range(count):
        length, place = read_varint(content, place)
        lengths.append(length)
    plain = b"".join(struct.pack("<I" if each < 1 << 32 else "<Q", each) for each in lengths)
    checksum = content[place : place + 4]
    rest = content[place + 4 :]
    if (
        struct.pack("<I", masked_crc(plain)) != checksum
        or masked_crc(plain + checksum + rest) != entry["crc"]
    ):
        raise damaged("the checksum of a tensor must be that of its bytes", repr(name))
    if sum(lengths) != len(rest):
        raise damaged("strings must fill their tensor", f"{name!r}: {sum(lengths)} of {len(rest)} bytes")
    texts, place = np.empty(count, dtype=object), 0
    for index, length in enumerate(lengths):
        texts[index] = rest[place : place + length]
        place += length
    return texts.reshape(entry["shape"])


def _read_entry(value: bytes) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "dtype": 0,
        "shape": [],
        "shard": 0,
        "offset": 0,
        "size": 0,
        "crc": 0,
        "slices": [],
    }
    for number, content in fields(value):
        if number == 1:
            entry["dtype"] = content
        elif number == 2:
            for inner, dim in fields(content):
                if inner == 2:
                    entry["shape"].append(signed(dict(fields(dim)).get(1, 0)))
        elif number in (3, 4, 5, 6):
            entry[{3: "shard", 4: "offset", 5: "size", 6: "crc"}[number]] = content
        elif number == 7:
            extents = []
            for inner, extent in fields(content):
                if inner == 1:
                    found = dict(fields(extent))
                    extents.append((signed(found.get(1, 0)), signed(found.get(2, -1 & (1 << 64) - 1))))
            entry["slices"].append(extents)
    return entry
