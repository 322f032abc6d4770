"""Saved functions that hold functions: damaged and hostile ones are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tensegra as tg
from tensegra._saved_model._messages import message_class


def saved(directory: Path) -> Any:
    module = tg.Module()
    module.run = tg.function(
        lambda x: tg.while_loop(
            lambda i, y: i < 3,
            lambda i, y: (i + 1, tg.cond(y[0] > 2.0, lambda: y - 1.0, lambda: y * 2.0)),
            (0, x),
        )[1],
        input_signature=[tg.TensorSpec([None], tg.float32)],
    )
    tg.saved_model.save(module, directory, signatures=module.run)
    message = message_class("SavedModel")()
    message.ParseFromString((directory / "saved_model.pb").read_bytes())
    return message


def loop_of(message: Any) -> Any:
    return next(node for node in message.functions[0].nodes if node.op == "while")


def attribute(node: Any, name: str) -> Any:
    return next(each for each in node.attributes if each.name == name)


def body_of(message: Any) -> Any:
    name = attribute(loop_of(message), "body").function
    return next(function for function in message.functions[0].functions if function.name == name)


def test_what_a_model_needs_counts_what_is_inside(tmp_path: Path) -> None:
    message = saved(tmp_path)
    assert {"while", "cond", "subtract"} <= {op.name for op in message.required_ops}
    assert len(message.functions[0].functions) == 2
    loaded = tg.saved_model.load(tmp_path)
    assert loaded.run(tg.constant([1.0])).numpy().tolist() == [3.0]


def _cycle(message: Any) -> None:
    attribute(loop_of(message), "body").function = message.functions[0].name


def _inner_cycle(message: Any) -> None:
    body = body_of(message)
    node = next(node for node in body.nodes if node.op == "cond")
    attribute(node, "then_branch").function = body.name


def _no_function(message: Any) -> None:
    attribute(loop_of(message), "body").function = "nobody"


def _another_kind(message: Any) -> None:
    attribute(loop_of(message), "body").int = 3


def _swapped(message: Any) -> None:
    loop = loop_of(message)
    test, body = attribute(loop, "cond"), attribute(loop, "body")
    test.function, body.function = body.function, test.function


def _too_many_loop_variables(message: Any) -> None:
    attribute(loop_of(message), "num_loop").int = 1000


def _recorded(message: Any) -> None:
    more = loop_of(message).attributes.add(name="recorded")
    more.ints.values.extend([1 << 40, -1])


def _twice(message: Any) -> None:
    message.functions[0].functions.add().CopyFrom(body_of(message))


def _captures(message: Any) -> None:
    body_of(message).num_captures = 1


def _another_dtype(message: Any) -> None:
    body_of(message).inputs[1].dtype = 13


def _fewer_outputs(message: Any) -> None:
    del loop_of(message).outputs[-1]


def _deep(message: Any) -> None:
    function = body_of(message)
    for _ in range(60):
        function = function.functions.add(name="deep")


@pytest.mark.parametrize(
    "change",
    [
        _cycle, _inner_cycle, _no_function, _another_kind, _swapped, _too_many_loop_variables, _recorded, _twice,
        _captures, _another_dtype, _fewer_outputs, _deep,
    ],
)  # fmt: skip
def test_damaged_functions(tmp_path: Path, change: Callable[[Any], None]) -> None:
    message = saved(tmp_path)
    change(message)
    (tmp_path / "saved_model.pb").write_bytes(message.SerializeToString())
    with pytest.raises(tg.errors.DataLossError, match="TG-0402"):
        tg.saved_model.load(tmp_path)


def test_the_text_form_is_checked() -> None:
    from tensegra import _native

    text = (
        tg.function(lambda x: tg.cond(x > 0.0, lambda: x, lambda: -x))
        .get_concrete_function(tg.TensorSpec([]))
        .graph
    )
    assert _native.Function.parse(text).text() == text
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0306"):
        _native.Function.parse(text.replace('then_branch: function "', 'then_branch: funktion "'))
    nested = 'function "f" {\n%0 = input "x" bool[]\n%1 = cond(%0) {then_branch: ' * 70
    with pytest.raises(tg.errors.Error, match="TG-0306"):
        _native.Function.parse(nested)
