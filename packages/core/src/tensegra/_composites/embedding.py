"""Embeddings."""

from __future__ import annotations

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_gather = _native.find_op("gather")


@public("nn.embedding_lookup")
def embedding_lookup(
    params: TensorLike, ids: TensorLike, max_norm: float | None = None, name: str | None = None
) -> Tensor:
    """The rows of a table that the ids name.

    Args:
        params: The table, shape [number of rows, ...].
        ids: int32 or int64, each in [0, number of rows).
        max_norm: Rows of a greater norm are scaled down to it; None for no limit.
        name: Ignored; for compatibility.

    Returns:
        Shape ids.shape + params.shape[1:].

    Raises:
        tg.errors.OutOfRangeError: Where an id is outside (TG-0107).

    >>> import tensegra as tg
    >>> tg.nn.embedding_lookup([[1.0, 2.0], [3.0, 4.0]], [1, 1, 0]).numpy()
    array([[3., 4.],
           [3., 4.],
           [1., 2.]], dtype=float32)
    """
    found = _native.execute(_gather, (params, ids))
    if max_norm is None:
        return found
    rank, ids_rank = len(found.shape), len(_native.tensor(ids).shape)
    squares = _native.execute("reduce_sum", (found * found,), (list(range(ids_rank, rank)), True))
    limit = _native.tensor(float(max_norm), found._dtype_number)
    norm = _native.execute("maximum", (_native.execute("sqrt", (squares,)), limit))
    return _native.execute("multiply", (found, _native.execute("divide", (limit, norm))))
