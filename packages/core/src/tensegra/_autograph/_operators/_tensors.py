"""What is a value of a graph, and how values become tensors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tensegra import _native, nest
from tensegra._control._structure import is_composite
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._tracing import current_trace
from tensegra._variable import Variable

LITERALS = (bool, int, float, complex, str, bytes)


def is_symbolic(value: Any) -> bool:
    """Whether a value is one of a graph being traced, whose number is not known yet."""
    if isinstance(value, Tensor):
        return value._is_symbolic
    return isinstance(value, Variable) and not _native.executing_eagerly()


def as_tensor(value: Any) -> Tensor:
    """A tensor; what a variable holds now."""
    return convert_to_tensor(value)


def is_tensor_like(leaf: Any) -> bool:
    """Whether a leaf can go through a graph: a tensor, what becomes one, or something made of tensors."""
    if leaf is None or is_composite(leaf) or isinstance(leaf, (Tensor, Variable, *LITERALS)):
        return True
    return _native.natural_dtype(leaf) != 0


def goes_through_graphs(value: Any) -> bool:
    """Whether all of a structure can."""
    return all(is_tensor_like(leaf) for leaf in nest.flatten(value))


def zeros_like_spec(tensor: Tensor) -> Tensor:
    """Zeros of the dtype of a tensor and of its shape; sizes that are not known are 0."""
    from tensegra._control import _graph_array
    from tensegra._control._structure import dtype_of

    dims = [size or 0 for size in tensor.shape.as_list()] if tensor.shape.rank is not None else []
    return _native.execute("fill", (dims, _graph_array.zero(dtype_of(tensor))))  # type: ignore[no-any-return]


@contextlib.contextmanager
def same_draws() -> Iterator[None]:
    """What is traced inside draws the random numbers that what follows draws: it is traced to be thrown away."""
    trace = current_trace()
    draws = 0 if trace is None else trace.draws
    yield
    if trace is not None:
        trace.draws = draws
