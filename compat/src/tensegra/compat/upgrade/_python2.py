"""Turns the syntax of Python 2 into that of Python 3, token by token, so that everything else keeps its form.

What needs more than tokens (names, methods, division) is done afterwards on the tree, in `_python2_names.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r'''(?P<string>[uUbBrR]{0,2}(?:"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<comment>\#[^\r\n]*)
    |(?P<number>0[xXbBoO][\da-fA-F_]+[lL]?|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[jJlL]?)
    |(?P<name>\w+)
    |(?P<join>\\(?:\r\n?|\n))
    |(?P<newline>\r\n?|\n)
    |(?P<space>[ \t\f]+)
    |(?P<op><>|\*\*=?|//=?|>>=?|<<=?|[-+*/%&|^=<>!]=|->|.)''',
    re.DOTALL | re.VERBOSE,
)
_COMPOUND = frozenset(
    ["if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class"]
)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_BLANK = frozenset({"space", "join", "newline", "comment"})
_NOT_PRINTED = frozenset(["=", ".", ",", ":", ")", "]", "+=", "in", "is", "and", "or", "if"])


@dataclass
class Token:
    """One token and how deep in brackets it stands."""

    kind: str
    text: str
    depth: int = 0


def tokens_of(text: str) -> list[Token]:
    """All tokens of a text; put together they are the text."""
    found, depth, ticks = [], 0, 0
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup or "op", match.group()
        if kind == "op" and word in _CLOSE:
            depth = max(depth - 1, 0)
        found.append(Token(kind, word, depth))
        if kind == "op" and word in _OPEN:
            depth += 1
        elif kind == "op" and word == "`":
            ticks += 1
    return found


def convert_syntax(text: str) -> str:
    """Python 2 syntax as Python 3 syntax.

    >>> convert_syntax("print 'a', 1/2\\nexcept_ = 0777L\\n")
    "print('a', 1/2)\\nexcept_ = 0o777\\n"
    """
    tokens = tokens_of(_expanded(text))
    _literals(tokens)
    _parameters(tokens)
    for start, end in list(_statements(tokens)):
        _statement(tokens, start, end)
    return "".join(token.text for token in tokens)


def _expanded(text: str) -> str:
    """Indentation with tabs as Python 2 counts it, where tabs and spaces are mixed."""
    starts = re.findall(r"^([ \t]+)\S", text, re.MULTILINE)
    if not (any("\t" in s for s in starts) and any(" " in s for s in starts)):
        return text
    return re.sub(r"^[ \t]+", lambda match: match.group().expandtabs(8), text, flags=re.MULTILINE)


def _literals(tokens: list[Token]) -> None:
    opened = False
    for token in tokens:
        if token.kind == "number":
            word = token.text.rstrip("lL")
            if re.fullmatch(r"0\d+", word) and word.strip("0"):
                word = "0o" + word[1:]
            elif re.fullmatch(r"0+", word):
                word = "0"
            token.text = word
        elif token.kind == "string" and token.text[:2].lower() == "ur":
            token.text = token.text[1:]
        elif token.text == "<>":
            token.text = "!="
        elif token.kind == "op" and token.text == "`":
            token.text = ")" if opened else "repr("
            opened = not opened


def _significant(tokens: list[Token], start: int, end: int) -> list[int]:
    return [i for i in range(start, end) if tokens[i].kind not in _BLANK]


def _statements(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Beginning and end of every simple statement, and of the heads of compound ones."""
    start, fresh, lambdas, compound = 0, True, 0, False
    for i, token in enumerate(tokens):
        if fresh and token.kind not in _BLANK:
            start, fresh, lambdas = i, False, 0
            compound = token.text in _COMPOUND
        if fresh or token.depth:
            continue
        if token.text == "lambda":
            lambdas += 1
        ends_head = token.text == ":" and compound and not lambdas
        if token.text == ":" and lambdas:
            lambdas -= 1
        if token.kind in ("newline", "comment") or token.text == ";" or ends_head:
            yield start, i
            fresh = True
            if ends_head:
                compound = False
    if not fresh:
        yield start, len(tokens)


def _statement(tokens: list[Token], start: int, end: int) -> None:
    word = tokens[start].text
    if word == "print":
        _print(tokens, start, end)
    elif word == "exec":
        _exec(tokens, start, end)
    elif word == "raise":
        _raise(tokens, start, end)
    elif word == "except":
        commas = _top_commas(tokens, start + 1, end)
        if commas:
            tokens[commas[0]].text = " as"
            if commas[0] + 1 < end and tokens[commas[0] + 1].kind != "space":
                tokens[commas[0]].text = " as "


def _top_commas(tokens: list[Token], start: int, end: int) -> list[int]:
    level = tokens[start - 1].depth
    return [i for i in range(start, end) if tokens[i].text == "," and tokens[i].depth == level]


def _matching(tokens: list[Token], opening: int, end: int) -> int:
    level = tokens[opening].depth
    return next(
        (i for i in range(opening + 1, end) if tokens[i].depth == level and tokens[i].text in _CLOSE), end - 1
    )


def _print(tokens: list[Token], start: int, end: int) -> None:
    inner = _significant(tokens, start + 1, end)
    if not inner:
        tokens[start].text = "print()"
        return
    first, last = inner[0], inner[-1]
    if tokens[first].text in _NOT_PRINTED:
        return
    if tokens[first].text == "(" and _matching(tokens, first, end) == last:
        listed = any(t.text == "," and t.depth == tokens[first].depth + 1 for t in tokens[first:last])
        keyword = any(
            t.text == "=" and t.depth == tokens[first].depth + 1 for t in tokens[first:last]
        )  # print(x, file=f): the function already
        if listed and not keyword:
            tokens[first].text, tokens[last].text = "((", "))"
        return
    gap = first - 1 if tokens[first - 1].kind == "space" else None
    if gap is not None and gap > start:
        tokens[gap].text = ""
    closing = ")"
    if tokens[first].text == ">>":
        commas = _top_commas(tokens, first + 1, end)
        stop = commas[0] if commas else last + 1
        target = "".join(t.text for t in tokens[first + 1 : stop]).strip()
        closing = f", file={target})" if commas and commas[0] != last else f"file={target})"
        for token in tokens[first : stop + (1 if commas else 0)]:
            token.text = ""
        if commas and commas[0] + 1 < end and tokens[commas[0] + 1].kind == "space":
            tokens[commas[0] + 1].text = ""
    if tokens[last].text == ",":
        tokens[last].text = ""
        closing = ', end=" "' + closing
    tokens[start].text = "print("
    tokens[last].text += closing


def _exec(tokens: list[Token], start: int, end: int) -> None:
    inner = _significant(tokens, start + 1, end)
    if not inner or tokens[inner[0]].text in _NOT_PRINTED:
        return
    if tokens[inner[0]].text == "(" and _matching(tokens, inner[0], end) == inner[-1]:
        return
    for i in inner:
        if tokens[i].text == "in" and tokens[i].depth == tokens[start].depth:
            tokens[i].text = ","
            if tokens[i - 1].kind == "space":
                tokens[i - 1].text = ""
    if tokens[start + 1].kind == "space":
        tokens[start + 1].text = ""
    tokens[start].text = "exec("
    tokens[inner[-1]].text += ")"


def _raise(tokens: list[Token], start: int, end: int) -> None:
    commas = _top_commas(tokens, start + 1, end)
    inner = _significant(tokens, start + 1, end)
    if not commas or not inner:
        return
    tokens[commas[0]].text = "("
    if commas[0] + 1 < end and tokens[commas[0] + 1].kind == "space":
        tokens[commas[0] + 1].text = ""
    if len(commas) > 1:
        tokens[commas[1]].text = ").with_traceback("
        if tokens[commas[1] + 1].kind == "space":
            tokens[commas[1] + 1].text = ""
    tokens[inner[-1]].text += ")"


def _parameters(tokens: list[Token]) -> None:
    """Parameters that are tuples: `def f(a, (b, c)):` and `lambda (a, b): a + b`."""
    for i, token in enumerate(tokens):
        if token.kind == "name" and token.text == "def":
            _def_parameters(tokens, i)
        elif token.kind == "name" and token.text == "lambda":
            _lambda_parameters(tokens, i)


def _names_between(tokens: list[Token], start: int, end: int) -> list[str]:
    return [t.text for t in tokens[start:end] if t.kind == "name"]


def _def_parameters(tokens: list[Token], start: int) -> None:
    opening = next((i for i in range(start, len(tokens)) if tokens[i].text == "("), None)
    if opening is None:
        return
    closing = _matching(tokens, opening, len(tokens))
    unpacked, i = [], opening + 1
    while i < closing:
        before = [t.text for t in tokens[opening:i] if t.kind not in _BLANK]
        if (
            tokens[i].text == "("
            and before[-1] in ("(", ",")
            and tokens[i].depth == tokens[opening].depth + 1
        ):
            end = _matching(tokens, i, closing + 1)
            name = "_".join(_names_between(tokens, i, end))
            pattern = "".join(t.text for t in tokens[i : end + 1])
            unpacked.append(f"{pattern} = {name}")
            for token in tokens[i : end + 1]:
                token.text = ""
            tokens[i].text = name
            i = end
        i += 1
    if not unpacked:
        return
    colon = next(i for i in range(closing, len(tokens)) if tokens[i].text == ":")
    newline = next((i for i in range(colon, len(tokens)) if tokens[i].kind == "newline"), None)
    body = next((i for i in range(colon + 1, len(tokens)) if tokens[i].kind not in _BLANK), None)
    if body is None:
        return
    if newline is None or body < newline:
        tokens[body].text = "; ".join(unpacked) + "; " + tokens[body].text
        return
    space = tokens[body - 1].text if tokens[body - 1].kind == "space" else ""
    tokens[body].text = (
        "".join(f"{line}{tokens[newline].text}{space}" for line in unpacked) + tokens[body].text
    )


def _lambda_parameters(tokens: list[Token], start: int) -> None:
    inner = [i for i in range(start + 1, len(tokens)) if tokens[i].kind not in _BLANK][:1]
    if not inner or tokens[inner[0]].text != "(":
        return
    opening = inner[0]
    closing = _matching(tokens, opening, len(tokens))
    names = _names_between(tokens, opening, closing)
    whole = "_".join(names)
    for token in tokens[opening : closing + 1]:
        token.text = ""
    tokens[opening].text = whole
    level = tokens[start].depth
    colon = next(
        (i for i in range(closing, len(tokens)) if tokens[i].text == ":" and tokens[i].depth == level),
        closing,
    )
    for i in range(colon + 1, len(tokens)):
        token = tokens[i]
        done = token.depth < level or (
            token.depth == level and (token.kind == "newline" or token.text in (",", ")", "]", "}", ";"))
        )
        if done:
            return
        if token.kind == "name" and token.text in names:
            before = next((t.text for t in reversed(tokens[:i]) if t.kind not in _BLANK), "")
            if before != ".":
                token.text = f"{whole}[{names.index(token.text)}]"
