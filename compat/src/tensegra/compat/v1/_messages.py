"""`tf.train.Example` and the files of records."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from ..checkpoint._wire import field, fields, read_varint, signed, varint
from ._core import tg
from ._symbols import export, put


class _List:
    number = 1

    def __init__(self, value: Any = ()) -> None:
        self.value = list(value)

    def _bytes(self) -> bytes:
        raise NotImplementedError


@export("train.BytesList")
class BytesList(_List):
    """Byte strings."""

    number = 1

    def _bytes(self) -> bytes:
        return b"".join(
            field(1, each if isinstance(each, bytes) else str(each).encode()) for each in self.value
        )


@export("train.FloatList")
class FloatList(_List):
    """Floats."""

    number = 2

    def _bytes(self) -> bytes:
        data = struct.pack(f"<{len(self.value)}f", *[float(each) for each in self.value])
        return field(1, data) if data else b""


@export("train.Int64List")
class Int64List(_List):
    """Integers."""

    number = 3

    def _bytes(self) -> bytes:
        data = b"".join(varint(int(each)) for each in self.value)
        return field(1, data) if data else b""


@export("train.Feature")
class Feature:
    """One of the three lists."""

    def __init__(self, bytes_list: Any = None, float_list: Any = None, int64_list: Any = None) -> None:
        self.bytes_list = bytes_list if bytes_list is not None else BytesList()
        self.float_list = float_list if float_list is not None else FloatList()
        self.int64_list = int64_list if int64_list is not None else Int64List()

    def WhichOneof(self, name: str) -> str | None:
        """Which of them it is."""
        return next(
            (each for each in ("bytes_list", "float_list", "int64_list") if getattr(self, each).value), None
        )

    def _bytes(self) -> bytes:
        which = self.WhichOneof("kind")
        if which is None:
            return b""
        chosen = getattr(self, which)
        return field(chosen.number, chosen._bytes())

    @staticmethod
    def _parse(data: bytes) -> Feature:
        made = Feature()
        for number, content in fields(data):
            if number == 1:
                made.bytes_list.value = [each for _, each in fields(content)]
            elif number == 2:
                made.float_list.value = _floats(content)
            elif number == 3:
                made.int64_list.value = _integers(content)
        return made


def _floats(content: bytes) -> list[float]:
    found: list[float] = []
    for _, each in fields(content):
        data = each if isinstance(each, bytes) else int(each).to_bytes(4, "little")
        found.extend(struct.unpack(f"<{len(data) // 4}f", data))
    return found


def _integers(content: bytes) -> list[int]:
    found: list[int] = []
    for _, each in fields(content):
        if isinstance(each, bytes):
            place = 0
            while place < len(each):
                value, place = read_varint(each, place)
                found.append(signed(value))
        else:
            found.append(signed(each))
    return found


@export("train.Features")
class Features:
    """Features by name."""

    def __init__(self, feature: Any = None) -> None:
        self.feature: dict[str, Any] = dict(feature or {})

    def _bytes(self) -> bytes:
        entries = sorted(self.feature.items())
        return b"".join(field(1, field(1, name.encode()) + field(2, each._bytes())) for name, each in entries)


@export("train.Example")
class Example:
    """Features of one example."""

    def __init__(self, features: Any = None) -> None:
        self.features = features if features is not None else Features()

    def SerializeToString(self) -> bytes:
        """The message's bytes."""
        return field(1, self.features._bytes())

    def ParseFromString(self, data: bytes) -> int:
        """Takes the message's bytes."""
        self.features = Features()
        for number, content in fields(data):
            if number != 1:
                continue
            for _, entry in fields(content):
                parts = dict(fields(entry))
                self.features.feature[parts.get(1, b"").decode()] = Feature._parse(parts.get(2, b""))
        return len(data)

    @classmethod
    def FromString(cls, data: bytes) -> Example:
        """From the message's bytes."""
        made = cls()
        made.ParseFromString(data)
        return made


put("python_io.TFRecordWriter", tg.io.TFRecordWriter)
put("io.TFRecordWriter", tg.io.TFRecordWriter)
put("python_io.TFRecordOptions", tg.io.TFRecordOptions)


@export("python_io.TFRecordCompressionType")
class TFRecordCompressionType:
    """How a file of records is packed."""

    NONE, ZLIB, GZIP = 0, 1, 2


@export("python_io.tf_record_iterator io.tf_record_iterator")
def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """The records of a file."""
    from ._data.sources import _opened, records

    kind = getattr(options, "compression_type", None)
    with _opened(path, {1: "ZLIB", 2: "GZIP"}.get(kind, kind) if kind is not None else None) as file:
        yield from records(file, path)
