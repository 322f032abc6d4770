"""Products of two tensors whose axes have labels: the one step that einsum and tensordot are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._composites.linalg._common import is_known, matmul, product, reshape, sizes_of, transpose

_execute = _native.execute
Label = Any


def sum_out(x: Any, labels: Sequence[Label], keep: set[Label]) -> tuple[Any, list[Label]]:
    """Sums over the axes whose labels are not kept."""
    axes = [i for i, label in enumerate(labels) if label not in keep]
    if not axes:
        return x, list(labels)
    return _execute("reduce_sum", (x,), (axes,)), [label for label in labels if label in keep]


def contract(
    a: Any, a_labels: Sequence[Label], b: Any, b_labels: Sequence[Label], keep: set[Label]
) -> tuple[Any, list[Label]]:
    """Multiplies elements of equal labels and sums over the labels that are not kept.

    Args:
        a: A tensor.
        a_labels: A label for each axis of it, no two equal.
        b: Another one.
        b_labels: Its labels.
        keep: The labels that the result has, if a or b has them.

    Returns:
        The product and its labels: those of both, then the others of a, then those of b.
    """
    a, a_labels = sum_out(a, a_labels, keep | set(b_labels))
    b, b_labels = sum_out(b, b_labels, keep | set(a_labels))
    a_sizes = dict(zip(a_labels, sizes_of(a), strict=True))
    b_sizes = dict(zip(b_labels, sizes_of(b), strict=True))
    summed = [label for label in a_labels if label in b_sizes and label not in keep]
    for label in [label for label in summed if _broadcasts(a_sizes[label], b_sizes[label])]:
        # Over an axis of size 1 in one of them the sum is a factor times the sum of the other one.
        kept = keep | ((set(a_labels) | set(b_labels)) - {label})
        a, a_labels = sum_out(a, a_labels, kept)
        b, b_labels = sum_out(b, b_labels, kept)
        summed.remove(label)
    batch = [label for label in a_labels if label in b_labels and label in keep]
    free_a = [label for label in a_labels if label not in b_labels]
    free_b = [label for label in b_labels if label not in a_labels]
    if not summed:
        return _outer(a, a_labels, b, b_labels, batch, free_a, free_b)
    equal = not any(_broadcasts(a_sizes[label], b_sizes[label]) for label in batch)
    sizes = [b_sizes[x] if is_known(a_sizes[x]) and a_sizes[x] == 1 else a_sizes[x] for x in batch]
    if len(batch) > 6:
        equal = True
    a, transpose_a = _as_matrices(a, a_labels, batch, free_a, summed, a_sizes, equal)
    b, transpose_b = _as_matrices(b, b_labels, batch, summed, free_b, b_sizes, equal)
    result = matmul(a, b, transpose_a, transpose_b)
    sizes += [a_sizes[x] for x in free_a] + [b_sizes[x] for x in free_b]
    return reshape(result, sizes), [*batch, *free_a, *free_b]


def _broadcasts(x: Any, y: Any) -> bool:
    return is_known(x) and is_known(y) and x != y


def _as_matrices(
    x: Any,
    labels: Sequence[Label],
    batch: list[Label],
    rows: list[Label],
    columns: list[Label],
    sizes: dict[Label, Any],
    merge: bool,
) -> tuple[Any, bool]:
    """x as [batch, rows, columns], or [batch, columns, rows] where that needs no transposition; and which it is."""
    transposed = list(labels) == [*batch, *columns, *rows] and list(labels) != [*batch, *rows, *columns]
    order = [*batch, *columns, *rows] if transposed else [*batch, *rows, *columns]
    x = transpose(x, [list(labels).index(label) for label in order])
    first, second = (columns, rows) if transposed else (rows, columns)
    outer = [sizes[label] for label in batch]
    matrix = [product([sizes[label] for label in part]) for part in (first, second)]
    return reshape(x, ([product(outer)] if merge and outer else outer) + matrix), transposed


def _outer(
    a: Any,
    a_labels: Sequence[Label],
    b: Any,
    b_labels: Sequence[Label],
    batch: list[Label],
    free_a: list[Label],
    free_b: list[Label],
) -> tuple[Any, list[Label]]:
    """Products of all pairs: nothing is summed."""
    a = transpose(a, [list(a_labels).index(label) for label in [*batch, *free_a]])
    b = transpose(b, [list(b_labels).index(label) for label in [*batch, *free_b]])
    if free_a and free_b:
        sizes = sizes_of(b)
        b = reshape(b, [*sizes[: len(batch)], *[1] * len(free_a), *sizes[len(batch) :]])
    if free_b:
        a = reshape(a, [*sizes_of(a), *[1] * len(free_b)])
    elif free_a:
        b = reshape(b, [*sizes_of(b), *[1] * len(free_a)])
    return _execute("multiply", (a, b)), [*batch, *free_a, *free_b]
