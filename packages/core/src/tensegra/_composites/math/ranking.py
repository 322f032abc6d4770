"""What is among the greatest, and orders undone."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites._parts import cast, known_rank, normal_axis, values_of
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("math.invert_permutation")
def invert_permutation(x: TensorLike, name: str | None = None) -> Tensor:
    """The permutation that undoes another one.

    Args:
        x: A permutation of 0, 1, ..., an int32 or int64 vector.
        name: Ignored; for compatibility.

    Returns:
        y with y[x[i]] == i.

    Raises:
        tg.errors.InvalidArgumentError: Where x is no vector (TG-0103), or known to be no permutation (TG-0552).

    >>> import tensegra as tg
    >>> tg.math.invert_permutation([2, 0, 1]).numpy()
    array([1, 2, 0], dtype=int32)
    """
    tensor = _native.tensor(x)
    if tensor._rank not in (-1, 1):
        raise InvalidArgumentError(
            f"[invert_permutation] a permutation is a vector. Received: x.shape={tensor.shape}. Reshape it.",
            code="TG-0103",
        )
    values = values_of(tensor)
    if values is not None and not np.array_equal(np.sort(values), np.arange(values.size)):
        raise InvalidArgumentError(
            "[invert_permutation] each of the numbers 0, 1, ... must occur once. "
            f"Received: {values.size} numbers that are no permutation. Check how it was made.",
            code="TG-0552",
        )
    return cast(_execute("argsort", (tensor,)), tensor._dtype_number)


def _greatest(
    operand: TensorLike, k: int, reduction_dimension: int, is_max_k: bool, op: str
) -> tuple[Any, Any]:
    values = _native.tensor(operand)
    rank = known_rank(values, op, "operand")
    axis = normal_axis(reduction_dimension, rank, op)
    last = rank - 1
    order = [*range(axis), last, *range(axis + 1, last), axis] if axis != last else None
    if order is not None:
        values = _execute("transpose", (values,), (order,))
    found, indices = _execute("top_k", (values if is_max_k else -values,), (k,))
    found = found if is_max_k else -found
    if order is not None:
        found, indices = (
            _execute("transpose", (found,), (order,)),
            _execute("transpose", (indices,), (order,)),
        )
    return found, indices


@public("math.approx_max_k nn.approx_max_k")
def approx_max_k(
    operand: TensorLike,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The k greatest elements along an axis, and where they are. The result is exact, whatever recall is asked for.

    Args:
        operand: A tensor of numbers.
        k: How many.
        reduction_dimension: The axis to search along.
        recall_target: Which part of them must be found; all are.
        reduction_input_size_override: Ignored; for compatibility.
        aggregate_to_topk: Ignored; for compatibility.
        name: Ignored; for compatibility.

    Returns:
        The elements and their int32 indices.

    Raises:
        tg.errors.InvalidArgumentError: Where k exceeds the size of the axis (TG-0106).

    >>> import tensegra as tg
    >>> values, indices = tg.math.approx_max_k([1.0, 9.0, 4.0], k=2)
    >>> values.numpy(), indices.numpy()
    (array([9., 4.], dtype=float32), array([1, 2], dtype=int32))
    """
    return _greatest(operand, k, reduction_dimension, True, "approx_max_k")


@public("math.approx_min_k nn.approx_min_k")
def approx_min_k(
    operand: TensorLike,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The k least elements along an axis, and where they are. The result is exact, whatever recall is asked for.

    Args:
        operand: A floating-point tensor.
        k: How many.
        reduction_dimension: The axis to search along.
        recall_target: Which part of them must be found; all are.
        reduction_input_size_override: Ignored; for compatibility.
        aggregate_to_topk: Ignored; for compatibility.
        name: Ignored; for compatibility.

    Returns:
        The elements and their int32 indices.

    Raises:
        tg.errors.InvalidArgumentError: Where k exceeds the size of the axis (TG-0106).

    >>> import tensegra as tg
    >>> values, indices = tg.math.approx_min_k([1.0, 9.0, 4.0], k=2)
    >>> values.numpy(), indices.numpy()
    (array([1., 4.], dtype=float32), array([0, 2], dtype=int32))
    """
    return _greatest(operand, k, reduction_dimension, False, "approx_min_k")


@public("approx_top_k")
def approx_top_k(
    input: TensorLike,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    is_max_k: bool = True,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The k greatest (or least) elements along an axis, and where they are. The result is exact.

    Args:
        input: A floating-point tensor.
        k: How many.
        reduction_dimension: The axis to search along.
        recall_target: Which part of them must be found; all are.
        is_max_k: Whether the greatest are wanted, rather than the least.
        reduction_input_size_override: Ignored; for compatibility.
        aggregate_to_topk: Ignored; for compatibility.
        name: Ignored; for compatibility.

    Returns:
        The elements and their int32 indices.

    Raises:
        tg.errors.InvalidArgumentError: Where k exceeds the size of the axis (TG-0106).

    >>> import tensegra as tg
    >>> values, indices = tg.approx_top_k([1.0, 9.0, 4.0], k=1, is_max_k=False)
    >>> values.numpy(), indices.numpy()
    (array([1.], dtype=float32), array([0], dtype=int32))
    """
    return _greatest(input, k, reduction_dimension, is_max_k, "approx_top_k")
