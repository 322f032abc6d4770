"""A step of a model, traced once for all batch sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg

from .._base._node import flatten, pack
from .._shapes import Shape, shape_of


class StepFunction:
    """Runs `step(data)` as a `tg.function` whose first axis is symbolic.

    There is one trace per structure and dtypes of the batch. Axes other than the first are static, for speed,
    until a batch has another size there: then that axis becomes symbolic as well.
    """

    def __init__(self, step: Callable[[Any], Any], eager: bool) -> None:
        self._step = step
        self._eager = eager
        self._traces: dict[Any, tuple[list[Shape], Any]] = {}

    def __call__(self, data: tuple[Any, ...]) -> Any:
        """The result of the step for one batch."""
        if self._eager:
            return self._step(data)
        leaves = flatten(data)
        tensors = [leaf for leaf in leaves if leaf is not None]
        shapes = [shape_of(tensor) for tensor in tensors]
        key = (_structure(data), tuple((t.dtype.name, len(s)) for t, s in zip(tensors, shapes)))
        known = self._traces.get(key)
        if known is None:
            known = self._trace(data, leaves, tensors, [(None, *shape[1:])[: len(shape)] for shape in shapes])
        elif not all(_covers(spec, shape) for spec, shape in zip(known[0], shapes)):
            # A layer that needs the old size says so by its name; with a symbolic axis it would let this pass.
            self._trace(data, leaves, tensors, [(None, *shape[1:])[: len(shape)] for shape in shapes])[
                1
            ].get_concrete_function()
            wider = [_widened(spec, shape) for spec, shape in zip(known[0], shapes)]
            known = self._trace(data, leaves, tensors, wider)
        self._traces[key] = known
        return known[1](*tensors)

    def _trace(
        self, data: Any, leaves: list[Any], tensors: list[Any], shapes: list[Shape]
    ) -> tuple[list[Shape], Any]:
        present = [leaf is not None for leaf in leaves]

        def step(*arguments: Any) -> Any:
            rest = iter(arguments)
            return self._step(pack(data, [next(rest) if there else None for there in present]))

        specs = [tg.TensorSpec(shape, tensor.dtype) for shape, tensor in zip(shapes, tensors)]
        return shapes, tg.function(step, input_signature=specs)


def _structure(nest: Any) -> Any:
    """A hashable description of a nest."""
    if isinstance(nest, dict):
        return ("dict", *((key, _structure(nest[key])) for key in sorted(nest)))
    if isinstance(nest, list | tuple):
        return (type(nest).__name__, *map(_structure, nest))
    return nest is None


def _covers(spec: Shape, shape: Shape) -> bool:
    return all(a is None or a == b for a, b in zip(spec, shape))


def _widened(spec: Shape, shape: Shape) -> Shape:
    return tuple(a if a == b else None for a, b in zip(spec, shape))
