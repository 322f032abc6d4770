"""Embeddings of sparse ids."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from .tensor import SparseTensor

_execute = _native.execute


@public("nn.embedding_lookup_sparse")
def embedding_lookup_sparse(
    params: TensorLike,
    sp_ids: SparseTensor,
    sp_weights: SparseTensor | None,
    combiner: str | None = None,
    max_norm: float | None = None,
    name: str | None = None,
    allow_fast_lookup: bool = False,
) -> Tensor:
    """Rows of a table that the ids of each row name, combined.

    Args:
        params: The table, shape [number of rows, ...].
        sp_ids: A sparse matrix of ids; no row up to the last one may be empty.
        sp_weights: A sparse matrix of weights at the same places. None: 1.
        combiner: 'mean', the default: the weighted sum divided by the sum of the weights; 'sqrtn': by the root of the
            sum of their squares; 'sum'.
        max_norm: Rows of the table are scaled down to this L2 norm where theirs is greater.
        name: Ignored; for compatibility.
        allow_fast_lookup: Ignored; for compatibility.

    Returns:
        One combined row for each row of ids, up to the last that has any.

    Raises:
        tg.errors.InvalidArgumentError: The combiner is another one (TG-0106).
        tg.errors.OutOfRangeError: An id is outside (TG-0107).

    >>> import tensegra as tg
    >>> ids = tg.SparseTensor([[0, 0], [0, 1], [1, 0]], [1, 0, 1], [2, 2])
    >>> tg.nn.embedding_lookup_sparse([[1.0], [3.0]], ids, None).numpy().tolist()
    [[2.0], [3.0]]
    """
    from .basic import sparse_of, whole  # only those who use them pay for them

    ids = sparse_of("nn.embedding_lookup_sparse", sp_ids)
    kind = "mean" if combiner is None else combiner
    if kind not in ("mean", "sqrtn", "sum"):
        raise InvalidArgumentError(
            f"[nn.embedding_lookup_sparse] combiner must be 'mean', 'sqrtn' or 'sum'. Received: combiner={combiner!r}. "
            "Use one of these.",
            code="TG-0106",
        )
    table: Any = convert_to_tensor(params)
    rows = _execute("gather", (table, ids.values))
    rank = table.shape.rank or 2
    number = rows._dtype_number
    if max_norm is not None:
        squares = _execute(
            "reduce_sum", (_execute("square", (rows,)),), {"axis": list(_axes(rank)), "keepdims": True}
        )
        limit = _native.tensor(max_norm, number)
        scale = _execute("divide", (limit, _execute("maximum", (_execute("sqrt", (squares,)), limit))))
        rows = _execute("multiply", (rows, scale))
    segments = ids.indices[:, 0]
    if sp_weights is None:
        weights = _execute("fill", (_execute("shape", (ids.values,)), _native.tensor(1, number)))
    else:
        weights = sp_weights.values
        if weights._dtype_number != number:
            weights = _execute("cast", (weights,), {"dtype": number})
    both = _execute("concat", ([whole([-1]), segments],), {"axis": 0})
    count = _execute("add", (_execute("reduce_max", (both,)), whole(1)))
    wide = _execute("concat", ([_count_of(weights), whole([1] * (rank - 1))],), {"axis": 0})
    spread = _execute("reshape", (weights, wide))
    total = _summed(segments, count, _execute("multiply", (rows, spread)))
    if kind == "sum":
        return total  # type: ignore[no-any-return]
    squared = weights if kind == "mean" else _execute("square", (weights,))
    divisor = _summed(segments, count, _execute("reshape", (squared, wide)))
    divisor = divisor if kind == "mean" else _execute("sqrt", (divisor,))
    return _execute("divide_no_nan", (total, divisor))  # type: ignore[no-any-return]


@public("nn.safe_embedding_lookup_sparse")
def safe_embedding_lookup_sparse(
    embedding_weights: TensorLike,
    sparse_ids: SparseTensor,
    sparse_weights: SparseTensor | None = None,
    combiner: str = "mean",
    default_id: int | None = None,
    max_norm: float | None = None,
    name: str | None = None,
    allow_fast_lookup: bool = False,
) -> Tensor:
    """`embedding_lookup_sparse` for ids of any rank, some of which are below 0 or missing.

    Args:
        embedding_weights: The table, shape [number of rows, width].
        sparse_ids: Sparse ids; those below 0 are left out.
        sparse_weights: Weights at the same places; ids with weights that are not above 0 are left out, where the
            combiner is not 'sum'.
        combiner: 'mean', 'sqrtn' or 'sum'.
        default_id: The id of rows without any. None: zeros stand there.
        max_norm: Rows of the table are scaled down to this L2 norm where theirs is greater.
        name: Ignored; for compatibility.
        allow_fast_lookup: Ignored; for compatibility.

    Returns:
        Shape sparse_ids.shape[:-1] + [width].

    >>> import tensegra as tg
    >>> ids = tg.SparseTensor([[0, 0], [2, 0]], [1, -1], [3, 2])
    >>> tg.nn.safe_embedding_lookup_sparse([[1.0], [3.0]], ids).numpy().tolist()
    [[3.0], [0.0], [0.0]]
    """
    from .basic import retain, sparse_of
    from .combining import fill_empty_rows, reshape

    ids = sparse_of("nn.safe_embedding_lookup_sparse", sparse_ids)
    shape = ids.dense_shape
    outer = _execute("reduce_prod", (shape[:-1],))
    flat_shape = _execute("stack", ([outer, shape[-1]],))
    ids = reshape(ids, flat_shape)
    good = _execute("greater_equal", (ids.values, _native.tensor(0, ids.values._dtype_number)))
    weights = None
    if sparse_weights is not None:
        weights = SparseTensor(ids.indices, sparse_weights.values, flat_shape)
        if combiner != "sum":
            above = _execute("greater", (weights.values, _native.tensor(0, weights.values._dtype_number)))
            good = _execute("logical_and", (good, above))
        weights = retain(weights, good)
    ids = retain(ids, good)
    ids, empty = fill_empty_rows(ids, 0 if default_id is None else default_id)
    if weights is not None:
        weights, _ = fill_empty_rows(weights, 1.0)
    found: Any = embedding_lookup_sparse(embedding_weights, ids, weights, combiner, max_norm)
    if default_id is None:
        zero = _native.tensor(0, found._dtype_number)
        found = _execute("select", (_execute("expand_dims", (empty,), {"axis": 1}), zero, found))
    width = _execute("shape", (found,), {"out_type": int64._number})[1:]
    return _execute("reshape", (found, _execute("concat", ([shape[:-1], width],), {"axis": 0})))  # type: ignore[no-any-return]


def _axes(rank: int) -> Any:
    return (i + 1 for i, _ in enumerate([None] * (rank - 1)))


def _count_of(value: Any) -> Any:
    return _execute("shape", (value,), {"out_type": int64._number})[:1]


def _summed(segments: Any, count: Any, terms: Any) -> Any:
    inner = _execute("shape", (terms,), {"out_type": int64._number})[1:]
    size = _execute("concat", ([_execute("reshape", (count, [1])), inner],), {"axis": 0})
    zeros = _execute("fill", (size, _native.tensor(0, terms._dtype_number)))
    return _execute("scatter_add_like", (zeros, segments, terms))
