"""Attacks in saved_model.pb."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tensegra._saved_model._messages import message_class


def edited(change: Callable[[Any], None]) -> Callable[[Path], None]:
    """An attack that changes the message."""

    def attack(directory: Path) -> None:
        path = directory / "saved_model.pb"
        message = message_class("SavedModel").FromString(path.read_bytes())
        change(message)
        path.write_bytes(message.SerializeToString())

    return attack


def raw(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """An attack that changes the bytes."""

    def attack(directory: Path) -> None:
        path = directory / "saved_model.pb"
        path.write_bytes(change(path.read_bytes()))

    return attack


def weight(message: Any, name: str) -> Any:
    return next(each for each in message.weights if each.name == name)


def varint(value: int) -> bytes:
    out = b""
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number: int, data: bytes) -> bytes:
    """A field of bytes on the wire."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def _overlap(message: Any) -> None:
    weight(message, "b").offset = weight(message, "w").offset + 16


def _same_place(message: Any) -> None:
    """Ten thousand weights over the same bytes."""
    for index in range(10_000):
        message.weights.add().CopyFrom(weight(message, "w"))
        message.weights[-1].name = f"again{index}"


def _strings(message: Any) -> None:
    """A vector of 2^60 strings in a few bytes."""
    found = weight(message, "w")
    found.dtype = 16
    del found.dims[:]
    found.dims.append(2**60)


def _strings_of_attribute(message: Any) -> None:
    node = message.functions[0].nodes[0]
    node.attributes.add(name="value").tensor.dtype = 16
    node.attributes[-1].tensor.dims.append(2**62)


def _sizes(*dims: int) -> Callable[[Any], None]:
    def change(message: Any) -> None:
        found = weight(message, "w")
        del found.dims[:]
        found.dims.extend(dims)

    return change


def _cyclic_function(message: Any) -> None:
    """A loop whose body is the function that holds the loop: the format has no way to say it."""
    node = message.functions[0].nodes.add(op="while", version=1, name="loop")
    for name in ("cond", "body"):
        node.attributes.add(name=name, function=message.functions[0].name)


def _deep_functions(message: Any) -> None:
    function = message.functions[0]
    for _ in range(40):
        function = function.functions.add(name="inner")


def _deep_nests(message: Any) -> None:
    trace = next(each for each in message.objects if each.concrete_functions).concrete_functions[0]
    nest = trace.outputs
    for _ in range(45):  # no deeper is parsed at all; this one reaches the reader of nests
        nest.kind = "tuple"
        nest = nest.items.add()
    nest.kind = "leaf"


def _table_in_itself(message: Any) -> None:
    number = len(message.objects)
    message.objects.add(kind="module", metadata={"tensegra.class": "StaticVocabularyTable"}).children.add(
        name="table", object=number
    )
    message.objects[0].children.add(name="table_of_its_own", object=number)


def _class(name: str) -> Callable[[Any], None]:
    def change(message: Any) -> None:
        message.objects.add(kind="module", metadata={"tensegra.class": name})

    return change


def _table(keys: str, values: str) -> Callable[[Any], None]:
    def change(message: Any) -> None:
        made = message.objects.add(kind="resource")
        made.resource.type = "table"
        made.resource.weights.extend([keys, values])

    return change


def _resource(kind: str, *weights: str) -> Callable[[Any], None]:
    def change(message: Any) -> None:
        made = message.objects.add(kind="resource")
        made.resource.type = kind
        made.resource.weights.extend(weights)

    return change


def _quantized(**fields: Any) -> Callable[[Any], None]:
    def change(message: Any) -> None:
        found = weight(message, "w")
        found.dtype, found.length = 2, 12
        found.quantization.scales.extend(fields.get("scales", ()))
        found.quantization.zero_points.extend(fields.get("zero_points", ()))
        found.quantization.axis = fields.get("axis", 0)

    return change


def _asset(name: str) -> Callable[[Any], None]:
    def change(message: Any) -> None:
        message.assets.add(name=name, size=1)

    return change


def _many_empty(number: int) -> Callable[[bytes], bytes]:
    """Two million messages of two bytes each, which take a hundred times that in memory where they are believed."""
    return lambda data: data + varint(number << 3 | 2) * 0 + (varint(number << 3 | 2) + b"\0") * 2_000_000


def _constants(message: Any) -> None:
    """A hundred thousand objects that refer to one weight of strings: they share one tensor."""
    found = weight(message, "w")
    found.dtype = 16
    del found.dims[:]
    found.dims.append(1)
    for _ in range(100_000):
        message.objects.add(kind="constant", weight="w")


def _parameters(message: Any) -> None:
    function = next(each for each in message.objects if each.kind == "function")
    function.metadata["parameters"] = "[" * 100_000


def _names(message: Any) -> None:
    """An attribute that would take the place of what Python looks up on each object."""
    message.objects[0].children.add(name="_metadata", object=0)


MESSAGES: dict[str, Callable[[Path], None]] = {
    "tensors over each other": edited(_overlap),
    "ten thousand tensors in one place": edited(_same_place),
    "an offset past the end": edited(lambda m: setattr(weight(m, "w"), "offset", 2**40)),
    "an offset that wraps around": edited(lambda m: setattr(weight(m, "w"), "offset", 2**64 - 8)),
    "a length that wraps around": edited(lambda m: setattr(weight(m, "w"), "length", 2**64 - 1)),
    "a size of 2^63 - 1": edited(_sizes(2**63 - 1)),
    "sizes whose product is 2^64": edited(_sizes(2**32, 2**32)),
    "sizes whose bytes are 2^64": edited(_sizes(2**62)),
    "a negative size": edited(_sizes(-(2**63))),
    "an empty tensor with a huge size": edited(_sizes(0, 2**63 - 1, 2**63 - 1)),
    "2^60 strings": edited(_strings),
    "2^62 strings in an attribute": edited(_strings_of_attribute),
    "a weight twice": edited(lambda m: m.weights.add().CopyFrom(m.weights[0])),
    "a file twice": edited(lambda m: m.weight_files.add().CopyFrom(m.weight_files[0])),
    "a function twice": edited(lambda m: m.functions.add().CopyFrom(m.functions[0])),
    "a signature twice": edited(lambda m: m.signatures.add().CopyFrom(m.signatures[0])),
    "a child twice": edited(lambda m: m.objects[0].children.add().CopyFrom(m.objects[0].children[0])),
    "an attribute of Python's": edited(_names),
    "a function that holds itself": edited(_cyclic_function),
    "functions forty deep": edited(_deep_functions),
    "structures too deep": edited(_deep_nests),
    "messages ten thousand deep": raw(lambda data: data + _deep_bytes(10_000)),
    "a table that is a part of itself": edited(_table_in_itself),
    "a class that is none": edited(_class("Popen")),
    "a class with a path": edited(_class("os.system")),
    "a table of other things": edited(_table("w", "b")),
    "a table of weights that are not there": edited(_table("nothing", "b")),
    "a random state of a matrix": edited(_resource("random_state", "w")),
    "a random state of nothing": edited(_resource("random_state")),
    "a resource of an unknown type": edited(_resource("socket", "w")),
    "quantized without a scale": edited(_quantized()),
    "quantized with too many scales": edited(_quantized(scales=[1.0] * 7)),
    "quantized along an axis that is not there": edited(_quantized(scales=[1.0] * 3, axis=2**31 - 1)),
    "quantized with wild zero points": edited(_quantized(scales=[1.0], zero_points=[2**31 - 1])),
    "an asset above the model": edited(_asset("../saved_model.pb")),
    "an asset of the system": edited(_asset("/etc/passwd")),
    "an asset with a dot": edited(_asset("./x")),
    "an asset that ends with a slash": edited(_asset("words/")),
    "an asset with a zero byte": edited(_asset("words.txt\0.png")),
    "an asset without a name": edited(_asset("")),
    "an asset object without an asset": edited(lambda m: m.objects.add(kind="asset", asset=7)),
    "weights above the model": edited(lambda m: setattr(m.weight_files[0], "name", "../weights")),
    "weights with a zero byte": edited(
        lambda m: setattr(m.weight_files[0], "name", m.weight_files[0].name + "\0x")
    ),
    "two million empty objects": raw(_many_empty(7)),
    "two million empty weights": raw(_many_empty(9)),
    "two million empty signatures": raw(_many_empty(6)),
    "a hundred thousand constants of one weight": edited(_constants),
    "metadata nested too deep": edited(_parameters),
    "a length longer than the file": raw(lambda data: data + varint(7 << 3 | 2) + varint(2**62)),
    "a number without an end": raw(lambda data: data + b"\xff" * 20),
    "a group": raw(lambda data: data + b"\x0b\x0c"),
}


def _deep_bytes(depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = field(7, data)  # Function.functions
        if len(data) > 1 << 20:
            break
    return field(5, data)
