"""`tg.print`, `tg.Assert` and `tg.ensure_shape`."""

from __future__ import annotations

import sys
from typing import Any

from tensegra import _native, nest
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._variable import Variable

from ._cond import as_predicate
from ._structure import is_composite


@public("print")
def print_(*inputs: Any, **kwargs: Any) -> None:
    """Prints tensors and other values; inside of a `tg.function`, each time that the graph runs.

    Args:
        *inputs: Tensors, Python values, and nests of these.
        **kwargs: `output_stream`: `sys.stderr` (default), `sys.stdout` or "file://" and a path, to which it is
            appended. `summarize`: how many elements are shown at both ends of each dimension, 3 by default, -1: all.
            `sep`: what stands between the inputs, a blank by default. `end`: what follows, a new line by default.
            `name`: ignored.

    Inside of a graph it writes to the streams of the process, as C programs do; where ops run at once, to those of
    Python.

    Raises:
        tg.errors.InvalidArgumentError: There is no such argument or stream (TG-0519).

    >>> import sys
    >>> import tensegra as tg
    >>> tg.print("x =", tg.range(10), {"a": tg.constant(0.5)}, output_stream=sys.stdout)
    x = [0 1 2 ... 7 8 9] {'a': 0.5}
    """
    stream = kwargs.pop("output_stream", sys.stderr)
    summarize, sep, end = kwargs.pop("summarize", 3), kwargs.pop("sep", " "), kwargs.pop("end", None)
    kwargs.pop("name", None)
    if kwargs:
        raise InvalidArgumentError(
            f"[print] the arguments are output_stream, summarize, sep, end and name. Received: {sorted(kwargs)}. "
            "Leave the others out.",
            code="TG-0519",
        )
    end = "\n" if end is None else end
    tensors: list[Tensor] = []
    pieces = [_template(value, tensors, True) for value in inputs]
    placeholder = "{}"
    while any(placeholder in text for piece in pieces for text in piece if text is not None):
        placeholder = "{" + placeholder + "}"
    text = sep.join("".join(placeholder if part is None else part for part in piece) for piece in pieces)
    attributes = {
        "template": text,
        "placeholder": placeholder,
        "summarize": -1 if summarize is None else summarize,
    }
    formatted = _native.execute("format_tensors", (tensors,), attributes)
    name = _stream_name(stream)
    if not formatted._is_symbolic and name in ("stdout", "stderr"):
        target = sys.stdout if name == "stdout" else sys.stderr
        target.write(bytes(formatted.numpy()).decode("utf-8", "replace") + end)
        return
    _native.execute("print_text", (formatted,), {"stream": name, "end": end})


@public("Assert debugging.Assert")
def assert_(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> None:
    """Fails where a condition is false; inside of a `tg.function`, when the graph runs.

    Args:
        condition: One bool.
        data: A list of tensors that the message shows.
        summarize: How many elements of each are shown, at both ends of each dimension; 3 by default.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: The condition is false (TG-0518), or not one bool (TG-0514).

    >>> import tensegra as tg
    >>> x = tg.constant([1, 2])
    >>> tg.Assert(tg.reduce_all(x > 0), [x])
    """
    predicate = as_predicate(condition, "Assert")
    shown = [convert_to_tensor(value) for value in (data if isinstance(data, (list, tuple)) else [data])]
    _native.execute("assert", (predicate, shown), {"summarize": 3 if summarize is None else summarize})


@public("ensure_shape")
def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """The same tensor, known to have a shape, which is checked when it runs.

    Args:
        x: A tensor.
        shape: Its shape; sizes may be None.
        name: Ignored.

    Returns:
        `x`.

    Raises:
        tg.errors.InvalidArgumentError: `x` has another shape (TG-0517).

    >>> import tensegra as tg
    >>> @tg.function(input_signature=[tg.TensorSpec(None, tg.float32)])
    ... def known(x):
    ...     return tg.constant(str(tg.ensure_shape(x, [None, 2]).shape))
    >>> known(tg.ones([3, 2])).numpy()
    b'(None, 2)'
    """
    wanted = TensorShape(shape)._to_native()
    attributes = {} if wanted is None else {"shape": list(wanted)}
    return _native.execute("ensure_shape", (x,), attributes)  # type: ignore[no-any-return]


def _template(value: Any, tensors: list[Tensor], top: bool) -> list[str | None]:
    """The text of a value in pieces, None where a tensor goes."""
    if isinstance(value, (Tensor, Variable)):
        tensors.append(convert_to_tensor(value))
        return [None]
    if is_composite(value) or not nest.is_nested(value):
        return [
            value if isinstance(value, str) and top else repr(value) if isinstance(value, str) else str(value)
        ]
    mapping = hasattr(value, "items")
    names = getattr(value, "_fields", None)
    begin, end = ("{", "}") if mapping else ("[", "]") if isinstance(value, list) else ("(", ")")
    if names:
        begin = type(value).__name__ + "("
    pieces: list[str | None] = [begin]
    keys = nest._sorted_keys(value) if mapping else range(len(value))
    for number, key in enumerate(keys):
        label = f"{key!r}: " if mapping else f"{names[number]}=" if names else ""
        pieces += [", " if number else "", label, *_template(value[key], tensors, False)]
    if isinstance(value, tuple) and len(value) == 1 and not names:
        pieces.append(",")
    return [*pieces, end]


def _stream_name(stream: Any) -> str:
    if stream is sys.stdout or stream is sys.__stdout__ or stream == "stdout":
        return "stdout"
    if stream is sys.stderr or stream is sys.__stderr__ or stream == "stderr":
        return "stderr"
    if isinstance(stream, str) and stream.startswith("file://"):
        return stream
    raise InvalidArgumentError(
        f"[print] output_stream must be sys.stdout, sys.stderr or 'file://' and a path. Received: {stream!r}. "
        "Print to a file, or use tg.py_function.",
        code="TG-0519",
    )
