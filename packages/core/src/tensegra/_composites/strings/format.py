"""Tensors in text."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import string
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor

_execute = _native.execute


@public("strings.format")
def format(
    template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None
) -> Tensor:
    """A text in which tensors stand in place of a placeholder.

    Args:
        template: The text.
        inputs: A tensor, or as many as there are placeholders.
        placeholder: What is replaced.
        summarize: How many elements are shown at the beginning and the end of each axis; -1: all. Of an axis whose
            size only a running graph knows, all are shown.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: The numbers of tensors and of placeholders differ (TG-0110), or a rank is not
            known (TG-0103).

    >>> import tensegra as tg
    >>> tg.strings.format("tensor: {}", tg.range(10)).numpy()
    b'tensor: [0 1 2 ... 7 8 9]'
    """
    values = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    pieces = template.split(placeholder)
    if len(pieces) - 1 != len(values):
        raise InvalidArgumentError(
            "[strings.format] there must be a tensor for each placeholder. Received: "
            f"{len(pieces) - 1} placeholders, {len(values)} tensors. Compare the template and the inputs.",
            code="TG-0110",
        )
    parts = [pieces[0]]
    for value, piece in zip(values, pieces[1:], strict=False):
        parts += [_shown(convert_to_tensor(value), summarize), piece]
    return _execute("string_join", ([convert_to_tensor(part) for part in parts],))  # type: ignore[no-any-return]


def _shown(tensor: Any, summarize: int) -> Any:
    """A 0-d string of the elements, in brackets."""
    rank = tensor.shape.rank
    if rank is None:
        raise InvalidArgumentError(
            f"[strings.format] the rank of a tensor must be known. Received: shape={tensor.shape}. "
            "Use tg.ensure_shape.",
            code="TG-0103",
        )
    if tensor.dtype == string:
        quote = _native.tensor('"')
        text = _execute("string_join", ([quote, tensor, quote],))
    elif tensor.dtype.is_floating:
        text = _execute("string_as_string", (tensor,), {"shortest": True})
    else:
        text = _execute("string_as_string", (tensor,))
    for axis in range(rank - 1, -1, -1):
        size = tensor.shape[axis]
        if size is not None and summarize >= 0 and size > 2 * summarize:
            before = [slice(None)] * axis
            first, last = (
                text[(*before, slice(None, summarize))],
                text[(*before, slice(size - summarize, None))],
            )
            dots = _execute(
                "fill", (_execute("shape", (text[(*before, slice(0, 1))],)), _native.tensor("..."))
            )
            text = _execute("concat", ([first, dots, last],), {"axis": axis})
        # Rows of the last axis stand in a line, those of the others below each other.
        separator = " " if axis == rank - 1 else "\n" + " " * (axis + 1)
        joined = _execute("string_reduce_join", (text,), {"axis": [axis], "separator": separator})
        text = _execute("string_join", ([_native.tensor("["), joined, _native.tensor("]")],))
    return text
