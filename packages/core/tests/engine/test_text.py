"""The text form of graphs: it prints, parses back to the same, and refuses what is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

ANY = tg.TensorSpec([None, 4], tg.float32, name="x")


def text_of(f: Callable[..., Any], *specs: tg.TensorSpec) -> str:
    return str(tg.function(f).get_concrete_function(*specs).graph)


def strings(x: Any) -> Any:
    return tg.constant(["", "a'b\"c\\", "new\nline \x00\x7f", "grün"]), x


def floats(x: Any) -> Any:
    return (
        tg.nn.leaky_relu(x, alpha=0.1),
        tg.nn.leaky_relu(x, alpha=1e-300),
        tg.constant([np.nan, -0.0, np.inf]),
    )


def constants(x: Any) -> Any:
    values = [
        tg.constant(np.arange(5).astype(kind)) for kind in ("int8", "uint64", "float64", "bool", "complex64")
    ]
    return [x, tg.zeros([0, 3]), *values]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "elementwise": lambda x: tg.exp(x) * 2.0 - x,
    "ints": lambda x: tg.reduce_sum(tg.reduce_max(x, axis=[1], keepdims=True)),
    "absent": lambda x: (tg.reduce_sum(x), tg.transpose(x), tg.squeeze(tg.expand_dims(x, 0), axis=0)),
    "dtypes": lambda x: (tg.cast(x, tg.float64), tg.shape(x, out_type=tg.int64), tg.argmax(x, axis=-1)),
    "lists": lambda x: tg.concat([x, x, x], axis=1),
    "strings_as_attributes": lambda x: tg.nn.max_pool2d(tg.reshape(x, [1, -1, 4, 1]), 2, 2, "SAME"),
    "several_results": lambda x: tg.math.top_k(x, 2),
    "indexing": lambda x: x[:, 1:3, tg.newaxis],
    "strings": strings,
    "floats": floats,
    "constants": constants,
    "nothing": lambda x: (),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_printed_parses_back(name: str) -> None:
    text = text_of(FUNCTIONS[name], ANY)
    parsed = _native.Function.parse(text)
    parsed.verify()
    assert parsed.text() == text
    x = tg.constant(np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32))
    expected = tg.nest.flatten(FUNCTIONS[name](x))
    got = parsed.call([x])
    assert len(got) == len(expected)
    for result, reference in zip(got, expected):
        np.testing.assert_array_equal(result, reference)
        assert result.dtype == reference.dtype


def test_names_and_source_lines_are_in_it() -> None:
    text = text_of(lambda x: tg.exp(x), ANY)
    assert text.startswith('function "')
    assert '# "exp:0"' in text
    assert "test_text.py:" in text


def test_captures_are_printed_but_not_read() -> None:
    v = tg.Variable([1.0, 2.0, 3.0, 4.0])
    text = text_of(lambda x: x + v, ANY)
    assert "= capture resource[]" in text
    assert "read_variable" in text
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"captures.*line \d+.*TG-0306"):
        _native.Function.parse(text)


GOOD = """function "f" {
  %0 = input "x" float32[-2, 4]
  %1 = exp(%0) -> float32[-2, 4]  # "exp:0" here.py:3
  %2 = reduce_sum(%1) {axis: [1]} -> float32[-2]  # "reduce_sum:0"
  return %2
}
"""


def test_the_grammar_accepts_it_written_by_hand() -> None:
    assert _native.Function.parse(GOOD).text() == GOOD


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("function", "fun", 1),
        ('"f" {', '"f"', 2),
        ('"f" {', '"f', 2),
        ("%0 = input", "%1 = input", 2),
        ('"x" float32', '"x" float33', 2),
        ("float32[-2, 4]\n", "float32[-2, 4\n", 3),
        ("float32[-2, 4]\n", "float32[-2, four]\n", 2),
        ("exp(%0)", "exp(%1)", 3),
        ("exp(%0)", "exp(%9)", 3),
        ("exp(%0)", "exp(0)", 3),
        ("exp(%0)", "exp %0", 3),
        ("%1 = exp", "%1, %2 = exp", 3),
        ("{axis: [1]}", "{axes: [1]}", 4),
        ("{axis: [1]}", "{axis: [1}", 4),
        ("{axis: [1]}", "{axis: 1}", 4),
        ("{axis: [1]}", "{axis [1]}", 4),
        ("return %2", "return %7", 5),
        ("return %2", "return 2", 5),
        ("\n}\n", "\n", 6),
        ("}\n", "} more", 6),
        ("-> float32[-2]", "-> floaty[-2]", 4),
        ("-2, 4]  #", "-2, 99999999999999999999]  #", 3),
    ],
)
def test_an_error_gives_the_line(old: str, new: str, line: int) -> None:
    assert old in GOOD
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0306") as caught:
        _native.Function.parse(GOOD.replace(old, new, 1))
    assert f"line {line}" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("exp(%0)", "expp(%0)", "TG-0112"),
        ("exp(%0)", "exp(%0, %0)", "TG-0110"),
        ('input "x" float32', 'input "x" bool', "TG-0102"),
        ("{axis: [1]}", "{axis: [2]}", "TG-0104"),
        # verify: what it says of its types contradicts inference
        ("-> float32[-2]", "-> float32[-2, 4]", "TG-0301"),
        ("-> float32[-2]", "-> float64[-2]", "TG-0301"),
        ("exp(%0) -> float32[-2, 4]", "exp(%0) -> float32[-2, 5]", "TG-0301"),
        # names are unique
        ("reduce_sum:0", "exp:0", "TG-0301"),
        # composites are expanded before they enter a graph
        ("reduce_sum(%1) {axis: [1]} -> float32[-2]", "reduce_std(%1) -> float32[]", "TG-0301"),
        ("float32[-2, 4]\n", "float32[-9223372036854775808, 4]\n", "TG-0109"),
    ],
)
def test_a_broken_graph_is_refused(old: str, new: str, code: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    with pytest.raises(tg.errors.Error, match=code):
        _native.Function.parse(text)


def test_mutations_never_crash() -> None:
    text = text_of(strings, ANY) + text_of(FUNCTIONS["indexing"], ANY)
    text = text.replace("captures", "")
    generator = np.random.default_rng(5)
    accepted = 0
    for _ in range(2000):
        start = text.index("function", 1) if generator.integers(2) else 0
        chars = list(text[start:] if start else text[: text.index("function", 1)])
        for _ in range(generator.integers(1, 4)):
            at = int(generator.integers(len(chars)))
            match generator.integers(3):
                case 0:
                    chars[at] = chr(generator.integers(32, 127))
                case 1:
                    del chars[at]
                case _:
                    chars.insert(at, chars[int(generator.integers(len(chars)))])
        try:
            _native.Function.parse("".join(chars)).verify()
            accepted += 1
        except tg.errors.Error as error:
            assert error.error_code.startswith("TG-")
    assert accepted < 2000


def test_a_message_with_a_composite_is_refused() -> None:
    data = _native.Function.parse(GOOD).serialize()
    assert _native.Function.deserialize(data, []).text() == GOOD
    with pytest.raises(tg.errors.DataLossError, match="composite.*TG-0402"):
        _native.Function.deserialize(data.replace(b"reduce_sum", b"reduce_std"), [])


def test_damaged_messages_never_crash() -> None:
    data = _native.Function.parse(text_of(constants, ANY)).serialize()
    generator = np.random.default_rng(6)
    refused = 0
    for _ in range(2000):
        damaged = bytearray(data)
        for _ in range(generator.integers(1, 4)):
            damaged[int(generator.integers(len(damaged)))] = int(generator.integers(256))
        try:
            _native.Function.deserialize(
                bytes(damaged[: int(generator.integers(1, len(data) + 1))]), []
            ).verify()
        except tg.errors.Error as error:
            assert error.error_code.startswith("TG-")
            refused += 1
    assert refused > 1000
