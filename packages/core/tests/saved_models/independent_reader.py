"""A reader of saved models that was written from docs/formats/saved_model.md and saved_model.proto alone.

It uses nothing of Tensegra and of no other package: it shows that the specification says enough. It reads the objects,
the values of variables and constants, the signatures, and runs functions of a few ops on nested lists of numbers.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import struct
from dataclasses import dataclass
from typing import Any

# ---- the wire format of protobuf


def fields(data: bytes) -> list[tuple[int, Any]]:
    """The fields of a message: number, and an int (varint), or bytes."""
    found: list[tuple[int, Any]] = []
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            found.append((key >> 3, varint()))
        else:
            size = {1: 8, 5: 4}.get(kind)
            if size is None:
                assert kind == 2, f"wire type {kind}"
                size = varint()
            assert at + size <= len(data)
            found.append((key >> 3, data[at : at + size]))
            at += size
    return found


def varints(data: bytes) -> list[int]:
    """The numbers of a packed field."""
    return [number for _, number in fields(b"".join(b"\x08" + each for each in _split(data)))]


def _split(data: bytes) -> list[bytes]:
    parts, begin = [], 0
    for end, byte in enumerate(data, 1):
        if byte < 128:
            parts.append(data[begin:end])
            begin = end
    return parts


def signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


def unzigzag(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def all_of(data: bytes, number: int) -> list[Any]:
    return [value for field, value in fields(data) if field == number]


def one(data: bytes, number: int, default: Any) -> Any:
    found = all_of(data, number)
    return found[-1] if found else default


def text(data: bytes, number: int) -> str:
    return str(one(data, number, b"").decode())


def numbers(data: bytes, number: int) -> list[int]:
    found: list[int] = []
    for value in all_of(data, number):
        found += varints(value) if isinstance(value, bytes) else [value]
    return found


def map_of(data: bytes, number: int) -> dict[str, str]:
    return {text(entry, 1): text(entry, 2) for entry in all_of(data, number)}


# ---- the model

# By number: the name, the bytes of an element, the format for `struct`.
TYPES = {
    1: ("bool", 1, "?"), 2: ("int8", 1, "b"), 3: ("int16", 2, "h"), 4: ("int32", 4, "i"), 5: ("int64", 8, "q"),
    6: ("uint8", 1, "B"), 7: ("uint16", 2, "H"), 8: ("uint32", 4, "I"), 9: ("uint64", 8, "Q"),
    10: ("float16", 2, "e"), 11: ("bfloat16", 2, ""), 12: ("float32", 4, "f"), 13: ("float64", 8, "d"),
    14: ("complex64", 8, ""), 15: ("complex128", 16, ""), 16: ("string", 0, ""), 17: ("int4", 0, ""),
}  # fmt: skip


@dataclass
class Array:
    """A tensor: the elements in order, row by row."""

    dtype: str
    dims: list[int]
    items: list[Any]


@dataclass
class ValueType:
    name: str
    dtype: str
    dims: list[int] | None  # below 0: unknown


class Model:
    """A model of a directory."""

    def __init__(self, directory: str) -> None:
        with open(os.path.join(directory, "saved_model.pb"), "rb") as file:
            data = file.read()
        self.format_version = one(data, 1, 0)
        assert self.format_version == 1
        self.producer, self.profile = text(data, 2), text(data, 3)
        assert self.profile == ""
        self.metadata = map_of(data, 11)
        self.required_ops = {text(each, 1): one(each, 2, 0) for each in all_of(data, 4)}
        self.files = []
        for each in all_of(data, 8):
            with open(os.path.join(directory, text(each, 1)), "rb") as file:
                content = file.read()
            assert len(content) == one(each, 2, 0)
            pieces = [content[i : i + 4194304] for i in range(0, len(content), 4194304)]
            tree = hashlib.sha256(b"".join(hashlib.sha256(piece).digest() for piece in pieces)).hexdigest()
            assert text(each, 3) in ("", hashlib.sha256(content).hexdigest())
            assert text(each, 4) in ("", tree)
            assert text(each, 3) or text(each, 4)
            self.files.append(content)
        self.assets = {}
        for each in all_of(data, 10):
            with open(os.path.join(directory, "assets", *text(each, 1).split("/")), "rb") as file:
                content = file.read()
            assert len(content) == one(each, 2, 0)
            assert hashlib.sha256(content).hexdigest() == text(each, 3)
            self.assets[text(each, 1)] = content
        self.weights = {text(each, 1): self._weight(each) for each in all_of(data, 9)}
        self.objects = all_of(data, 7)
        self.functions = {text(each, 1): each for each in all_of(data, 5)}
        self.signatures = {
            text(each, 1): (
                text(each, 2),
                [value_type(value) for value in all_of(each, 3)],
                [value_type(value) for value in all_of(each, 4)],
            )
            for each in all_of(data, 6)
        }

    def _weight(self, data: bytes) -> Array:
        dims = [signed(size) for size in numbers(data, 3)]
        offset, length = one(data, 5, 0), one(data, 6, 0)
        raw = self.files[one(data, 4, 0)][offset : offset + length]
        array = decoded(one(data, 2, 0), dims, raw)
        quantization = one(data, 7, None)
        if quantization is None:
            return array
        scales = [struct.unpack("<f", b)[0] for part in all_of(quantization, 1) for b in _fours(part)]
        zeros = [signed(zero) for zero in numbers(quantization, 2)] or [0] * len(scales)
        axis = one(quantization, 3, 0)
        inner = 1
        for size in dims[axis + 1 :]:
            inner *= size
        items = []
        for place, stored in enumerate(array.items):
            which = place // inner % len(scales) if len(scales) > 1 else 0
            items.append(scales[which] * (stored - zeros[which]))
        return Array("float32", dims, items)

    def paths(self) -> dict[str, int]:
        """The objects by the shortest path to each."""
        found: dict[str, int] = {}
        queue = [("", 0)]
        for path, number in queue:
            if number in found.values():
                continue
            found[path] = number
            below = sorted((text(child, 1), one(child, 2, 0)) for child in all_of(self.objects[number], 2))
            queue += [(f"{path}/{name}" if path else name, child) for name, child in below]
        return found

    def value(self, number: int) -> Array | None:
        """The value of a variable or a constant."""
        message = self.objects[number]
        variable = one(message, 3, None)
        name = text(message, 4) if variable is None else text(variable, 5)
        return self.weights[name] if name else None

    def variables(self) -> dict[str, Array]:
        """The values of all variables by path."""
        found = {}
        for path, number in self.paths().items():
            if text(self.objects[number], 1) == "variable":
                value = self.value(number)
                assert value is not None
                found[path] = value
        return found

    def run(self, signature: str, inputs: dict[str, Array]) -> dict[str, Array]:
        """Runs a signature whose ops are among the few that this reader has."""
        name, arguments, results = self.signatures[signature]
        function = self.functions[name]
        values: list[Any] = [inputs[argument.name] for argument in arguments]
        captures = numbers(function, 4)
        assert len(captures) == one(function, 3, 0)
        assert len(all_of(function, 2)) == len(values) + len(captures)
        values += [self.value(number) for number in captures]
        for node in all_of(function, 5):
            given = [values[place] for place in numbers(node, 3)]
            attributes = {text(each, 1): each for each in all_of(node, 4)}
            values.append(OPS[text(node, 1)](given, attributes))
            assert len(all_of(node, 5)) == 1
        outputs = [values[place] for place in numbers(function, 6)]
        return {result.name: output for result, output in zip(results, outputs, strict=True)}


def _fours(data: bytes) -> list[bytes]:
    return [data[i : i + 4] for i in range(0, len(data), 4)]


def value_type(data: bytes) -> ValueType:
    dims = None if one(data, 2, 0) else [unzigzag(size) for size in numbers(data, 3)]
    return ValueType(text(data, 4), TYPES[one(data, 1, 0)][0], dims)


def decoded(dtype: int, dims: list[int], raw: bytes) -> Array:
    """A tensor from its bytes."""
    name, size, form = TYPES[dtype]
    count = 1
    for dim in dims:
        count *= dim
    items: list[Any]
    if name == "string":
        offsets = struct.unpack(f"<{count + 1}Q", raw[: 8 * (count + 1)])
        body = raw[8 * (count + 1) :]
        items = [body[a:b] for a, b in itertools.pairwise(offsets)]
    elif name == "int4":
        assert len(raw) == (count + 1) // 2
        halves = [half for byte in raw for half in (byte & 15, byte >> 4)][:count]
        items = [half - 16 if half > 7 else half for half in halves]
    elif name == "bfloat16":
        items = [struct.unpack("<f", b"\0\0" + raw[i : i + 2])[0] for i in range(0, 2 * count, 2)]
    elif name.startswith("complex"):
        parts = struct.unpack(f"<{2 * count}{'f' if size == 8 else 'd'}", raw)
        items = [complex(a, b) for a, b in zip(parts[::2], parts[1::2])]
    else:
        assert len(raw) == count * size
        items = list(struct.unpack(f"<{count}{form}", raw))
    return Array(name, dims, items)


# ---- a few ops


def matmul(given: list[Array], attributes: dict[str, bytes]) -> Array:
    a, b = given
    (rows, inner), (_, columns) = a.dims, b.dims
    items = [
        sum(a.items[i * inner + k] * b.items[k * columns + j] for k in range(inner))
        for i in range(rows)
        for j in range(columns)
    ]
    return Array(a.dtype, [rows, columns], items)


def add(given: list[Array], attributes: dict[str, bytes]) -> Array:
    a, b = given
    return Array(a.dtype, a.dims, [x + b.items[i % len(b.items)] for i, x in enumerate(a.items)])


def relu(given: list[Array], attributes: dict[str, bytes]) -> Array:
    return Array(given[0].dtype, given[0].dims, [max(x, 0.0) for x in given[0].items])


def argmax(given: list[Array], attributes: dict[str, bytes]) -> Array:
    rows, columns = given[0].dims
    lines = [given[0].items[i * columns : (i + 1) * columns] for i in range(rows)]
    return Array("int64", [rows], [line.index(max(line)) for line in lines])


OPS = {
    "read_variable": lambda given, attributes: given[0],
    "identity": lambda given, attributes: given[0],
    "matmul": matmul,
    "add": add,
    "relu": relu,
    "argmax": argmax,
}
