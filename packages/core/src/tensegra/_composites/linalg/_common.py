"""What the functions of linear algebra share: sizes known or not, and transposing the last two axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError

execute = _native.execute
_INT64 = 5
_COMPLEX = (14, 15)

Size = Any  # an int, or a 0-d int64 tensor where only the graph knows it


def convert(value: Any, like: Any = None) -> Any:
    """The value as a tensor, in the dtype of another one where it has none of its own."""
    if like is None or isinstance(value, _native.Tensor):
        return _native.tensor(value)
    return _native.tensor(value, like._dtype_number)


def sizes_of(x: Any) -> list[Size]:
    """The sizes of the axes."""
    shape = x._shape
    if min(shape, default=0) >= 0:
        return list(shape)
    dynamic = execute("shape", (x,), {"out_type": "int64"})
    return [size if size >= 0 else dynamic[i] for i, size in enumerate(shape)]


def is_known(size: Size) -> bool:
    return isinstance(size, int)


def product(sizes: Sequence[Size]) -> Size:
    total: Size = 1
    for size in sizes:
        total = size if is_known(total) and total == 1 else total * size
    return total


def reshape(x: Any, sizes: Sequence[Size]) -> Any:
    """Reshapes to sizes of which some may be known to the graph alone."""
    unknown = [i for i, size in enumerate(sizes) if not is_known(size)]
    if not unknown:
        shape = x._shape
        if shape is not None and shape == tuple(sizes):
            return x
        return execute("reshape", (x, list(sizes)))
    if len(unknown) == 1 and all(size != 0 for size in sizes if is_known(size)):
        return execute("reshape", (x, [size if is_known(size) else -1 for size in sizes]))
    parts = [execute("cast", (_native.tensor(size),), {"dtype": "int64"}) for size in sizes]
    return execute("reshape", (x, execute("stack", (parts,), (0,))))


def transpose(x: Any, perm: Sequence[int]) -> Any:
    return x if list(perm) == list(range(len(perm))) else execute("transpose", (x,), (list(perm),))


def require_rank(x: Any, least: int, function: str, name: str) -> int:
    """The rank, which must be known and at least that."""
    rank: int = x._rank
    if rank < least:
        known = "its rank is not known" if rank < 0 else f"{name}.shape={tuple(x.shape.as_list())}"
        raise InvalidArgumentError(
            f"[{function}] {name} must have at least {least} dimension{'s' if least != 1 else ''}. "
            f"Received: {known}. Reshape it, or give the function an input_signature.",
            code="TG-0103",
        )
    return rank


def swap_last(x: Any, rank: int) -> Any:
    return execute("transpose", (x,), ([*range(rank - 2), rank - 1, rank - 2],))


def is_complex(x: Any) -> bool:
    return x._dtype_number in _COMPLEX


def conjugate(x: Any) -> Any:
    return execute("conj", (x,)) if is_complex(x) else x


def adjoint_of(x: Any) -> Any:
    """The conjugate transpose of each matrix, its rank being known to be 2 or more."""
    return conjugate(swap_last(x, x._rank))


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    return execute("matmul", (a, b), (transpose_a, transpose_b))
