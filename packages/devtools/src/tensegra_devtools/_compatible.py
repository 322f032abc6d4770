"""Whether a changed line of a golden breaks those who rely on it. The answer is a reason, or '' when it does not."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable

from ._golden import Change, Line

_DEF = re.compile(r"(def|classmethod|staticmethod) [\w.]+(\(.*)")
_CLASS = re.compile(r"class [\w.]+\((.*)\)")


def breaks(change: Change) -> str:
    """Returns why the change breaks users; '' when it does not. Changes of the C layout are judged by struct."""
    if change.old is None or change.new is None:
        return "" if change.old is None else "it is gone"
    rule = {"py": _python, "op": _op, "format": _format, "cli": _cli}.get(change.line.contract)
    return rule(change.old.text, change.new.text) if rule else ""


def _python(old: str, new: str) -> str:
    if old.split()[0] != new.split()[0]:
        return f"a {old.split()[0]} became a {new.split()[0]}"
    if match := _DEF.match(old):
        return _parameters(match[2], found[2] if (found := _DEF.match(new)) else "()")
    if match := _CLASS.match(old):
        lost = _bases(match[1]) - _bases(found[1] if (found := _CLASS.match(new)) else "")
        return f"the base {', '.join(sorted(lost))} is gone" if lost else ""
    if old.startswith("attribute") and old.partition(" = ")[2] != new.partition(" = ")[2]:
        return (
            f"the value {old.partition(' = ')[2] or 'unknown'} became {new.partition(' = ')[2] or 'unknown'}"
        )
    if old.endswith("(writable)") and not new.endswith("(writable)"):
        return "it can no longer be set"
    return ""


def _bases(text: str) -> set[str]:
    return {part.strip() for part in text.split(",") if part.strip()}


def _parameters(old: str, new: str) -> str:
    before, after = _parse(old), _parse(new)
    first, second = _positional(before), _positional(after)
    keyword = {arg.arg for arg in after.kwonlyargs}
    for at, (name, default) in enumerate(first):
        if at >= len(second) or second[at][0] != name:
            moved = name in keyword or name in dict(second)
            return f"the parameter {name!r} {'moved' if moved else 'is gone'}"
        if (reason := _default(name, default, second[at][1])) != "":
            return reason
    for name, default in second[len(first) :]:
        if default is None:
            return f"the new parameter {name!r} has no default"
    if len(after.posonlyargs) > len(before.posonlyargs):
        return f"{after.posonlyargs[len(before.posonlyargs)].arg!r} can no longer be given by name"
    for arg, value in zip(before.kwonlyargs, before.kw_defaults):
        names = dict(second) | {
            other.arg: _source(found) for other, found in zip(after.kwonlyargs, after.kw_defaults)
        }
        if arg.arg not in names:
            return f"the parameter {arg.arg!r} is gone"
        if (reason := _default(arg.arg, _source(value), names[arg.arg])) != "":
            return reason
    known = {arg.arg for arg in before.kwonlyargs} | {name for name, _ in first}
    for arg, value in zip(after.kwonlyargs, after.kw_defaults):
        if arg.arg not in known and value is None:
            return f"the new parameter {arg.arg!r} has no default"
    for star, old_star, new_star in (("*", before.vararg, after.vararg), ("**", before.kwarg, after.kwarg)):
        if old_star is not None and new_star is None:
            return f"{star}{old_star.arg} is gone"
    return ""


def _default(name: str, old: str | None, new: str | None) -> str:
    if old is not None and new is None:
        return f"the parameter {name!r} became required"
    return f"the default of {name!r} was {old} and is {new}" if old is not None and old != new else ""


def _parse(signature: str) -> ast.arguments:
    function = ast.parse(f"def f{signature}: ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    return function.args


def _positional(arguments: ast.arguments) -> list[tuple[str, str | None]]:
    names = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
    defaults = [_source(value) for value in arguments.defaults]
    return list(zip(names, [None] * (len(names) - len(defaults)) + defaults))


def _source(value: ast.expr | None) -> str | None:
    return None if value is None else ast.unparse(value)


def _op(old: str, new: str) -> str:
    before, after = json.loads(old), json.loads(new)
    lost = set(before.get("names", ())) - set(after.get("names", ()))
    return f"the name {', '.join(sorted(lost))} is gone" if lost else ""


def op_needs_version(old: str, new: str) -> str:
    """Returns what changed about an op that saved graphs rely on without a higher version; '' when nothing."""
    before, after = json.loads(old), json.loads(new)
    if after["version"] > before["version"]:
        return ""
    if after["version"] < before["version"]:
        return f"version {before['version']} became {after['version']}"
    for key in ("signature", "effects"):
        if before.get(key) != after.get(key):
            return f"{key} {before.get(key)!r} became {after.get(key)!r}"
    lost = set(str(before.get("types", "")).split()) - set(str(after.get("types", "")).split())
    return f"the types {', '.join(sorted(lost))} are gone" if lost else ""


def _format(old: str, new: str) -> str:
    before, after = old.split(" ", 3), new.split(" ", 3)
    if before[2] != after[2]:
        return f"the number {before[2]} became {after[2]}"
    return f"the type {before[3]!r} became {after[3]!r}" if before[3] != after[3] else ""


def _cli(old: str, new: str) -> str:
    before, after = old.split(), new.split()
    if before[0] != after[0]:
        return f"the {before[0]} became an {after[0]}"
    if "required" in after and "required" not in before:
        return "it became required"
    if old.partition(" = ")[2] != new.partition(" = ")[2]:
        return (
            f"the default was {old.partition(' = ')[2] or 'none'} and is {new.partition(' = ')[2] or 'none'}"
        )
    lost = _set(old, r"\{(.*?)\}", ",") - _set(new, r"\{(.*?)\}", ",")
    lost |= _set(old, r"\((-\w)\)", " ") - _set(new, r"\((-\w)\)", " ")
    if lost:
        return f"{', '.join(sorted(lost))} is gone"
    if _shape(before) != _shape(after):
        return "it takes other values"
    return ""


def _set(text: str, pattern: str, separator: str) -> set[str]:
    return {part for found in re.findall(pattern, text) for part in found.split(separator) if part}


def _shape(words: list[str]) -> tuple[bool, tuple[str, ...]]:
    plain = [word for word in words[2:] if word[0] not in "({" and word != "required"]
    plain = plain[: plain.index("=")] if "=" in plain else plain
    return any("=" not in word for word in plain), tuple(word for word in plain if word.startswith("nargs="))


def layout_change(old: Iterable[Line], new: Iterable[Line]) -> tuple[str, list[tuple[str, str]]]:
    """Judges the layout of a whole C interface.

    Returns:
        'same', 'appended' or 'broken'; and the symbol and reason of each break.
    """
    before = {line.symbol: line.text for line in old if line.symbol != "c:version"}
    after = {line.symbol: line.text for line in new if line.symbol != "c:version"}
    if before == after:
        return "same", []
    broken = []
    for symbol, text in before.items():
        if symbol not in after:
            broken.append((symbol, "it is gone"))
        elif after[symbol] != text and not (text.startswith("struct ") and _grew(symbol, before, after)):
            broken.append((symbol, f"{text!r} became {after[symbol]!r}"))
    for symbol in after.keys() - before.keys():
        parent = symbol.rpartition(".")[0]
        if (
            after[symbol].startswith("field ")
            and parent in before
            and not _appended(symbol, parent, before, after)
        ):
            broken.append((symbol, "the field is not at the end of a struct that begins with its size"))
    return ("broken", sorted(broken)) if broken else ("appended", [])


def _grew(symbol: str, before: dict[str, str], after: dict[str, str]) -> bool:
    return any(name.startswith(f"{symbol}.") and name not in before for name in after)


def _appended(symbol: str, parent: str, before: dict[str, str], after: dict[str, str]) -> bool:
    ends = [_end(text) for name, text in before.items() if name.startswith(f"{parent}.")]
    return f"{parent}.struct_size" in before and _offset(after[symbol]) >= max(ends, default=0)


def _offset(text: str) -> int:
    match = re.search(r"offset=(\d+)", text)
    return int(match[1]) if match else 0


def _end(text: str) -> int:
    match = re.search(r"offset=(\d+) size=(\d+)", text)
    return int(match[1]) + int(match[2]) if match else 0
