"""Damaged and hostile models give an error that says what is wrong, never a crash."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tensegra as tg

Change = Callable[[Any], None]


def refused(directory: Path, error: type[Exception], code: str, text: str = "") -> None:
    with pytest.raises(error, match=rf"(?s){text}.*{code}") as caught:
        tg.saved_model.load(directory)
    assert str(caught.value).endswith(f"({code})")


def test_no_model(tmp_path: Path) -> None:
    refused(tmp_path / "no", tg.errors.NotFoundError, "TG-0401", r"^\[saved_model.load\].*saved_model\.pb")
    refused(tmp_path, tg.errors.NotFoundError, "TG-0401", r"saved_model\.pb")
    with pytest.raises(FileNotFoundError):
        tg.saved_model.load(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"\xff" * 50, b"not a model", b"\x0a\x05ab"])
def test_something_else_under_its_name(saved: Path, content: bytes) -> None:
    (saved / "saved_model.pb").write_bytes(content)
    refused(saved, tg.errors.DataLossError, "TG-0402")


def test_a_newer_format(saved: Path, editor: Any) -> None:
    editor.message.format_version = 99
    editor.message.producer = "tensegra-core 9.1"
    editor.write()
    refused(saved, tg.errors.FailedPreconditionError, "TG-0403", r"version 99.*tensegra-core 9\.1")


def test_another_profile(saved: Path, editor: Any) -> None:
    editor.message.profile = "lite"
    editor.write()
    refused(saved, tg.errors.FailedPreconditionError, "TG-0403", "lite")


def _unknown_op(message: Any) -> None:
    message.functions[0].nodes[0].op = "vendor::shiny"


def _newer_op(message: Any) -> None:
    message.functions[0].nodes[0].version = 1000


@pytest.mark.parametrize("change", [_unknown_op, _newer_op])
def test_ops_that_are_not_there(saved: Path, editor: Any, change: Change) -> None:
    change(editor.message)
    editor.write()
    refused(saved, tg.errors.NotFoundError, "TG-0404", "op")


def _weights_file(directory: Path) -> Path:
    (found,) = directory.glob("weights-*")
    return found


def test_weights_that_are_not_what_was_saved(saved: Path) -> None:
    file = _weights_file(saved)
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    refused(saved, tg.errors.DataLossError, "TG-0405", "size")
    file.write_bytes(content + b"x")
    refused(saved, tg.errors.DataLossError, "TG-0405", "size")
    file.unlink()
    refused(saved, tg.errors.DataLossError, "TG-0405", file.name)
    file.mkdir()
    refused(saved, tg.errors.DataLossError, "TG-0405", file.name)


def _first(message: Any, kind: str) -> Any:
    return next(each for each in message.objects if each.kind == kind)


def _named(message: Any, name: str) -> Any:
    return next(each for each in message.weights if each.name == name)


def _no_root(message: Any) -> None:
    del message.objects[:]
    del message.functions[:]
    del message.signatures[:]


_DAMAGES: dict[str, Change] = {
    "no version": lambda m: m.ClearField("format_version"),
    "no objects": _no_root,
    "unknown kind of object": lambda m: setattr(_first(m, "constant"), "kind", "spaceship"),
    "child out of range": lambda m: setattr(m.objects[0].children[0], "object", 10**6),
    "negative child": lambda m: setattr(m.objects[0].children[0], "object", -1),
    "children of a variable": lambda m: _first(m, "variable").children.add(name="a", object=0),
    "weight past the end": lambda m: setattr(_named(m, "w"), "offset", 10**6),
    "weight of overflowing length": lambda m: setattr(_named(m, "w"), "length", 2**64 - 1),
    "offset that overflows": lambda m: setattr(_named(m, "w"), "offset", 2**64 - 8),
    "weight of another length": lambda m: setattr(_named(m, "w"), "length", 47),
    "weight that is not aligned": lambda m: setattr(_named(m, "w"), "offset", _named(m, "w").offset + 1),
    "weight of an unknown type": lambda m: setattr(_named(m, "w"), "dtype", 77),
    "weight of huge dims": lambda m: _named(m, "w").dims.extend([2**40, 2**40]),
    "weight of negative dims": lambda m: _named(m, "w").dims.append(-3),
    "weight of too many dims": lambda m: _named(m, "w").dims.extend([1] * 9),
    "weight in a file that is not listed": lambda m: setattr(_named(m, "w"), "file", 5),
    "weight twice": lambda m: m.weights.add().CopyFrom(_named(m, "w")),
    "weight that is not there": lambda m: m.weights.remove(_named(m, "w")),
    "weight file elsewhere": lambda m: setattr(m.weight_files[0], "name", "../weights"),
    "variable of another type": lambda m: setattr(_first(m, "variable").variable, "dtype", 5),
    "variable of another shape": lambda m: _first(m, "variable").variable.dims.append(2),
    "capture that does not exist": lambda m: _captures(m).__setitem__(0, 999),
    "capture of no tensor": lambda m: _captures(m).__setitem__(0, 0),
    "capture missing": lambda m: _captures(m).pop(),
    "captures uncounted": lambda m: setattr(_capturing(m), "num_captures", 100),
    "node that reads the future": lambda m: m.functions[0].nodes[0].inputs.append(999),
    "node with another number of inputs": lambda m: m.functions[0].nodes[-1].inputs.append(0),
    "node with another number of outputs": lambda m: m.functions[0].nodes[0].outputs.add(dtype=12),
    "node of another type": lambda m: setattr(m.functions[0].nodes[-1].outputs[0], "dtype", 5),
    "node without a name of its own": lambda m: _same_names(m.functions[0].nodes),
    "unknown attribute": lambda m: m.functions[0].nodes[0].attributes.add(name="bogus", int=3),
    "result that does not exist": lambda m: m.functions[0].outputs.append(999),
    "function twice": lambda m: m.functions.add().CopyFrom(m.functions[0]),
    "input of an unknown type": lambda m: setattr(m.functions[0].inputs[0], "dtype", 50),
    "signature of a function that does not exist": lambda m: setattr(m.signatures[0], "function", "nowhere"),
    "signature with another number of inputs": lambda m: m.signatures[0].inputs.add(name="more", dtype=12),
    "signature with a name twice": lambda m: setattr(m.signatures[0].outputs[1], "name", "logits"),
    "signature without names": lambda m: m.signatures[0].inputs[0].ClearField("name"),
    "trace that does not exist": lambda m: setattr(_trace(m), "function", "nowhere"),
    "trace without structure": lambda m: _trace(m).ClearField("inputs"),
    "trace of another structure": lambda m: _two_results(m),
    "trace whose arguments are a list": lambda m: setattr(_trace(m).inputs, "kind", "list"),
    "literal that is no JSON": lambda m: _literal(m, "{"),
    "literal of a wrong kind": lambda m: _literal(m, "[1]"),
    "dict without keys": lambda m: _trace(m).inputs.items[1].ClearField("keys"),
    "parameters that are no JSON": lambda m: _function(m).metadata.update({"parameters": "{"}),
    "parameters of a wrong kind": lambda m: _function(m).metadata.update({"parameters": "[]"}),
    "parameters that are no names": lambda m: _function(m).metadata.update({"parameters": '{"names": 3}'}),
}


def _capturing(message: Any) -> Any:
    return next(each for each in message.functions if each.num_captures > 0)


def _captures(message: Any) -> Any:
    return _capturing(message).captures


def _function(message: Any) -> Any:
    return next(each for each in message.objects if each.metadata.get("name") == "scale")


def _trace(message: Any) -> Any:
    return _function(message).concrete_functions[0]


def _same_names(nodes: Any) -> None:
    for node in nodes:
        node.name = "same"


def _two_results(message: Any) -> None:
    outputs = _trace(message).outputs
    for _ in range(2):
        outputs.items.add(kind="leaf").type.CopyFrom(outputs.type)
    outputs.kind = "tuple"


def _literal(message: Any, text: str) -> None:
    found = next(item for item in _trace(message).inputs.items[0].items if item.kind == "literal")
    found.literal = text


@pytest.mark.parametrize("what", _DAMAGES)
def test_fields_that_are_out_of_bounds(saved: Path, editor: Any, what: str) -> None:
    _DAMAGES[what](editor.message)
    editor.write()
    refused(saved, tg.errors.DataLossError, "TG-0402")


@pytest.mark.parametrize("name", ["-1", "x", "99999999999", "²", ""])
def test_lists_with_wild_numbers(saved: Path, editor: Any, name: str) -> None:
    number = len(editor.message.objects)
    editor.message.objects.add(kind="list").children.add(name=name, object=0)
    editor.message.objects[0].children.add(name="items", object=number)
    editor.write()
    refused(saved, tg.errors.DataLossError, "TG-0402", "Child.name")


def test_arbitrary_damage_gives_an_error_or_a_model(saved: Path) -> None:
    path = saved / "saved_model.pb"
    content = path.read_bytes()
    generator = random.Random(0)
    for _ in range(400):
        damaged = bytearray(content)
        for _ in range(generator.randint(1, 4)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        if generator.random() < 0.2:
            del damaged[generator.randrange(len(damaged)) :]
        path.write_bytes(damaged)
        try:
            tg.saved_model.load(saved)
        except tg.errors.Error as error:
            assert error.error_code.startswith("TG-")
