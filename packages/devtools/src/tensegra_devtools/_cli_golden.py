"""The goldens of the commands: `api/cli/<command>.txt`, one line per command, argument and option, with its help.

They are read from the parsers, not from the printed help, whose form differs between versions of Python:

    option tensegra.serve.--port PORT = 8501 # the port to listen on

What follows ` # ` is text for people; the gate does not compare it.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any
from unittest import mock

from ._problem import failure
from ._tree import Package
from ._wheels import metadata as project_of

_GROUP = "tensegra.commands"


class _Found(Exception):
    def __init__(self, parser: argparse.ArgumentParser) -> None:
        super().__init__(parser.prog)
        self.parser = parser


def dump(package: Package) -> dict[str, str]:
    """Returns the goldens of the package's commands, by the name of the file in `api/cli/`.

    Raises:
        TaskError: a command cannot be imported (TG-9006).
    """
    project = project_of(package)
    found = {}
    for name, place in project.get("scripts", {}).items():
        found[f"{name}.txt"] = _text(_parser_of(name, _load(place)))
    for name, place in project.get("entry-points", {}).get(_GROUP, {}).items():
        parser = argparse.ArgumentParser(prog="tensegra")
        _load(place)(parser.add_subparsers())
        found[f"tensegra.{name}.txt"] = _text(parser, own=False)
    return found


def _load(place: str) -> Callable[..., Any]:
    module, _, function = place.partition(":")
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise failure("TG-9006", "api", f"entry point {place!r}, {type(error).__name__}: {error}") from error
    return found


def _parser_of(name: str, main: Callable[..., Any]) -> argparse.ArgumentParser:
    def stop(self: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        raise _Found(self)

    parsing = mock.patch.multiple(argparse.ArgumentParser, parse_args=stop, parse_known_args=stop)
    with parsing, mock.patch.object(metadata, "entry_points", lambda **_: ()):
        try:
            main([])
        except _Found as found:
            found.parser.prog = name
            return found.parser
    raise failure("TG-9006", "api", f"the command {name!r}, which made no parser")


def _text(parser: argparse.ArgumentParser, *, own: bool = True) -> str:
    lines = list(_lines(parser, parser.prog.split()[0], parser.description if own else None, own))
    return "\n".join(lines) + "\n"


def _lines(parser: argparse.ArgumentParser, path: str, about: str | None, own: bool) -> Iterator[str]:
    if own:
        yield _line(f"command {path}", about)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            for name, child in action.choices.items():
                yield from _lines(child, f"{path}.{name}", helps.get(name), True)
        elif own and not isinstance(action, argparse._HelpAction):
            yield _line(_argument(action, path), action.help)


def _argument(action: argparse.Action, path: str) -> str:
    names = sorted(action.option_strings, key=lambda name: (not name.startswith("--"), name))
    name = names[0] if names else str(action.metavar or action.dest)
    parts = [f"{'option' if names else 'argument'} {path}.{name}"]
    parts += [f"({short})" for short in names[1:]]
    if action.nargs != 0 and names:
        metavar = action.metavar or action.dest.upper()
        parts.append(" ".join(metavar) if isinstance(metavar, tuple) else str(metavar))
    if action.nargs not in (0, None):
        parts.append(f"nargs={action.nargs}")
    if action.choices is not None:
        parts.append("{" + ",".join(map(str, action.choices)) + "}")
    if action.required and names:
        parts.append("required")
    if action.default not in (None, False, argparse.SUPPRESS):
        parts.append(f"= {action.default}")
    return " ".join(parts)


def _line(text: str, about: str | None) -> str:
    return f"{text} # {' '.join(about.split())}" if about else text
