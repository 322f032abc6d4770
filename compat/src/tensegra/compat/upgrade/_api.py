"""The frozen table of the whole TensorFlow 1.15 API (api_1_15.txt), which `compat/tools/frozen_api.py` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

Kind = Literal["f", "c", "v", "m"]


@dataclass(frozen=True)
class Entry:
    """One public symbol of 1.15.

    Attributes:
        name: canonical name, such as `tf.nn.relu`.
        kind: function, class, value or module, by their first letters.
        signature: its parameters with their defaults, as 1.15 writes them.
        second: whether the 2.x API has the name too.
        origin: the module of TensorFlow that defines it and its name there, such as `python.ops.nn_ops.relu`.
    """

    name: str
    kind: Kind
    signature: str
    second: bool
    origin: str


@cache
def api() -> Mapping[str, Entry]:
    """All symbols by canonical name."""
    text = resources.files(__package__).joinpath("api_1_15.txt").read_text(encoding="utf-8")
    found: dict[str, Entry] = {}
    for line in text.splitlines():
        name, kind, signature, second, origin = (line.split("\t") + [""] * 4)[:5]
        if signature.startswith("="):
            same = found["tf." + signature[1:]]
            signature, home = same.signature, same.origin
        else:
            module, _, inner = origin.partition(":")
            home = f"{module}.{inner or name.rpartition('.')[2]}" if kind != "m" else module
        found[f"tf.{name}"] = Entry(f"tf.{name}", kind, signature, second == "2", home)  # type: ignore[arg-type]
    return MappingProxyType(found)


@cache
def modules() -> frozenset[str]:
    """The canonical names of all namespaces, `tf` included."""
    return frozenset({"tf", *(name for name, entry in api().items() if entry.kind == "m")})


_HOMES = {
    "python.ops.variables": "", "python.framework.ops": "", "python.ops.math_ops": "", "python.ops.array_ops": "",
    "python": "", "python.ops": "", "python.framework": "", "python.training": "train", "python.platform": "",
    "python.ops.nn": "nn", "python.ops.nn_ops": "nn", "python.ops.rnn": "nn", "python.ops.rnn_cell": "nn.rnn_cell",
    "python.ops.rnn_cell_impl": "nn.rnn_cell", "python.platform.gfile": "gfile", "python.platform.flags": "flags",
    "python.platform.app": "app", "python.platform.tf_logging": "logging", "python.util.nest": "nest",
    "python.ops.losses.losses": "losses", "python.layers": "layers", "python.layers.core": "layers",
    "python.layers.layers": "layers", "python.training.training": "train", "python.summary": "summary",
    "python.summary.summary": "summary", "python.estimator.estimator_lib": "estimator", "python.keras": "keras",
    "python.saved_model": "saved_model", "python.data": "data", "python.util.compat": "compat",
    "python.framework.errors": "errors", "python.lib.io.file_io": "gfile",
}  # fmt: skip


@cache
def _by_origin() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, entry in sorted(api().items(), key=lambda item: (item[0].count("."), item[0])):
        if entry.origin and not name.startswith("tf.raw_ops."):
            found.setdefault(entry.origin, name)
    return found


@cache
def _by_last() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, entry in api().items():
        if entry.origin.startswith("python.") and entry.kind in "fc" and not name.startswith("tf.raw_ops."):
            found.setdefault(name.rpartition(".")[2], []).append(name)
    return {last: tuple(names) for last, names in found.items()}


def public_name(internal: str) -> str | None:
    """The public name of a thing known by its place inside TensorFlow, such as `python.ops.array_ops.concat`.

    >>> public_name("python.ops.array_ops.concat")
    'tf.concat'
    """
    if internal in _HOMES:
        return f"tf.{_HOMES[internal]}".rstrip(".")
    if internal in _by_origin():
        return _by_origin()[internal]
    module, _, last = internal.rpartition(".")
    if module in _HOMES:
        wanted = f"tf.{_HOMES[module]}.{last}".replace("..", ".")
        if wanted in api():
            return wanted
    if not module.startswith("python."):
        return None
    origins = {api()[name].origin for name in _by_last().get(last, ())}
    return _by_last()[last][0] if len(origins) == 1 else None
