"""Draws the functions of a saved model as an SVG image: a box for each node, in layers from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from ._facts import dtype_name
from ._messages import read

_MOST = 2000
"""So many nodes of a function are drawn; nobody sees anything in a picture with more."""
_WIDTH, _HEIGHT, _GAP_X, _GAP_Y = 150, 34, 14, 34


def picture(directory: str) -> str:
    """The functions of a model, one below the other, as the text of an SVG file.

    Raises:
        tg.errors.Error: It cannot be read; see `tg.saved_model.load`.
    """
    message = read(directory)
    parts: list[str] = []
    top = width = 0
    for function in _in_order(message):
        body, wide, high = _drawn(function, top)
        parts += body
        top += high + 40
        width = max(width, wide)
    style = (
        "text{font:11px sans-serif;text-anchor:middle}.t{font-size:14px;font-weight:bold;text-anchor:start}"
        ".n{fill:#e8f0fe;stroke:#4a6fa5}.i{fill:#e6f4ea;stroke:#3b7a57}.o{fill:#fef7e0;stroke:#b08900}"
        ".e{fill:none;stroke:#888}.s{font-size:9px;fill:#555}"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{max(width, 300)}" height="{max(top, 60)}">'
    return "\n".join([head, f"<style>{style}</style>", *parts, "</svg>"]) + "\n"


def _in_order(message: Any) -> Iterator[Any]:
    """Functions of signatures first; functions that attributes hold after those that hold them."""
    first = [signature.function for signature in message.signatures]
    pending = sorted(message.functions, key=lambda each: each.name not in first)
    while pending:
        function = pending.pop(0)
        yield function
        pending = [*function.functions, *pending]


def _drawn(function: Any, top: int) -> tuple[list[str], int, int]:
    # A box: its text, a second line, its class, the boxes it reads.
    boxes: list[tuple[str, str, str, list[int]]] = []
    makers: list[int] = []  # of each value, its box
    inputs = len(function.inputs) - function.num_captures
    for index, value in enumerate(function.inputs):
        name = value.name or ("input" if index < inputs else "captured")
        makers.append(len(boxes))
        boxes.append((name, _type(value), "i", []))
    for node in function.nodes[:_MOST]:
        sources = sorted({makers[value] for value in node.inputs if 0 <= value < len(makers)})
        makers += [len(boxes)] * len(node.outputs)
        second = ", ".join(_type(value) for value in node.outputs[:2])
        boxes.append((node.op, second, "n", sources))
    for index, value in enumerate(function.outputs):
        if 0 <= value < len(makers):
            boxes.append((f"result {index}", "", "o", [makers[value]]))
    layers: list[list[int]] = []
    depth: list[int] = []
    for number, (*_, sources) in enumerate(boxes):
        level = max((depth[source] + 1 for source in sources), default=0)
        depth.append(level)
        while len(layers) <= level:
            layers.append([])
        layers[level].append(number)
    places: dict[int, tuple[int, int]] = {}
    widest = max((len(layer) for layer in layers), default=1)
    for level, layer in enumerate(layers):
        # Boxes stand below what they read, as far as there is room.
        layer.sort(key=lambda number: _middle(number, boxes, places))
        offset = (widest - len(layer)) * (_WIDTH + _GAP_X) // 2 + 10
        for column, number in enumerate(layer):
            places[number] = offset + column * (_WIDTH + _GAP_X), top + 30 + level * (_HEIGHT + _GAP_Y)
    more = len(function.nodes) - _MOST
    title = function.name + (f" (the first {_MOST} nodes; {more} more)" if more > 0 else "")
    parts = [f'<text class="t" x="10" y="{top + 18}">{_safe(title)}</text>']
    for number, (*_, sources) in enumerate(boxes):
        x, y = places[number]
        for source in sources:
            a, b = places[source][0] + _WIDTH // 2, places[source][1] + _HEIGHT
            c, m = x + _WIDTH // 2, (b + y) // 2
            parts.append(f'<path class="e" d="M{a} {b}C{a} {m} {c} {m} {c} {y}"/>')
    for number, (text, second, kind, _) in enumerate(boxes):
        x, y = places[number]
        parts.append(f'<rect class="{kind}" x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="5"/>')
        parts.append(f'<text x="{x + _WIDTH // 2}" y="{y + 15}">{_safe(text, 24)}</text>')
        parts.append(f'<text class="s" x="{x + _WIDTH // 2}" y="{y + 28}">{_safe(second, 32)}</text>')
    return parts, widest * (_WIDTH + _GAP_X) + 20, 30 + len(layers) * (_HEIGHT + _GAP_Y)


def _middle(
    number: int, boxes: list[tuple[str, str, str, list[int]]], places: dict[int, tuple[int, int]]
) -> float:
    sources = [places[source][0] for source in boxes[number][3]]
    return sum(sources) / len(sources) if sources else float(number)


def _type(value: Any) -> str:
    if value.unknown_rank:
        return f"{dtype_name(value.dtype)} ..."
    sizes = ", ".join(str(size) if size >= 0 else "?" for size in value.dims)
    return f"{dtype_name(value.dtype)} [{sizes}]"


def _safe(text: str, most: int = 200) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return escape(shown if len(shown) <= most else shown[: most - 1] + "\u2026")
