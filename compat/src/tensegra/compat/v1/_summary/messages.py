"""`Summary` and `Event`: the messages of event files."""

from __future__ import annotations

import struct
from typing import Any

from ...checkpoint._wire import field, fields, signed, varint
from .._symbols import export


def _double(number: int, value: float) -> bytes:
    return varint(number << 3 | 1) + struct.pack("<d", value)


def _float(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def _packed(number: int, values: Any) -> bytes:
    return field(number, struct.pack(f"<{len(values)}d", *values)) if len(values) else b""


def _as_float(bits: int) -> float:
    return struct.unpack("<f", struct.pack("<I", bits))[0]  # type: ignore[no-any-return]


class Histogram:
    """How many values lie in each of many ranges."""

    def __init__(self, **fields_: Any) -> None:
        self.min = self.max = self.num = self.sum = self.sum_squares = 0.0
        self.bucket_limit: list[float] = []
        self.bucket: list[float] = []
        self.__dict__.update(fields_)

    def serialize(self) -> bytes:
        """The message's bytes."""
        parts = [
            _double(number, getattr(self, name))
            for number, name in enumerate(("min", "max", "num", "sum", "sum_squares"), 1)
        ]
        return b"".join(parts) + _packed(6, self.bucket_limit) + _packed(7, self.bucket)

    @staticmethod
    def parse(data: bytes) -> Histogram:
        """From the message's bytes."""
        made = Histogram()
        for number, value in fields(data):
            if number <= 5:
                name = ("min", "max", "num", "sum", "sum_squares")[number - 1]
                setattr(made, name, struct.unpack("<d", value.to_bytes(8, "little"))[0])
            else:
                values = list(struct.unpack(f"<{len(value) // 8}d", value))
                setattr(made, "bucket_limit" if number == 6 else "bucket", values)
        return made


class Image:
    """An encoded image."""

    def __init__(
        self, height: int = 0, width: int = 0, colorspace: int = 0, encoded_image_string: bytes = b""
    ) -> None:
        self.height, self.width, self.colorspace = height, width, colorspace
        self.encoded_image_string = encoded_image_string

    def serialize(self) -> bytes:
        """The message's bytes."""
        return (
            field(1, self.height)
            + field(2, self.width)
            + field(3, self.colorspace)
            + field(4, self.encoded_image_string)
        )


class Value:
    """One value with its tag."""

    def __init__(
        self, tag: str = "", simple_value: float | None = None, histo: Any = None, image: Any = None, audio: Any = None,
        tensor: bytes | None = None, metadata: bytes | None = None,
    ) -> None:  # fmt: skip
        self.tag, self.simple_value, self.histo, self.image, self.audio = (
            tag,
            simple_value,
            histo,
            image,
            audio,
        )
        self.tensor, self.metadata = tensor, metadata

    def HasField(self, name: str) -> bool:
        """Whether it was set."""
        return getattr(self, name, None) is not None

    def serialize(self) -> bytes:
        """The message's bytes."""
        out = field(1, self.tag.encode())
        if self.simple_value is not None:
            out += _float(2, float(self.simple_value))
        if self.image is not None:
            out += field(4, self.image if isinstance(self.image, bytes) else self.image.serialize())
        if self.histo is not None:
            out += field(5, self.histo.serialize())
        if self.audio is not None:
            out += field(6, self.audio)
        if self.tensor is not None:
            out += field(8, self.tensor)
        if self.metadata is not None:
            out += field(9, self.metadata)
        return out

    @staticmethod
    def parse(data: bytes) -> Value:
        """From the message's bytes."""
        made = Value()
        for number, value in fields(data):
            if number == 1:
                made.tag = value.decode()
            elif number == 2:
                made.simple_value = _as_float(value)
            elif number == 4:
                made.image = value
            elif number == 5:
                made.histo = Histogram.parse(value)
            elif number == 6:
                made.audio = value
            elif number in (8, 9):
                setattr(made, "tensor" if number == 8 else "metadata", value)
        return made


class _Values(list[Any]):
    def add(self, **options: Any) -> Value:
        """Appends one."""
        made = Value(**options)
        self.append(made)
        return made


@export("Summary")
class Summary:
    """Values with tags."""

    Value = Value
    Image = Image

    def __init__(self, value: Any = ()) -> None:
        self.value: Any = _Values(value)

    def SerializeToString(self) -> bytes:
        """The message's bytes."""
        return b"".join(field(1, each.serialize()) for each in self.value)

    def ParseFromString(self, data: bytes) -> int:
        """Takes the message's bytes."""
        self.value = _Values(Value.parse(content) for number, content in fields(data) if number == 1)
        return len(data)

    @classmethod
    def FromString(cls, data: bytes) -> Summary:
        """From the message's bytes."""
        made = cls()
        made.ParseFromString(data)
        return made


export("HistogramProto")(Histogram)


@export("Event")
class Event:
    """A step and what happened in it."""

    def __init__(
        self,
        wall_time: float = 0.0,
        step: int = 0,
        file_version: str | None = None,
        summary: Any = None,
        graph_def: bytes | None = None,
    ) -> None:
        self.wall_time, self.step, self.file_version, self.summary, self.graph_def = (
            wall_time,
            step,
            file_version,
            summary,
            graph_def,
        )

    def SerializeToString(self) -> bytes:
        """The message's bytes."""
        out = _double(1, self.wall_time) + (field(2, self.step) if self.step else b"")
        if self.file_version is not None:
            out += field(3, self.file_version.encode())
        if self.graph_def is not None:
            out += field(4, self.graph_def)
        if self.summary is not None:
            data = self.summary if isinstance(self.summary, bytes) else self.summary.SerializeToString()
            out += field(5, data)
        return out

    @classmethod
    def FromString(cls, data: bytes) -> Event:
        """From the message's bytes."""
        made = cls()
        for number, value in fields(data):
            if number == 1:
                made.wall_time = struct.unpack("<d", value.to_bytes(8, "little"))[0]
            elif number == 2:
                made.step = signed(value)
            elif number == 3:
                made.file_version = value.decode()
            elif number == 4:
                made.graph_def = value
            elif number == 5:
                made.summary = Summary.FromString(value)
        return made
