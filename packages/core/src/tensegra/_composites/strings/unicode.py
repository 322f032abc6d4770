"""Between strings and their code points."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import int32, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._ragged.tensor import RaggedTensor
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from .pieces import with_rows

_execute = _native.execute


@public("strings.unicode_decode")
def unicode_decode(
    input: TensorLike,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> RaggedTensor | Tensor:
    """The code points of strings.

    Args:
        input: Strings of any shape, ragged ones too.
        input_encoding: 'UTF-8', 'UTF-16-BE', 'UTF-32-BE', the little-endian ones, 'US-ASCII' or 'ISO-8859-1'.
        errors: What to do with bytes that are no code point: 'strict' is an error, 'replace' or 'ignore' them.
        replacement_char: What replaces them.
        replace_control_characters: Whether code points below 32 are replaced, too.
        name: Ignored; for compatibility.

    Returns:
        int32, ragged, of one dimension more; a vector for a single string.

    Raises:
        tg.errors.InvalidArgumentError: Bytes are no code point and `errors` is 'strict' (TG-0635).

    >>> import tensegra as tg
    >>> tg.strings.unicode_decode(["né", "a"], "UTF-8")
    <tg.RaggedTensor [[110, 233], [97]]>
    """
    decoded = _decode(
        "strings.unicode_decode", input, input_encoding, errors, replacement_char, replace_control_characters
    )
    return decoded[0]  # type: ignore[no-any-return]


@public("strings.unicode_decode_with_offsets")
def unicode_decode_with_offsets(
    input: TensorLike,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> tuple[Any, Any]:
    """The code points of strings, and the byte at which each begins; see `unicode_decode` for the arguments.

    >>> import tensegra as tg
    >>> points, offsets = tg.strings.unicode_decode_with_offsets(["éa"], "UTF-8")
    >>> points, offsets
    (<tg.RaggedTensor [[233, 97]]>, <tg.RaggedTensor [[0, 2]]>)
    """
    where = "strings.unicode_decode_with_offsets"
    return _decode(where, input, input_encoding, errors, replacement_char, replace_control_characters)


@public("strings.unicode_split")
def unicode_split(
    input: TensorLike,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    name: str | None = None,
) -> RaggedTensor | Tensor:
    """Splits strings into their characters, each a string in the same encoding; see `unicode_decode`.

    >>> import tensegra as tg
    >>> [c.decode() for c in tg.strings.unicode_split("aé", "UTF-8").numpy()]
    ['a', 'é']
    """
    where = "strings.unicode_split"
    points = _decode(where, input, input_encoding, errors, replacement_char, False)[0]
    return _characters(points, input_encoding)


@public("strings.unicode_split_with_offsets")
def unicode_split_with_offsets(
    input: TensorLike,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    name: str | None = None,
) -> tuple[Any, Any]:
    """The characters of strings, and the byte at which each begins; see `unicode_split`.

    >>> import tensegra as tg
    >>> tg.strings.unicode_split_with_offsets("abc", "UTF-8")[1].numpy().tolist()
    [0, 1, 2]
    """
    where = "strings.unicode_split_with_offsets"
    points, offsets = _decode(where, input, input_encoding, errors, replacement_char, False)
    return _characters(points, input_encoding), offsets


@public("strings.unicode_encode")
def unicode_encode(
    input: Any,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    name: str | None = None,
) -> Any:
    """Strings of code points.

    Args:
        input: int32 of at least one dimension, ragged ones too; the last axis goes through the code points of a string.
        output_encoding: 'UTF-8', 'UTF-16-BE', 'UTF-32-BE' or the little-endian ones.
        errors: What to do with values that are no code point: 'strict' is an error, 'replace' or 'ignore' them.
        replacement_char: What replaces them.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: A value is no code point and `errors` is 'strict' (TG-0635).

    >>> import tensegra as tg
    >>> tg.strings.unicode_encode(tg.ragged.constant([[71, 246], [97]]), "UTF-8").numpy().tolist()
    [b'G\\xc3\\xb6', b'a']
    """
    attributes = {"output_encoding": output_encoding, "errors": errors, "replacement_char": replacement_char}
    if isinstance(input, RaggedTensor):
        values = input.values
        if isinstance(values, RaggedTensor):
            return input.with_values(unicode_encode(values, output_encoding, errors, replacement_char))
        if values.shape.rank and values.shape.rank > 1:
            return input.with_values(unicode_encode(values, output_encoding, errors, replacement_char))
        return _execute("unicode_encode", (values, input.row_splits), attributes)
    points: Any = convert_to_tensor(input, dtype_hint=int32)
    if not points.shape.rank:
        raise InvalidArgumentError(
            "[strings.unicode_encode] the code points must have at least one dimension. Received: "
            f"shape={points.shape}. Give a vector for each string.",
            code="TG-0103",
        )
    shape = _execute("shape", (points,), {"out_type": int64._number})
    one = _native.tensor(1, int64._number)
    rows = _execute("reduce_prod", (shape[:-1],))
    splits = _execute(
        "multiply",
        (_execute("range", (_native.tensor(0, int64._number), _execute("add", (rows, one)), one)), shape[-1]),
    )
    encoded = _execute("unicode_encode", (_execute("reshape", (points, [-1])), splits), attributes)
    return _execute("reshape", (encoded, shape[:-1]))


def _decode(
    where: str, input: Any, encoding: str, errors: str, replacement: int, controls: bool
) -> tuple[Any, Any]:
    attributes = {
        "input_encoding": encoding,
        "errors": errors,
        "replacement_char": replacement,
        "replace_control_characters": controls,
    }

    def cut(vector: Any) -> tuple[RaggedTensor, RaggedTensor]:
        splits, points, starts = _execute("unicode_decode_with_offsets", (vector,), attributes)
        return RaggedTensor(points, splits), RaggedTensor(starts, splits)

    return with_rows(where, input, cut)  # type: ignore[no-any-return]


def _characters(points: Any, encoding: str) -> Any:
    """Each code point as a string of its own; encodings that do not hold all are written as UTF-8."""
    flat = points.flat_values if isinstance(points, RaggedTensor) else points
    narrow = encoding.upper().replace("_", "-") in ("US-ASCII", "ASCII", "ISO-8859-1", "LATIN1")
    column = _execute("expand_dims", (flat,), {"axis": 1})
    characters = unicode_encode(column, "UTF-8" if narrow else encoding)
    return points.with_flat_values(characters) if isinstance(points, RaggedTensor) else characters
