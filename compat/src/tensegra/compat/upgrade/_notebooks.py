"""Notebooks: the code of their cells as one text, and back; all else in the file stays as it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ._python2 import tokens_of

_MAGIC = re.compile(r"^\s*(?:[%!?]|\w[\w.]*\s*=\s*[%!]|[\w.]+\?{1,2}\s*$)")
_OPAQUE = re.compile(r"^\s*%%(?!time\b|timeit\b|capture\b|prun\b)")
_CELL = re.compile(r'^"tensegra-cell-(\d+)"$')
_LINE = re.compile(r'"tensegra-magic-(\d+)"')


class UnreadableNotebook(Exception):
    """The file is no notebook; the message says why."""


@dataclass
class Notebook:
    """One notebook.

    Attributes:
        content: everything that the file holds.
        code: numbers of the cells whose code is upgraded.
        magics: the lines that only IPython understands, in order.
        text: the code of all cells, with marks between cells and in the place of the lines above.
    """

    content: dict[str, Any]
    indent: int | None
    final_newline: bool
    code: list[int]
    magics: list[str]
    text: str

    def cells(self) -> list[dict[str, Any]]:
        """The cells, those of the old format with worksheets too."""
        return _cells(self.content)


def read_notebook(text: str) -> Notebook:
    """Takes a notebook apart.

    Raises:
        UnreadableNotebook: the text is not JSON or has no cells.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise UnreadableNotebook(f"it is not valid JSON ({error})") from None
    if not isinstance(content, dict) or not isinstance(_cells(content), list):
        raise UnreadableNotebook("it holds no list of cells")
    indent = re.match(r"\{\r?\n( *)", text)
    magics: list[str] = []
    parts: list[str] = []
    code: list[int] = []
    for number, cell in enumerate(_cells(content)):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = _source(cell)
        if source is None or _OPAQUE.match(source):
            continue
        code.append(number)
        parts.append(f'"tensegra-cell-{number}"\n{_without_magics(source, magics)}\n')
    length = len(indent.group(1)) if indent else None
    return Notebook(content, length, text.endswith("\n"), code, magics, "".join(parts))


def write_notebook(notebook: Notebook, text: str) -> str:
    """The notebook with the code of its cells taken from a changed text."""
    found: dict[int, list[str]] = {}
    current: list[str] = []
    before = current
    for line in text.splitlines():
        mark = _CELL.match(line)
        if mark:
            current = found.setdefault(int(mark.group(1)), [])
        else:
            current.append(line)
    lines = [line for line in before if line.strip()]
    if lines and found:
        first = min(found)
        found[first] = [*before, *found[first]]
    content: dict[str, Any] = json.loads(json.dumps(notebook.content))
    cells = _cells(content)
    for number in notebook.code:
        old = _source(cells[number]) or ""
        body = "\n".join(found.get(number, []))
        new = _LINE.sub(lambda match: notebook.magics[int(match.group(1))], body)
        new = new.strip("\n") if old == old.strip("\n") else new.rstrip("\n") + old[len(old.rstrip("\n")) :]
        if new != old:
            key = "source" if "source" in cells[number] else "input"
            listed = isinstance(cells[number][key], list)
            cells[number][key] = new.splitlines(keepends=True) if listed else new
    out = json.dumps(content, indent=notebook.indent, ensure_ascii=False)
    return out + ("\n" if notebook.final_newline else "")


def marks(text: str) -> list[str]:
    """The marks of cells in a text, in order."""
    return [line for line in text.splitlines() if _CELL.match(line)]


def cell_line(notebook: Notebook, line: int) -> tuple[int, int]:
    """The cell, counted from 1, and the line in it, of a line of the joined text."""
    cell, start = 0, 0
    for number, content in enumerate(notebook.text.splitlines()[:line], 1):
        mark = _CELL.match(content)
        if mark:
            cell, start = int(mark.group(1)) + 1, number
    return cell, line - start


def _cells(content: dict[str, Any]) -> Any:
    if "cells" in content:
        return content["cells"]
    sheets = content.get("worksheets")
    if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        return sheets[0].get("cells")
    return None


def _source(cell: dict[str, Any]) -> str | None:
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _without_magics(source: str, magics: list[str]) -> str:
    """The source with a mark in the place of each line that only IPython understands."""
    starts = _logical_starts(source)
    lines = source.split("\n")
    for number, line in enumerate(lines):
        if number in starts and _MAGIC.match(line) and not _is_python(line):
            indent = line[: len(line) - len(line.lstrip())]
            magics.append(line.strip())
            lines[number] = f'{indent}"tensegra-magic-{len(magics) - 1}"'
            following = number
            while lines[following].endswith("\\") or magics[-1].endswith("\\"):
                following += 1
                if following >= len(lines):
                    break
                magics[-1] += "\n" + lines[following]
                more = lines[following].endswith("\\")
                lines[following] = ""
                if not more:
                    break
    return "\n".join(lines)


def _is_python(line: str) -> bool:
    return (
        line.lstrip().startswith("%") is False
        and line.lstrip()[0] not in "!?"
        and "=" not in line
        and "?" not in line
    )


def _logical_starts(source: str) -> frozenset[int]:
    """Numbers of the lines at which a statement may begin: not inside of brackets or strings."""
    starts, line, fresh, joined = set(), 0, True, False
    for token in tokens_of(source):
        if fresh and token.depth == 0 and not joined:
            starts.add(line)
        fresh = False
        count = token.text.count("\n")
        line += count
        if token.kind == "newline":
            fresh, joined = True, False
        elif token.kind == "join":
            fresh, joined = True, True
    return frozenset(starts)
