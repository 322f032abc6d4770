"""The golden of a protobuf schema: `api/proto_fields.txt`, one line per field, value and reserved number.

SavedModel.format_version = 1 int32
SavedModel reserved 13
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r'"[^"]*"|[A-Za-z_][\w.]*|-?\d+|[{}=;<>,\[\]]')


def dump(text: str) -> str:
    """Returns the golden of a `.proto` file."""
    tokens = _TOKEN.findall(_COMMENT.sub("", text))
    return "".join(f"{line}\n" for line in sorted(_block(tokens, [], ""), key=_order))


def _order(line: str) -> tuple[str, int, str]:
    number = re.search(r"(?:= |reserved )(-?\d+)", line)
    name, second = line.split(" ")[:2]
    return name if second == "reserved" else name.rpartition(".")[0], int(number[1]) if number else 0, line


def _block(tokens: list[str], path: list[str], oneof: str) -> Iterator[str]:
    while tokens:
        token = tokens.pop(0)
        if token == "}":
            return
        if token in ("message", "enum"):
            name = tokens.pop(0)
            tokens.pop(0)
            yield from _block(tokens, [*path, name], "")
        elif token == "oneof":
            name = tokens.pop(0)
            tokens.pop(0)
            yield from _block(tokens, path, name)
        else:
            statement = [token]
            while tokens and tokens[0] != ";":
                statement.append(tokens.pop(0))
            del tokens[:1]
            yield from _statement(statement, ".".join(path), oneof)


def _statement(words: list[str], message: str, oneof: str) -> Iterator[str]:
    if not message or words[0] == "option":
        return
    if words[0] == "reserved":
        yield from _reserved(words[1:], message)
        return
    if "=" not in words:
        return
    at = words.index("=")
    kind = "".join(words[: at - 1]).replace("repeated", "repeated ").replace("optional", "optional ")
    kind = kind.replace(",", ", ") or "value"
    inside = f" oneof {oneof}" if oneof else ""
    yield f"{message}.{words[at - 1]} = {words[at + 1]} {kind}{inside}"


def _reserved(words: list[str], message: str) -> Iterator[str]:
    text = " ".join(word for word in words if word != ",")
    for match in re.finditer(r"(\d+) to (\d+)|(\d+)", text):
        first = int(match[1] or match[3])
        for number in range(first, int(match[2] or first) + 1):
            yield f"{message} reserved {number}"
