"""Crosses of features: `tg.sparse.cross` and `tg.ragged.cross`."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import int64, string
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._ragged.tensor import RaggedTensor, _cast
from tensegra._tensor import convert_to_tensor

from .tensor import SparseTensor

_execute = _native.execute


@public("sparse.cross")
def cross(inputs: Any, name: str | None = None, separator: Any = None) -> SparseTensor:
    """For each row all combinations of one value of each input, joined to a string.

    Args:
        inputs: Matrices of strings or integers, sparse, ragged or ordinary ones, with equally many rows.
        name: Ignored; for compatibility.
        separator: What stands between the values; by default '_X_'.

    Raises:
        tg.errors.InvalidArgumentError: There is no input (TG-0110), or they are no matrices (TG-0103).

    >>> import tensegra as tg
    >>> tg.sparse.cross([[["a"], ["b"]], tg.sparse.from_dense([["c", "d"], ["e", ""]])]).values.numpy().tolist()
    [b'a_X_c', b'a_X_d', b'b_X_e']
    """
    return _combined("sparse.cross", inputs, "_X_" if separator is None else separator).to_sparse()  # type: ignore[no-any-return]


@public("ragged.cross")
def ragged_cross(inputs: Any, name: str | None = None) -> RaggedTensor:
    """For each row all combinations of one value of each input, joined to a string by '_X_'; see `tg.sparse.cross`.

    >>> import tensegra as tg
    >>> tg.ragged.cross([tg.ragged.constant([["a"], ["b", "c"]]), tg.ragged.constant([["d"], ["e"]])])
    <tg.RaggedTensor [[b'a_X_d'], [b'b_X_e', b'c_X_e']]>
    """
    return _combined("ragged.cross", inputs, "_X_")


def _rows(where: str, value: Any) -> tuple[Any, Any]:
    """The values as strings, and the row splits."""
    if isinstance(value, SparseTensor):
        ragged = RaggedTensor.from_value_rowids(value.values, value.indices[:, 0], value.dense_shape[0])
    elif isinstance(value, RaggedTensor):
        ragged = value
    else:
        tensor: Any = convert_to_tensor(value)
        if tensor.shape.rank != 2:
            raise InvalidArgumentError(
                f"[{where}] each input must be a matrix. Received: shape={tensor.shape}. Reshape it.",
                code="TG-0103",
            )
        ragged = RaggedTensor.from_tensor(tensor)
    values = ragged.values
    if isinstance(values, RaggedTensor) or values.shape.rank != 1:
        raise InvalidArgumentError(
            f"[{where}] each input must be a matrix. Received: shape={ragged.shape}. Use merge_dims.",
            code="TG-0103",
        )
    if values.dtype != string:
        values = _execute("string_as_string", (values,))
    return values, _cast(ragged.row_splits, int64)


def _combined(where: str, inputs: Any, separator: str) -> RaggedTensor:
    if not inputs:
        raise InvalidArgumentError(
            f"[{where}] there must be an input. Received: inputs=[]. Give some.", code="TG-0110"
        )
    columns = [_rows(where, value) for value in inputs]
    lengths = [_execute("subtract", (splits[1:], splits[:-1])) for _, splits in columns]
    count = lengths[0]
    for length in lengths[1:]:
        count = _execute("multiply", (count, length))
    zero = _native.tensor([0], int64._number)
    splits = _execute("concat", ([zero, _execute("cumsum", (count,), {"axis": 0})],), {"axis": 0})
    rows = _execute("ragged_row_ids", (splits,))
    size = _execute("shape", (rows,), {"out_type": int64._number})[0]
    own = _execute("range", (_native.tensor(0, int64._number), size, _native.tensor(1, int64._number)))
    rest = _execute("subtract", (own, _execute("gather", (splits, rows))))
    parts = []
    # The last input runs fastest.
    for (values, starts), length in zip(reversed(columns), reversed(lengths)):
        width = _execute("maximum", (_execute("gather", (length, rows)), _native.tensor(1, int64._number)))
        digit = _execute("floormod", (rest, width))
        rest = _execute("floordiv", (rest, width))
        parts.append(
            _execute("gather", (values, _execute("add", (_execute("gather", (starts, rows)), digit))))
        )
    joined = _execute("string_join", (parts[::-1],), {"separator": separator})
    return RaggedTensor(joined, splits)
