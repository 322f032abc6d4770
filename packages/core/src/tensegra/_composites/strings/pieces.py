"""Functions that cut strings into pieces, whose number differs from string to string."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._dtypes import string
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._ragged.tensor import RaggedTensor
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

_execute = _native.execute


def strings_of(where: str, value: Any) -> Any:
    """A tensor of strings, or a ragged one.

    Raises:
        tg.errors.InvalidArgumentError: It holds something else (TG-0102).
    """
    tensor = value if isinstance(value, RaggedTensor) else convert_to_tensor(value)
    if tensor.dtype != string:
        raise InvalidArgumentError(
            f"[{where}] the input must hold strings. Received: dtype={tensor.dtype.name}. Use tg.strings.as_string.",
            code="TG-0102",
        )
    return tensor


def with_rows(where: str, value: Any, cut: Any) -> Any:
    """Cuts the strings of any shape: `cut(vector)` gives a ragged tensor with a row for each string."""
    tensor = strings_of(where, value)
    if isinstance(tensor, RaggedTensor):
        inner = with_rows(where, tensor.flat_values, cut)
        if isinstance(inner, tuple):
            return tuple(tensor.with_flat_values(part) for part in inner)
        return tensor.with_flat_values(inner)
    rank = tensor.shape.rank
    if rank is None:
        raise InvalidArgumentError(
            f"[{where}] the rank of the input must be known. Received: shape={tensor.shape}. Use tg.ensure_shape.",
            code="TG-0103",
        )
    rows = cut(_execute("reshape", (tensor, [-1])))

    def shaped(ragged: RaggedTensor) -> Any:
        if rank == 0:
            return ragged.values
        result = ragged
        sizes = _execute("shape", (tensor,), {"out_type": ragged.row_splits._dtype_number})
        number = ragged.row_splits._dtype_number
        for axis in range(rank - 1, 0, -1):
            count = _execute("reduce_prod", (sizes[:axis],))
            one = _native.tensor(1, number)
            ends = _execute("range", (_native.tensor(0, number), _execute("add", (count, one)), one))
            splits = _execute("multiply", (ends, sizes[axis]))
            result = RaggedTensor(result, splits, tensor.shape[axis])
        return result

    return tuple(map(shaped, rows)) if isinstance(rows, tuple) else shaped(rows)


@public("strings.split")
def split(
    input: TensorLike, sep: TensorLike | None = None, maxsplit: int = -1, name: str | None = None
) -> RaggedTensor | Tensor:
    """Splits strings at a separator.

    Args:
        input: Strings of any shape, ragged ones too.
        sep: The separator. None or '': runs of white space separate, and there are no empty pieces.
        maxsplit: How often to split at most; -1: as often as the separator is found.
        name: Ignored; for compatibility.

    Returns:
        Ragged, of one dimension more; a vector for a single string.

    >>> import tensegra as tg
    >>> tg.strings.split(["hello world", "a b c"])
    <tg.RaggedTensor [[b'hello', b'world'], [b'a', b'b', b'c']]>
    >>> tg.strings.split("a,b,,c", sep=",").numpy().tolist()
    [b'a', b'b', b'', b'c']
    """

    def cut(vector: Any) -> RaggedTensor:
        inputs = (vector, convert_to_tensor("" if sep is None else sep))
        return RaggedTensor(*_execute("string_split", inputs, {"maxsplit": maxsplit}))

    return with_rows("strings.split", input, cut)  # type: ignore[no-any-return]


@public("strings.bytes_split")
def bytes_split(input: TensorLike, name: str | None = None) -> RaggedTensor | Tensor:
    """Splits strings into their bytes.

    Args:
        input: Strings of any shape, ragged ones too.
        name: Ignored; for compatibility.

    Returns:
        Ragged, of one dimension more; a vector for a single string.

    >>> import tensegra as tg
    >>> tg.strings.bytes_split(["ab", "", "c"])
    <tg.RaggedTensor [[b'a', b'b'], [], [b'c']]>
    """

    def cut(vector: Any) -> RaggedTensor:
        return RaggedTensor(*_execute("string_bytes_split", (vector,)))

    return with_rows("strings.bytes_split", input, cut)  # type: ignore[no-any-return]


@public("strings.ngrams")
def ngrams(
    data: TensorLike,
    ngram_width: int | Sequence[int],
    separator: str = " ",
    pad_values: str | Sequence[str] | None = None,
    padding_width: int | None = None,
    preserve_short_sequences: bool = False,
    name: str | None = None,
) -> RaggedTensor | Tensor:
    """Joins neighbours along the last axis.

    Args:
        data: Strings, ragged ones too, of at least one dimension.
        ngram_width: How many neighbours are joined, or several such numbers.
        separator: What stands between two of them.
        pad_values: What is put before and behind each row: one string for both, or a pair. None: nothing.
        padding_width: How often, at most width - 1, which is also the default.
        preserve_short_sequences: A row too short for an n-gram gives one of all that it has.
        name: Ignored; for compatibility.

    Returns:
        Ragged, or a tensor where `data` is one.

    Raises:
        tg.errors.InvalidArgumentError: A width is below 1, or the paddings are no strings (TG-0106).

    >>> import tensegra as tg
    >>> tg.strings.ngrams(["A", "B", "C", "D"], 2).numpy().tolist()
    [b'A B', b'B C', b'C D']
    """
    tensor = strings_of("strings.ngrams", data)
    widths = [ngram_width] if isinstance(ngram_width, int) else list(ngram_width)
    pads = (
        ("", "")
        if pad_values is None
        else (pad_values, pad_values)
        if isinstance(pad_values, str)
        else tuple(pad_values)
    )
    if len(pads) != 2 or not all(isinstance(pad, str) for pad in pads) or (padding_width or 0) < 0:
        raise InvalidArgumentError(
            "[strings.ngrams] pad_values must be a string or two of them, and padding_width not negative. Received: "
            f"pad_values={pad_values!r}, padding_width={padding_width}. Use such as ('<', '>').",
            code="TG-0106",
        )
    attributes = {
        "ngram_widths": widths,
        "separator": separator,
        "left_pad": pads[0],
        "right_pad": pads[1],
        "pad_width": 0 if pad_values is None else -1 if padding_width is None else padding_width,
        "preserve_short_sequences": preserve_short_sequences,
    }

    def joined(ragged: RaggedTensor) -> RaggedTensor:
        if isinstance(ragged.values, RaggedTensor):
            return ragged.with_values(joined(ragged.values))
        return RaggedTensor(*_execute("string_ngrams", (ragged.values, ragged.row_splits), attributes))

    if isinstance(tensor, RaggedTensor):
        return joined(tensor)
    if tensor.shape.rank == 1:
        return joined(RaggedTensor.from_tensor(_execute("expand_dims", (tensor,), {"axis": 0}))).values  # type: ignore[no-any-return]
    ragged = RaggedTensor.from_tensor(tensor, ragged_rank=(tensor.shape.rank or 2) - 1)
    return joined(ragged).to_tensor()
