"""Sparse tensors as strings."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import as_dtype, int64, string
from tensegra._public import public
from tensegra._sparse.basic import reorder, sparse_of
from tensegra._sparse.tensor import SparseTensor
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute


@public("io.serialize_sparse")
def serialize_sparse(sp_input: SparseTensor, out_type: DTypeLike = string, name: str | None = None) -> Tensor:
    """A sparse tensor as three strings: its places, values and shape, each a TensorProto message.

    Args:
        sp_input: A sparse tensor.
        out_type: string.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.io.serialize_sparse(tg.sparse.eye(2)).shape
    TensorShape([3])
    """
    sparse = sparse_of("io.serialize_sparse", sp_input)
    parts = [_execute("serialize_tensor", (part,)) for part in sparse._parts()]
    return _execute("stack", (parts,))  # type: ignore[no-any-return]


@public("io.serialize_many_sparse")
def serialize_many_sparse(
    sp_input: SparseTensor, out_type: DTypeLike = string, name: str | None = None
) -> Tensor:
    """The rows of a sparse tensor as strings, three for each: see `serialize_sparse`. Not in functions.

    Args:
        sp_input: A sparse tensor of at least two dimensions.
        out_type: string.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.io.serialize_many_sparse(tg.sparse.eye(2)).shape
    TensorShape([2, 3])
    """
    sparse = reorder(sparse_of("io.serialize_many_sparse", sp_input))
    return _execute("stack", ([serialize_sparse(row) for row in _rows(sparse)],))  # type: ignore[no-any-return]


def _rows(sparse: SparseTensor) -> list[SparseTensor]:
    first = sparse.indices[:, 0]._numpy()
    found = []
    for number, _ in enumerate([None] * int(sparse.dense_shape._numpy()[0])):
        chosen = _native.tensor(
            [i for i, row in enumerate(first.tolist()) if row == number] or [0], int64._number
        )
        if number not in first:
            chosen = chosen[:0]
        found.append(
            SparseTensor(
                _execute("gather", (sparse.indices[:, 1:], chosen)),
                _execute("gather", (sparse.values, chosen)),
                sparse.dense_shape[1:],
            )
        )
    return found


@public("io.deserialize_many_sparse")
def deserialize_many_sparse(
    serialized_sparse: TensorLike, dtype: DTypeLike, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """Rows that `serialize_many_sparse` wrote, as one sparse tensor with the greatest sizes of the rows.

    Args:
        serialized_sparse: Strings of shape [count, 3].
        dtype: The dtype of the values.
        rank: Ignored; for compatibility.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: The strings are no such messages (TG-0651, TG-0652).

    >>> import tensegra as tg
    >>> rows = tg.io.serialize_many_sparse(tg.sparse.eye(2))
    >>> tg.sparse.to_dense(tg.io.deserialize_many_sparse(rows, tg.float32)).numpy().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    texts: Any = convert_to_tensor(serialized_sparse)
    number = as_dtype(dtype)._number
    indices, values, shapes = [], [], []
    count = texts.shape[0] or 0
    for row, _ in enumerate([None] * count):
        own = _execute("parse_tensor", (texts[row, 0],), {"out_type": int64._number})
        size = _execute("shape", (own,), {"out_type": int64._number})[:1]
        column = _execute(
            "fill",
            (
                _execute("concat", ([size, _native.tensor([1], int64._number)],), {"axis": 0}),
                _native.tensor(row, int64._number),
            ),
        )
        indices.append(_execute("concat", ([column, own],), {"axis": 1}))
        values.append(_execute("parse_tensor", (texts[row, 1],), {"out_type": number}))
        shapes.append(_execute("parse_tensor", (texts[row, 2],), {"out_type": int64._number}))
    widest = _execute("reduce_max", (_execute("stack", (shapes,)),), {"axis": [0]})
    shape = _execute("concat", ([_native.tensor([count], int64._number), widest],), {"axis": 0})
    return SparseTensor(
        _execute("concat", (indices,), {"axis": 0}), _execute("concat", (values,), {"axis": 0}), shape
    )
