"""What composites of several families share: shapes and indices as tensors, whether sizes are known or not."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._errors import InvalidArgumentError

_execute = _native.execute
INT32, INT64 = 4, 5


def known_rank(tensor: Any, op: str, name: str) -> int:
    """The number of axes, which a composite needs to know."""
    rank: int = tensor._rank
    if rank < 0:
        raise InvalidArgumentError(
            f"[{op}] the rank of {name} must be known. Received: {name} of unknown rank. "
            "Give the function an input_signature with a known rank.",
            code="TG-0103",
        )
    return rank


def normal_axis(axis: Any, rank: int, op: str) -> int:
    """The axis counted from 0."""
    number = int(axis)
    if not -rank <= number < rank:
        raise InvalidArgumentError(
            f"[{op}] the axis must lie in [{-rank}, {rank}). Received: axis={number}. "
            "Count axes from 0, or from -1 at the end.",
            code="TG-0104",
        )
    return number % rank


def shape_of(tensor: Any) -> Any:
    """The sizes as an int64 tensor."""
    return _execute("shape", (tensor,), ("int64",))


def size_of(tensor: Any, axis: int) -> Any:
    """One size: an int where it is known, else an int64 tensor."""
    shape = tensor._shape
    return shape[axis] if shape is not None and shape[axis] >= 0 else shape_of(tensor)[axis]


def joined(*parts: Any) -> Any:
    """Sizes one after the other: ints and vectors of any integers, as an int64 vector."""
    vectors = []
    for part in parts:
        tensor = part if isinstance(part, _native.Tensor) else _native.tensor(np.asarray(part, np.int64))
        tensor = cast(tensor, INT64)
        vectors.append(tensor if tensor._rank == 1 else _execute("reshape", (tensor, [1])))
    return vectors[0] if len(vectors) == 1 else _execute("concat", (vectors,), (0,))


def cast(tensor: Any, number: int) -> Any:
    """The tensor in the dtype of this number."""
    tensor = _native.tensor(tensor)
    return tensor if tensor._dtype_number == number else _execute("cast", (tensor,), (number,))


def places(count: Any, number: int = INT64) -> Any:
    """0, 1, 2, ... below count."""
    limit = cast(count, number) if isinstance(count, _native.Tensor) else _native.tensor(count, number)
    return _execute("range", (_native.tensor(0, number), limit, _native.tensor(1, number)))


def values_of(tensor: Any) -> np.ndarray[Any, Any] | None:
    """The values, where they are known before running."""
    return None if tensor._is_symbolic else np.asarray(tensor)
