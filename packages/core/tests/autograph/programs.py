"""Random programs of the constructs that AutoGraph converts."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

_numbers = itertools.count()
VARIABLES = ("x", "y", "z")


def compiled(source: str, **names: Any) -> Callable[..., Any]:
    """The function `f` of a program whose source is found as in a notebook."""
    filename = f"<program {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = dict(names)
    exec(compile(source, filename, "exec"), namespace)
    return namespace["f"]  # type: ignore[no-any-return]


def _expression(extra: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*VARIABLES, *extra, "1", "2", "3"])
    return st.one_of(
        leaves,
        st.builds("({} + {})".format, leaves, leaves),
        st.builds("({} - {})".format, leaves, leaves),
        st.builds("({} * {} % 11)".format, leaves, leaves),
        st.builds("({} if {} > {} else {})".format, leaves, leaves, leaves, leaves),
        st.builds("max({}, {})".format, leaves, leaves),
        st.builds("helper({})".format, leaves),
    )


def _test(extra: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*VARIABLES, *extra, "1", "2"])
    simple = st.one_of(
        st.builds("{} < {}".format, leaves, leaves),
        st.builds("{} % 2 == 0".format, leaves),
        st.builds("{} < {} <= {}".format, leaves, leaves, leaves),
    )
    return st.one_of(
        simple,
        st.builds("not {}".format, simple),
        st.builds("{} and {}".format, simple, simple),
        st.builds("({} or {}) and {}".format, simple, simple, simple),
    )


@st.composite
def _block(draw: Any, depth: int, in_loop: bool, loose: bool, extra: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(_statement(depth, in_loop, loose, extra))
    return lines


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@st.composite
def _statement(draw: Any, depth: int, in_loop: bool, loose: bool, extra: tuple[str, ...]) -> list[str]:
    kinds = ["assign", "assign", "augmented"]
    if depth:
        kinds += ["if", "if", "while", "for", "for", "with"]
    if loose:
        kinds += ["maybe", "log", "try", "del"] if depth else ["log"]
    if in_loop:
        kinds += ["break", "continue"]
    kinds.append("return")
    kind = draw(st.sampled_from(kinds))
    inner = lambda loop=in_loop, more=(): draw(_block(depth - 1, loop, loose, (*extra, *more)))
    if kind == "assign":
        return [f"{draw(st.sampled_from(VARIABLES))} = {draw(_expression(extra))}"]
    if kind == "augmented":
        return [f"{draw(st.sampled_from(VARIABLES))} += {draw(_expression(extra))}"]
    if kind == "maybe":
        name = draw(st.sampled_from(("p", "q")))
        return [f"if {draw(_test(extra))}:", f"    {name} = {draw(_expression(extra))}", f"x = {name} + x"]
    if kind == "log":
        return [f"log.append({draw(_expression(extra))})"]
    if kind == "del":
        return ["t = 1", *["if y > 1:", "    del t"], *inner(), "x += t"]
    if kind == "try":
        body = inner()
        return [
            "try:",
            *_indented(body),
            "    x = x // (y % 2)",
            "except ZeroDivisionError:",
            "    x += 5",
            "finally:",
            "    y += 1",
        ]
    if kind == "with":
        return ["with context():", *_indented(inner())]
    if kind == "if":
        lines = [f"if {draw(_test(extra))}:", *_indented(inner())]
        if draw(st.booleans()):
            lines += [f"elif {draw(_test(extra))}:", *_indented(inner())]
        if draw(st.booleans()):
            lines += ["else:", *_indented(inner())]
        return lines
    if kind == "while":
        fuel = f"n{depth}{draw(st.integers(0, 99))}"
        lines = [f"{fuel} = 0", f"while {draw(_test(extra))} and {fuel} < 4:", f"    {fuel} += 1"]
        lines += _indented(inner(True))
        if draw(st.booleans()):
            lines += ["else:", *_indented(inner())]
        return lines
    if kind == "for":
        index = f"i{depth}"
        count = draw(st.sampled_from(["range(3)", "range(y % 4)", "range(1, 5, 2)"]))
        if loose:
            count = draw(st.sampled_from([count, "[3, 1, 2]"]))
        lines = [f"for {index} in {count}:", *_indented(inner(True, (index,)))]
        if draw(st.booleans()):
            lines += ["else:", *_indented(inner())]
        return lines
    if kind in ("break", "continue"):
        return [f"if {draw(_test(extra))}:", f"    {kind}"]
    return [f"if {draw(_test(extra))}:", f"    return {draw(_expression(extra))}"]


def programs(loose: bool) -> st.SearchStrategy[str]:
    """Sources of functions `f` of three integers.

    Args:
        loose: Whether they may do what only Python can: read variables without a value, catch exceptions.
    """
    return st.builds(
        lambda lines, result: "\n".join(["def f(x, y, z):", *_indented(lines), f"    return {result}", ""]),
        _block(3, False, loose, ()),
        st.sampled_from(["x", "x + y * 2 + z", "(x, y, z)" if loose else "x - z"]),
    )
