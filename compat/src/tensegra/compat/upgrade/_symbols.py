"""The frozen table of TensorFlow 1.15 symbols (symbols.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True)
class Symbol:
    """One symbol of TensorFlow 1.15 and what takes its place. The fields are those of symbols.toml."""

    name: str
    role: str
    target: str | None = None
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    flat: bool = False
    extra: str = ""
    input: str = ""
    only: str = ""
    note: str = ""

    @property
    def same_arguments(self) -> bool:
        """True where every argument keeps its place and its name."""
        kept = tuple(self.rename.get(name, name) for name in self.old)
        return not self.template and (not self.old or kept[: len(self.new)] == self.new)


@cache
def symbol_table() -> Mapping[str, Symbol]:
    """All known symbols by their canonical name, such as `tf.nn.relu`."""
    text = resources.files(__package__).joinpath("symbols.toml").read_text(encoding="utf-8")
    table = {
        name: Symbol(
            name,
            **{
                **fields,
                "old": tuple(fields.get("old", "").split()),
                "new": tuple(fields.get("new", "").split()),
            },
        )
        for name, fields in tomllib.loads(text).items()
    }
    return MappingProxyType(table)


@cache
def namespaces() -> frozenset[str]:
    """Names that lead to known symbols, such as `tf.nn`."""
    found: set[str] = set()
    for name in symbol_table():
        parts = name.split(".")
        found.update(".".join(parts[:end]) for end in range(1, len(parts)))
    return frozenset(found)


def canonical(dotted: str) -> str:
    """The one name of a symbol: `tensorflow.compat.v1.log` and `tf.compat.v1.log` are `tf.log`.

    >>> canonical("tensorflow.compat.v1.log")
    'tf.log'
    """
    parts = dotted.split(".")
    if parts[0] == "tensorflow":
        parts[0] = "tf"
    if parts[1:3] == ["compat", "v1"]:
        del parts[1:3]
    return ".".join(parts)
