"""Embeddings of sets of ids: rows of a table, combined."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor

_execute = _native.execute
_INT64 = 5


def _table(op: str, params: Any) -> Any:
    """The table; one in several parts is put together first."""
    if isinstance(params, list | tuple):
        if not params:
            raise InvalidArgumentError(f"[{op}] the table must have a part. Received: none", code="TG-0106")
        parts = [_native.tensor(part) for part in params]
        return parts[0] if len(parts) == 1 else _execute("concat", (parts,), (0,))
    return _native.tensor(params)


def _combined(
    op: str, table: Any, rows: Any, ids: Any, weights: Any, count: Any, combiner: str, max_norm: float | None
) -> Any:
    """For each of count rows the combination of the table's rows that its ids name."""
    number = table._dtype_number
    found = _execute("gather", (table, ids))
    axes = list(range(1, found._rank))
    if max_norm is not None:
        squares = _execute("reduce_sum", (_execute("square", (found,)),), (axes, True))
        limit = _native.tensor(float(max_norm), number)
        norm = _execute("maximum", (_execute("sqrt", (squares,)), limit))
        found = _execute("multiply", (found, _execute("divide", (limit, norm))))
    if weights is None:
        weights = _execute(
            "add", (_execute("zeros_like", (_execute("cast", (ids,), {"dtype": number}),)), 1.0)
        )
    column = weights
    for _ in axes:
        column = _execute("expand_dims", (column,), (-1,))
    shape = _execute("shape", (table,), {"out_type": _INT64})
    rest = _execute("strided_slice", (shape,), ([1], [0], [1], 0, 1))
    height = _execute("expand_dims", (count,), (0,))
    zero = _native.tensor(0.0, number)
    empty = _execute("fill", (_execute("concat", ([height, rest],), (0,)), zero))
    total = _execute("scatter_add_like", (empty, rows, _execute("multiply", (found, column))))
    if combiner == "sum":
        return total
    counted = weights if combiner == "mean" else _execute("square", (weights,))
    divisor = _execute("scatter_add_like", (_execute("fill", (height, zero)), rows, counted))
    if combiner == "sqrtn":
        divisor = _execute("sqrt", (divisor,))
    for _ in axes:
        divisor = _execute("expand_dims", (divisor,), (-1,))
    return _execute("divide_no_nan", (total, divisor))


def _checked(op: str, combiner: str | None, ids: Any, weights: Any) -> str:
    if combiner is None:
        combiner = "mean"
    if combiner not in ("sum", "mean", "sqrtn"):
        raise InvalidArgumentError(
            f'[{op}] combiner must be "sum", "mean" or "sqrtn". Received: combiner={combiner!r}',
            code="TG-0106",
        )
    for what, value in (("ids", ids), ("weights", weights)):
        if not hasattr(value, "dense_shape") and not (what == "weights" and value is None):
            raise InvalidArgumentError(
                f"[{op}] {what} must be a tg.SparseTensor. Received: {what} of type {type(value).__name__}",
                code="TG-0106",
            )
    return combiner


@public("nn.embedding_lookup_sparse")
def embedding_lookup_sparse(
    params: Any,
    sp_ids: Any,
    sp_weights: Any,
    combiner: str | None = None,
    max_norm: float | None = None,
    name: str | None = None,
    allow_fast_lookup: bool = False,
) -> Tensor:
    """Combines the rows of a table that each row of ids names.

    Args:
        params: The table, shape [number of rows, ...], or a list of its parts.
        sp_ids: A `tg.SparseTensor` of int32 or int64, shape [batch, anything].
        sp_weights: A `tg.SparseTensor` with the same places: a weight for each id; None for ones.
        combiner: "sum"; "mean", the sum by the sum of the weights; "sqrtn", the sum by the root of the sum of their
            squares. None for "mean".
        max_norm: Rows of a greater norm are scaled down to it.
        name: Ignored; for compatibility.
        allow_fast_lookup: Ignored; for compatibility.

    Returns:
        Shape [batch, ...]; zeros for rows without ids, also after the last id (TensorFlow leaves those out).

    Raises:
        tg.errors.InvalidArgumentError: For another combiner, or ids that are not sparse (TG-0106).
        tg.errors.OutOfRangeError: For an id that is no row (TG-0107).

    >>> import tensegra as tg
    >>> ids = tg.SparseTensor([[0, 0], [0, 1], [1, 0]], tg.constant([1, 0, 1]), [2, 2])
    >>> tg.nn.embedding_lookup_sparse([[2.0], [4.0]], ids, None, combiner="mean").numpy()
    array([[3.],
           [4.]], dtype=float32)
    """
    op = "embedding_lookup_sparse"
    combiner = _checked(op, combiner, sp_ids, sp_weights)
    table = _table(op, _native.tensor(params) if _is_matrix(params) else params)
    rows = _execute("gather", (sp_ids.indices, 0), {"axis": 1})
    weights = None
    if sp_weights is not None:
        weights = _execute("cast", (sp_weights.values,), {"dtype": table._dtype_number})
    count = _execute("gather", (sp_ids.dense_shape, _native.tensor(0)))
    result: Tensor = _combined(op, table, rows, sp_ids.values, weights, count, combiner, max_norm)
    return result


def _is_matrix(params: Any) -> bool:
    """Whether a list holds numbers, not parts of a table."""
    while isinstance(params, list | tuple) and params:
        params = params[0]
    return isinstance(params, int | float)


@public("nn.safe_embedding_lookup_sparse")
def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str | None = "mean",
    default_id: int | None = None,
    max_norm: float | None = None,
    name: str | None = None,
    allow_fast_lookup: bool = False,
) -> Tensor:
    """Combines the rows of a table that ids name, where ids may be negative and rows of them empty.

    Args:
        embedding_weights: The table, shape [number of rows, ...], or a list of its parts.
        sparse_ids: A `tg.SparseTensor` of int32 or int64, shape [..., anything]. Negative ids do not count.
        sparse_weights: A `tg.SparseTensor` with the same places: a weight for each id; None for ones. Unless the
            combiner is "sum", ids whose weight is not positive do not count.
        combiner: As in `tg.nn.embedding_lookup_sparse`.
        default_id: What stands where there is no id; None for zeros.
        max_norm: Rows of a greater norm are scaled down to it.
        name: Ignored; for compatibility.
        allow_fast_lookup: Ignored; for compatibility.

    Returns:
        Shape sparse_ids.shape[:-1] + embedding_weights.shape[1:].

    Raises:
        tg.errors.InvalidArgumentError: For another combiner, or ids that are not sparse (TG-0106).
        tg.errors.OutOfRangeError: For an id that is no row (TG-0107).

    >>> import tensegra as tg
    >>> ids = tg.SparseTensor([[0, 0], [2, 1]], tg.constant([-1, 1]), [3, 2])
    >>> tg.nn.safe_embedding_lookup_sparse([[2.0], [4.0]], ids, default_id=0).numpy().ravel()
    array([2., 2., 4.], dtype=float32)
    """
    op = "safe_embedding_lookup_sparse"
    combiner = _checked(op, combiner, sparse_ids, sparse_weights)
    table = _table(
        op, _native.tensor(embedding_weights) if _is_matrix(embedding_weights) else embedding_weights
    )
    ids, indices, shape = sparse_ids.values, sparse_ids.indices, sparse_ids.dense_shape
    outer = _execute("strided_slice", (shape,), ([0], [-1], [1]))
    count = _execute("reduce_prod", (outer,))
    # The number of its row among all rows, from the places along the outer axes.
    steps = _execute("cumprod", (outer,), {"exclusive": True, "reverse": True})
    places = _execute("strided_slice", (indices,), ([0, 0], [0, -1], [1, 1], 1, 1))
    rows = _execute("reduce_sum", (_execute("multiply", (places, steps)),), ([1],))
    valid = _execute("greater_equal", (ids, _execute("zeros_like", (ids,))))
    weights = None
    if sparse_weights is not None:
        weights = _execute("cast", (sparse_weights.values,), {"dtype": table._dtype_number})
        if combiner != "sum":
            positive = _execute("greater", (weights, _execute("zeros_like", (weights,))))
            valid = _execute("logical_and", (valid, positive))
    kept = _execute("reshape", (_execute("where_indices", (valid,)), [-1]))
    ids, rows = _execute("gather", (ids, kept)), _execute("gather", (rows, kept))
    weights = None if weights is None else _execute("gather", (weights, kept))
    result = _combined(op, table, rows, ids, weights, count, combiner, max_norm)
    if default_id is not None:
        ones = _execute("ones_like", (_execute("cast", (ids,), {"dtype": _INT64}),))
        none = _execute("fill", (_execute("expand_dims", (count,), (0,)), _native.tensor(0, _INT64)))
        seen = _execute("scatter_add_like", (none, rows, ones))
        empty = _execute("equal", (seen, _native.tensor(0, _INT64)))
        for _ in range(table._rank - 1):
            empty = _execute("expand_dims", (empty,), (-1,))
        alone = _combined(
            op, table, _native.tensor([0], _INT64), _native.tensor([int(default_id)], _INT64), None,
            _native.tensor(1, _INT64), combiner, max_norm,
        )  # fmt: skip
        result = _execute("select", (empty, alone, result))
    rest = _execute(
        "strided_slice", (_execute("shape", (table,), {"out_type": _INT64}),), ([1], [0], [1], 0, 1)
    )
    return _execute("reshape", (result, _execute("concat", ([outer, rest],), (0,))))
