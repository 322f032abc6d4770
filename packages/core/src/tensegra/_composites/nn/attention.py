"""Attention."""

from __future__ import annotations

import math
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
# Far below any score, and finite: a query that may look nowhere looks everywhere alike.
_LOWEST = {10: -6e4, 11: -1e38, 12: -1e38, 13: -1e300}


@public("nn.experimental.scaled_dot_product_attention")
def scaled_dot_product_attention(
    query: TensorLike,
    key: TensorLike,
    value: TensorLike,
    mask: TensorLike | None = None,
    causal: bool = False,
    scale: float | None = None,
    name: str | None = None,
) -> Tensor:
    """softmax(query key^T * scale) value (A. Vaswani et al., "Attention is all you need", NeurIPS 2017).

    Args:
        query: Shape [..., queries, depth], as batch and heads in front; a floating dtype.
        key: Shape [..., keys, depth]; the axes in front broadcast.
        value: Shape [..., keys, value depth].
        mask: Broadcasts with the scores [..., queries, keys]: bool, true where a query may look; or numbers of the
            dtype of query, added to the scores.
        causal: Whether query i sees no key after key i.
        scale: By default 1 / sqrt(depth).
        name: Ignored; for compatibility.

    Returns:
        Shape [..., queries, value depth].

    Raises:
        tg.errors.InvalidArgumentError: For a rank below 2 or an unknown one (TG-0103), an unknown depth without scale
            (TG-0106), or sizes that do not fit (TG-0105, TG-0101).

    >>> import tensegra as tg
    >>> x = tg.constant([[1.0, 0.0], [0.0, 1.0]])
    >>> tg.nn.experimental.scaled_dot_product_attention(x, x, x, causal=True)[0].numpy()
    array([1., 0.], dtype=float32)
    """
    queries: Any = _native.tensor(query)
    keys: Any = _native.tensor(key, queries._dtype_number)
    for what, tensor in (("query", queries), ("key", keys)):
        if tensor._shape is None or len(tensor._shape) < 2:
            raise InvalidArgumentError(
                f"[scaled_dot_product_attention] {what} must have at least 2 dimensions. "
                f"Received: {what}.shape={tensor._shape}",
                code="TG-0103",
            )
    if scale is None:
        depth = queries._shape[-1]
        if depth is None or depth < 0:
            raise InvalidArgumentError(
                "[scaled_dot_product_attention] scale must be given where the depth is not known. "
                f"Received: query.shape={queries._shape}",
                code="TG-0106",
            )
        scale = 1.0 / math.sqrt(max(depth, 1))
    # The queries are fewer numbers than the scores.
    scaled = _execute("multiply", (queries, _native.tensor(scale, queries._dtype_number)))
    scores = _execute("matmul", (scaled, keys), {"transpose_b": True})
    lowest = _native.tensor(_LOWEST.get(queries._dtype_number, -1e38), queries._dtype_number)
    if mask is not None:
        allowed: Any = _native.tensor(mask)
        if allowed._dtype_number == 1:
            scores = _execute("select", (allowed, scores, lowest))
        else:
            scores = _execute("add", (scores, allowed))
    if causal:
        scores = _execute("select", (_lower_triangle(scores), scores, lowest))
    return _execute("matmul", (_execute("softmax", (scores,)), value))


def _lower_triangle(scores: Any) -> Any:
    """True where the key is not after the query."""
    shape = _execute("shape", (scores,), {"out_type": 5})
    counts = []
    for axis in (-2, -1):
        size = _execute("gather", (shape, _native.tensor(len(scores._shape) + axis)))
        zero, one = _native.tensor(0, 5), _native.tensor(1, 5)
        counts.append(_execute("range", (zero, size, one)))
    return _execute("greater_equal", (_execute("expand_dims", (counts[0],), (1,)), counts[1]))
