"""Which changes of a line break those who rely on it."""

from __future__ import annotations

import pytest

from tensegra_devtools._compatible import breaks, layout_change, op_needs_version
from tensegra_devtools._golden import Change, Line


def _reason(contract: str, old: str, new: str) -> str:
    symbol = f"{contract}:x"
    return breaks(Change(Line("core", "f", symbol, old), Line("core", "f", symbol, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(x: int)", "(x: float)"),
        ("(x: int)", "(x: int, y: int = 1)"),
        ("(x: int)", "(x: int, *, y: int = 1)"),
        ("(x: int)", "(x: int = 1)"),
        ("(x: int)", "(x: int, *args: int, **kwargs: int)"),
        ("(x, /)", "(x)"),
        ("(*, a=1, b=2)", "(*, b=2, a=1)"),
        ("(*, a=1)", "(a=1)"),
        ("(x) -> int", "(x) -> float"),
        ("(*, a)", "(*, a=1)"),
    ],
)
def test_compatible_signatures(old: str, new: str) -> None:
    assert _reason("py", f"def f{old}", f"def f{new}") == ""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("(x)", "()", "the parameter 'x' is gone"),
        ("(x)", "(y)", "the parameter 'x' is gone"),
        ("(x, y)", "(y, x)", "the parameter 'x' moved"),
        ("(x, y)", "(z, x, y)", "the parameter 'x' moved"),
        ("(x)", "(*, x)", "the parameter 'x' moved"),
        ("(x)", "(x, y)", "the new parameter 'y' has no default"),
        ("(x)", "(x, *, y)", "the new parameter 'y' has no default"),
        ("(x=1)", "(x=2)", "the default of 'x' was 1 and is 2"),
        ("(x=1)", "(x)", "the parameter 'x' became required"),
        ("(x)", "(x, /)", "'x' can no longer be given by name"),
        ("(*, a=1)", "(*, b=1)", "the parameter 'a' is gone"),
        ("(*, a=1)", "(*, a=2)", "the default of 'a' was 1 and is 2"),
        ("(*args)", "()", "*args is gone"),
        ("(**kwargs)", "()", "**kwargs is gone"),
    ],
)
def test_breaking_signatures(old: str, new: str, reason: str) -> None:
    assert _reason("py", f"def f{old}", f"def f{new}") == reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("def f(x)", "classmethod f(x)", "a def became a classmethod"),
        ("class A(B, C)", "class A(C)", "the base B is gone"),
        ("class A(B)", "class A(B, C)", ""),
        ("attribute a: int = 1", "attribute a: int = 2", "the value 1 became 2"),
        ("attribute a: int = 1", "attribute a: float = 1", ""),
        ("property p: int (writable)", "property p: int", "it can no longer be set"),
        ("property p: int", "property p: int (writable)", ""),
    ],
)
def test_other_python_lines(old: str, new: str, reason: str) -> None:
    assert _reason("py", old, new) == reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("option t.--a", "argument t.--a", "the option became an argument"),
        ("option t.--a A", "option t.--a A required", "it became required"),
        ("option t.--a A = 1", "option t.--a A = 2", "the default was 1 and is 2"),
        ("option t.--a (-a) A", "option t.--a A", "-a is gone"),
        ("option t.--a A {x,y}", "option t.--a A {x}", "y is gone"),
        ("option t.--a A {x}", "option t.--a A {x,y}", ""),
        ("option t.--a A", "option t.--a B", ""),
        ("option t.--a", "option t.--a A", "it takes other values"),
        ("argument t.A", "argument t.A nargs=+", "it takes other values"),
    ],
)
def test_command_lines(old: str, new: str, reason: str) -> None:
    assert _reason("cli", old, new) == reason


def test_removed_and_added() -> None:
    line = Line("core", "f", "py:x", "def x()")
    assert breaks(Change(line, None)) == "it is gone"
    assert breaks(Change(None, line)) == ""


def test_message_fields() -> None:
    assert _reason("format", "A.b = 1 int32", "A.b = 2 int32") == "the number 1 became 2"
    assert _reason("format", "A.b = 1 int32", "A.b = 1 int64") == "the type 'int32' became 'int64'"
    assert _reason("format", "A.b = 1 int32", "A.b = 1 int32 oneof c") != ""


OP = '{"signature": "f(x: T) -> T", "types": "T: float32 int32", "version": 1, "effects": [], "names": ["f", "g"]}'


def test_ops() -> None:
    assert op_needs_version(OP, OP.replace("float32 int32", "float32 int32 int64")) == ""
    assert op_needs_version(OP, OP.replace(" int32", "")) == "the types int32 are gone"
    assert "signature" in op_needs_version(OP, OP.replace("f(x: T)", "f(y: T)"))
    assert "effects" in op_needs_version(OP, OP.replace("[]", '["writes"]'))
    assert (
        op_needs_version(OP, OP.replace("f(x: T)", "f(y: T)").replace('"version": 1', '"version": 2')) == ""
    )
    assert op_needs_version(OP, OP.replace('"version": 1', '"version": 0')) == "version 1 became 0"
    assert _reason("op", OP, OP.replace(', "g"', "")) == "the name g is gone"


def _lines(text: str) -> list[Line]:
    rows = [line.split() for line in text.strip().splitlines()]
    names = ["version" if row[0] == "version" else row[1] for row in rows]
    return [Line("core", "c_layout.txt", f"c:{name}", " ".join(row)) for name, row in zip(names, rows)]


LAYOUT = """
version 1.0
struct s size=16 align=8
field s.struct_size offset=0 size=8 type=size_t
field s.a offset=8 size=8 type=int64_t
"""


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("", "", "same"),
        ("version 1.0", "version 1.1", "same"),
        ("size=16 align=8\n", "size=24 align=8\nfield s.b offset=16 size=8 type=int64_t\n", "appended"),
        ("field s.a", "value TG_X = 1\nfield s.a", "appended"),
        ("size=16 align=8\n", "size=16 align=8\nfield s.b offset=8 size=8 type=int64_t\n", "broken"),
        ("size=16", "size=32", "broken"),
        ("type=int64_t", "type=double", "broken"),
        ("field s.a offset=8 size=8 type=int64_t\n", "", "broken"),
    ],
)
def test_layouts(old: str, new: str, verdict: str) -> None:
    assert layout_change(_lines(LAYOUT), _lines(LAYOUT.replace(old, new)))[0] == verdict


def test_a_struct_that_does_not_say_its_size_cannot_grow() -> None:
    old = "struct s size=8 align=8\nfield s.a offset=0 size=8 type=int64_t"
    new = "struct s size=16 align=8\nfield s.a offset=0 size=8 type=int64_t\nfield s.b offset=8 size=8 type=int64_t"
    assert layout_change(_lines(old), _lines(new))[0] == "broken"
