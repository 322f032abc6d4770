"""Embeddings."""

from __future__ import annotations

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_gather = _native.find_op("gather")


@public("nn.embedding_lookup")
def embedding_lookup(params: TensorLike, ids: TensorLike, name: str | None = None) -> Tensor:
    """The rows of a table that the ids name.

    Args:
        params: The table, shape [number of rows, ...].
        ids: int32 or int64, each in [0, number of rows).
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
    return _native.execute(_gather, (params, ids))
