"""A proposal: its file, its front matter, its sections. What is right and wrong about it is in `_rfc_check.py`."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import yaml

from ._snapshot import Snapshot

KINDS = ("small", "full", "record")
STATES = ("draft", "review", "accepted", "rejected", "withdrawn")
BREAKING = ("none", "deprecation", "abi-major", "format-major")
HEADINGS = ("Problem", "Proposal", "Surface", "Alternatives", "Migration", "Test plan")
REQUIRED = ("rfc", "title", "kind", "state", "sig", "authors", "sponsor", "created", "surface", "breaking")
OPTIONAL = ("review_until", "decision", "tracking", "supersedes", "superseded_by")
FILE = re.compile(r"rfcs/(\d{4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
SURFACE = re.compile(r"(py|op|c|format|cli):([A-Za-z_*][\w.*:\-]*)")
_PARTS = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_SECTION = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)


class _Loader(yaml.SafeLoader):
    """YAML in which a key may stand only once."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    double = next((key for key in keys if keys.count(key) > 1), None)
    if double is not None:
        raise yaml.YAMLError(f"the key {double!r} stands twice")
    return {
        key: loader.construct_object(value, deep=True)
        for key, (_, value) in zip(keys, node.value, strict=True)
    }


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:  # a day that does not exist: it stays text, and the check of types finds it
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@dataclass(frozen=True)
class Rfc:
    """A proposal as it was read. `trouble` says why the front matter could not be read."""

    path: str
    meta: dict[str, Any]
    body: str
    trouble: str = ""

    @property
    def number(self) -> int:
        """The number in the file's name; 0 when the name is not one of a proposal."""
        match = FILE.fullmatch(self.path)
        return int(match[1]) if match else 0

    @property
    def name(self) -> str:
        """How texts cite it."""
        return cite(self.number)

    @property
    def state(self) -> str:
        return str(self.meta.get("state", ""))

    @property
    def kind(self) -> str:
        return str(self.meta.get("kind", ""))

    @property
    def title(self) -> str:
        return str(self.meta.get("title", ""))

    @property
    def breaking(self) -> str:
        return str(self.meta.get("breaking", "none"))

    @property
    def surface(self) -> list[str]:
        """The patterns of what it changes."""
        found = self.meta.get("surface")
        return [str(item) for item in found] if isinstance(found, list) else []

    @property
    def sections(self) -> list[tuple[str, str]]:
        """The sections of the body: heading and text."""
        parts = _SECTION.split(self.body)
        return [(parts[at], parts[at + 1].strip()) for at in range(1, len(parts), 2)]


def cite(number: int) -> str:
    """Returns how texts cite the proposal of that number."""
    return f"RFC-{number:04}"


@functools.lru_cache(maxsize=4096)
def parse(path: str, text: str) -> Rfc:
    """Reads a proposal; nothing is judged."""
    match = _PARTS.fullmatch(text)
    if not match:
        return Rfc(path, {}, text, "the file does not begin with a block between two lines '---'")
    try:
        meta = yaml.load(match[1], _Loader)
    except yaml.YAMLError as error:
        return Rfc(path, {}, match[2], f"YAML: {' '.join(str(error).split())}")
    if not isinstance(meta, dict):
        return Rfc(path, {}, match[2], "YAML that is not keys and values")
    return Rfc(path, meta, match[2])


def rfc_files(tree: Snapshot) -> list[Rfc]:
    """Returns every file of rfcs/ that is, or means to be, a proposal, by name."""
    names = [name for name in tree.find("rfcs/*.md") if name != "rfcs/README.md"]
    return [parse(name, tree.read(name) or "") for name in names]


def rfcs(tree: Snapshot) -> dict[int, Rfc]:
    """Returns the proposals by number."""
    return {rfc.number: rfc for rfc in rfc_files(tree) if rfc.number}
