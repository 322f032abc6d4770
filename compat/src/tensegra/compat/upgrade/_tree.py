"""Walks syntax trees quickly: libcst's own `children` copies each node that it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache

import libcst as cst

# Fields that hold nothing but white space and punctuation.
_TRIVIA = (
    "whitespace",
    "leading_",
    "lines_",
    "trailing_",
    "header",
    "footer",
    "indent",
    "default_",
    "newline",
)
_MARKS = frozenset(
    ["lpar", "rpar", "comma", "semicolon", "equal", "lbracket", "rbracket", "lbrace", "rbrace", "dot"]
)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    names = [f.name for f in fields(kind) if not f.name.startswith(_TRIVIA) and f.name not in _MARKS]
    if kind is cst.FunctionDef:
        names.sort(key=lambda name: name != "decorators")
    if kind is cst.ClassDef:
        names.sort(key=lambda name: name == "body")
    if kind is cst.IfExp:
        names.sort(key=("body", "test", "orelse").index)
    return tuple(names)


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The nodes right below one, in source order, without white space and punctuation."""
    found: list[cst.CSTNode] = []
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += [item for item in value if isinstance(item, cst.CSTNode)]
    return found


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and everything below it, in source order."""
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        stack += reversed(children(part))
