"""One call of a layer on symbolic inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._keras_tensor import KerasTensor

if TYPE_CHECKING:
    from ._layer import Layer


def map_nest(fn: Callable[[Any], Any], nest: Any) -> Any:
    """`fn` applied to each leaf; lists, tuples and dicts are kept."""
    if isinstance(nest, dict):
        return {key: map_nest(fn, item) for key, item in nest.items()}
    if isinstance(nest, list | tuple):
        return type(nest)(map_nest(fn, item) for item in nest)
    return fn(nest)


def flatten(nest: Any) -> list[Any]:
    """The leaves, dicts in the order of their sorted keys."""
    if isinstance(nest, dict):
        return [leaf for key in sorted(nest) for leaf in flatten(nest[key])]
    if isinstance(nest, list | tuple):
        return [leaf for item in nest for leaf in flatten(item)]
    return [nest]


def pack(structure: Any, leaves: list[Any]) -> Any:
    """The inverse of `flatten`."""
    rest = iter(leaves)

    def build(part: Any) -> Any:
        if isinstance(part, dict):
            built = {key: build(part[key]) for key in sorted(part)}
            return {key: built[key] for key in part}
        if isinstance(part, list | tuple):
            return type(part)(build(item) for item in part)
        return next(rest)

    return build(structure)


class Node:
    """Which layer was called on what, and what came out."""

    def __init__(self, layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        self.layer = layer
        self.args = args
        self.kwargs = kwargs
        self.outputs = outputs
        self.inputs = [leaf for leaf in flatten([args, kwargs]) if isinstance(leaf, KerasTensor)]
        for index, output in enumerate(flatten(outputs)):
            output._node = self
            output._index = index
        layer._nodes.append(self)
