"""Findings whose rule and cure stand in the error catalogue of devtools."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

from ._finding import Finding
from ._run import TaskError


@functools.cache
def _catalogue() -> dict[str, dict[str, str]]:
    here = Path(__file__).resolve()
    installed, source = here.parent / "errors.toml", here.parents[2] / "errors.toml"
    return tomllib.loads((installed if installed.is_file() else source).read_text(encoding="utf-8"))


def sentence(code: str, where: str, received: str) -> str:
    """Returns the whole text of an error: where, the rule, what was received, the cure, the code."""
    entry = _catalogue()[code]
    return f"[{where}] {entry['rule']} Received: {received}. {entry['cure']} ({code})"


def problem(code: str, path: str, received: str, *, fatal: bool = True) -> Finding:
    """Returns the finding that `path` breaks the rule of `code`."""
    part = {"1": "rfc", "2": "sig", "3": "gate"}.get(code[4], "devtools")
    return Finding(path, sentence(code, part, received), fatal, code)


def failure(code: str, where: str, received: str) -> TaskError:
    """Returns the error that ends a command."""
    return TaskError(sentence(code, where, received))
