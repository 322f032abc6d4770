"""Parts of the page: cells, tables, sections, its style."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STYLE = """
:root{--ink:#1d2430;--soft:#667085;--line:#e4e7ec;--good:#067647;--fair:#93600a;--bad:#b42318}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);max-width:66em;margin:2.5em auto;padding:0 1.5em}
h1{font-size:1.9em;margin:0 0 .2em}h2{margin:2.2em 0 .4em;border-bottom:2px solid var(--line);padding-bottom:.2em}
h3{margin:1.6em 0 .3em;font-size:1.05em}p,.note{color:var(--soft);margin:.3em 0 .8em}.note{font-size:.9em}
table{border-collapse:collapse;margin:.6em 0 1em;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.9em;padding-bottom:.3em}
th,td{padding:.28em .8em;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:600;font-size:.85em}th:first-child,td:first-child,.left{text-align:left}
tr.ours td{background:#f2f6ff;font-weight:600}tr.total td{border-top:2px solid var(--line);font-weight:600}
.good,.fair,.bad{font-weight:600}.good{color:var(--good)}.fair{color:var(--fair)}.bad{color:var(--bad)}
.skipped{color:var(--soft);font-style:italic;white-space:normal;text-align:left}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15em 1.2em;margin:1em 0}
dt{color:var(--soft)}dd{margin:0}img{max-width:100%;margin:.4em 0}
details{margin:.4em 0}summary{cursor:pointer;color:var(--soft)}nav a{margin-right:1em}
"""
# Columns of words.
LEFT = ("fastest peer", "system", "unit")


@dataclass(frozen=True)
class Cell:
    """Text of a table with a class of the style; `span` columns wide."""

    text: str
    kind: str = ""
    span: int = 1


def table(heads: Sequence[str], rows: Iterable[tuple[str, Sequence[Cell | str]]], caption: str = "") -> str:
    """An HTML table; a row has a class of the style and its cells."""
    parts = [f"<table>{f'<caption>{html.escape(caption)}</caption>' if caption else ''}<tr>"]
    parts += [f"<th{' class=left' if head in LEFT else ''}>{html.escape(head)}</th>" for head in heads]
    for kind, cells in rows:
        parts.append(f"</tr><tr{f' class={kind}' if kind else ''}>")
        for cell in cells:
            cell = Cell(cell) if isinstance(cell, str) else cell
            attributes = f" class={cell.kind}" if cell.kind else ""
            attributes += f" colspan={cell.span}" if cell.span > 1 else ""
            parts.append(f"<td{attributes}>{html.escape(cell.text)}</td>")
    return "".join([*parts, "</tr></table>"])


def graded(value: float, bar: float, floor: float | None = None, least: bool = True) -> Cell:
    """A figure in the color that says whether it holds its bar.

    Args:
        value: The figure; 0.0 where there is none.
        bar: What is asked.
        floor: What lies between it and the bar is fair.
        least: The bar is the least that is asked; otherwise the most.
    """
    if not value:
        return Cell("-")
    if value >= bar if least else value <= bar:
        return Cell(f"{value:.2f}", "good")
    return Cell(f"{value:.2f}", "fair" if floor is not None and value >= floor else "bad")


def definitions(items: Iterable[tuple[str, str]]) -> str:
    """A list of names with what they stand for."""
    return "<dl>" + "".join(f"<dt>{html.escape(a)}</dt><dd>{html.escape(b)}</dd>" for a, b in items) + "</dl>"


def note(text: str) -> str:
    """A paragraph of small print."""
    return f"<p class=note>{html.escape(text)}</p>"


def heading(level: int, text: str) -> str:
    """A heading that can be linked to."""
    anchor = "".join(c if c.isalnum() else "-" for c in text.lower())
    return f"<h{level} id={anchor}>{html.escape(text)}</h{level}>"


def page(title: str, parts: Iterable[str]) -> str:
    """The whole page."""
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{title}</title>"
    return f"<!doctype html><html lang=en>{head}<style>{STYLE}</style><body>\n" + "\n".join(parts) + "\n"
