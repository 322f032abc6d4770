"""Nests of elements: tuples, named tuples and dicts of leaves.

Unlike ``tg.nest``, a list is a leaf here, as in ``tf.data``: ``from_tensor_slices([1, 2, 3])`` is one tensor of three
numbers and not three tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Nest = Any
"""A leaf, or a tuple or dict of nests."""


def is_nest(value: Nest) -> bool:
    """Whether `value` has parts of its own."""
    return isinstance(value, (tuple, dict))


def _keys(value: dict[Any, Nest]) -> list[Any]:
    # Sorted, so that two dicts with the same keys in another order line up.
    return sorted(value, key=str)


def flatten(value: Nest) -> list[Any]:
    """The leaves of `value`: tuples in order, dicts by sorted key."""
    if isinstance(value, tuple):
        return [leaf for part in value for leaf in flatten(part)]
    if isinstance(value, dict):
        return [leaf for key in _keys(value) for leaf in flatten(value[key])]
    return [value]


def paths(value: Nest, prefix: str = "") -> list[str]:
    """Where each leaf sits, in the order of `flatten`: ``['image']``, ``[0]['image']``; empty for a lone"
    " leaf."""
    if isinstance(value, tuple):
        return [path for i, part in enumerate(value) for path in paths(part, f"{prefix}[{i}]")]
    if isinstance(value, dict):
        return [path for key in _keys(value) for path in paths(value[key], f"{prefix}[{key!r}]")]
    return [prefix]


def pack(template: Nest, leaves: Iterator[Any]) -> Nest:
    """The structure of `template` filled with `leaves`, taken in the order of `flatten`."""
    if isinstance(template, tuple):
        parts = [pack(part, leaves) for part in template]
        return type(template)(*parts) if hasattr(template, "_fields") else tuple(parts)
    if isinstance(template, dict):
        packed = {key: pack(template[key], leaves) for key in _keys(template)}
        return {key: packed[key] for key in template}
    return next(leaves)


def map_leaves(fn: Callable[[Any], Any], value: Nest) -> Nest:
    """`value` with `fn` applied to each leaf."""
    if isinstance(value, tuple):
        parts = [map_leaves(fn, part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, dict):
        return {key: map_leaves(fn, part) for key, part in value.items()}
    return fn(value)


def same_structure(a: Nest, b: Nest) -> bool:
    """Whether `a` and `b` differ in their leaves only."""
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same_structure, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same_structure(a[k], b[k]) for k in a)
    return not is_nest(b)


def describe(value: Nest) -> str:
    """The structure alone, for messages: ``(*, {'label': *})``."""
    if isinstance(value, tuple):
        inner = ", ".join(describe(part) for part in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {describe(part)}" for key, part in value.items()) + "}"
    return "*"
