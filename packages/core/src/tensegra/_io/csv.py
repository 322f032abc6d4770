"""Comma-separated values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._dtypes import int64, string
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("io.decode_csv")
def decode_csv(
    records: TensorLike,
    record_defaults: Sequence[Any],
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Sequence[int] | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """The columns of records of comma-separated values (RFC 4180).

    Args:
        records: Strings, each a record.
        record_defaults: For each column its default, or its dtype where a value must be there.
        field_delim: What separates fields.
        use_quote_delim: Whether quotes around a field hold delimiters in it.
        na_value: What stands for a missing value, besides nothing.
        select_cols: The columns wanted, in rising order; by default all.
        name: Ignored; for compatibility.

    Returns:
        A tensor for each column, of the shape of `records`.

    Raises:
        tg.errors.InvalidArgumentError: Records have other numbers of fields, or a value is missing that has no default
            (TG-0648); a field is no number (TG-0633).

    >>> import tensegra as tg
    >>> numbers, words = tg.io.decode_csv(["1,a", ",b"], [[7], tg.string])
    >>> numbers.numpy().tolist(), words.numpy().tolist()
    ([1, 7], [b'a', b'b'])
    """
    from tensegra._dtypes import DType

    texts: Any = convert_to_tensor(records)
    attributes = {"field_delim": field_delim, "use_quote_delim": use_quote_delim}
    fields, splits = _execute("string_csv_fields", (texts,), attributes)
    wanted = list(select_cols) if select_cols is not None else None
    count = len(record_defaults)
    if wanted is not None and (len(wanted) != count or sorted(set(wanted)) != wanted or wanted[0] < 0):
        raise InvalidArgumentError(
            "[io.decode_csv] select_cols must rise, one for each default. Received: "
            f"select_cols={wanted}, {count} defaults. Compare them.",
            code="TG-0106",
        )
    lengths = _execute("subtract", (splits[1:], splits[:-1]))
    if not lengths._is_symbolic and lengths.shape[0]:
        found = lengths.numpy()
        enough = (found > wanted[-1]).all() if wanted else (found == count).all()
        if not enough:
            raise InvalidArgumentError(
                "[io.decode_csv] each record must have the fields asked for. Received: records of "
                f"{sorted(set(found.tolist()))} fields, {count} defaults. Check field_delim and record_defaults.",
                code="TG-0648",
            )
    columns: list[Tensor] = []
    for i, default in enumerate(record_defaults):
        place = _native.tensor(i if wanted is None else wanted[i], int64._number)
        column = _execute("gather", (fields, _execute("add", (splits[:-1], place))))
        required = isinstance(default, DType)
        dtype = default if required else None
        start: Any = None if required else convert_to_tensor(default)
        if start is not None and start.shape.num_elements() == 0:
            required, dtype = True, start.dtype
        if dtype is None:
            dtype = start.dtype
        blank = _execute("equal", (column, _native.tensor("")))
        if na_value:
            blank = _execute("logical_or", (blank, _execute("equal", (column, _native.tensor(na_value)))))
        if required:
            if not blank._is_symbolic and blank.numpy().any():
                raise InvalidArgumentError(
                    f"[io.decode_csv] a value without default must be there. Received: column {i} with an empty "
                    "field. Give a default in record_defaults.",
                    code="TG-0648",
                )
            value: Any = None
        else:
            value = _execute("reshape", (start, []))
        columns.append(
            _execute("reshape", (_typed(column, blank, value, dtype), _execute("shape", (texts,))))
        )
    return columns


def _typed(column: Any, blank: Any, default: Any, dtype: Any) -> Any:
    if dtype == string:
        return column if default is None else _execute("select", (blank, default, column))
    numbers = column
    if default is not None:
        numbers = _execute("select", (blank, _native.tensor("0"), column))
    numbers = _execute("string_to_number", (numbers,), {"out_type": dtype._number})
    return numbers if default is None else _execute("select", (blank, default, numbers))
