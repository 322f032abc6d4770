"""What convolutions and pools in TensorFlow's argument order share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._errors import InvalidArgumentError

_execute = _native.execute

FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def layout(op: str, data_format: str | None, spatial: int) -> str:
    """The data format, checked; None stands for channels last."""
    known = FORMATS[spatial]
    if data_format is None:
        return known[0]
    if data_format not in known:
        raise InvalidArgumentError(
            f'[{op}] data_format must be "{known[0]}" or "{known[1]}". Received: data_format={data_format!r}',
            code="TG-0106",
        )
    return data_format


def steps(value: int | Sequence[int] | None) -> list[int] | None:
    """Strides, dilations or sizes as a list; None stays."""
    return None if value is None else [int(step) for step in np.atleast_1d(np.asarray(value))]


def attributes(
    op: str, strides: Any, padding: Any, data_format: str | None, dilations: Any, spatial: int
) -> dict[str, Any]:
    """The attributes of an op over images or volumes."""
    found: dict[str, Any] = {
        "strides": steps(strides),
        "data_format": layout(op, data_format, spatial),
        "dilations": steps(dilations),
    }
    if isinstance(padding, str):
        found["padding"] = padding.upper()
    else:
        found["padding"] = "EXPLICIT"
        found["explicit_paddings"] = [int(amount) for amount in np.asarray(padding).reshape(-1)]
    return found


def lifted(op: str, found: dict[str, Any], first_channels: bool) -> dict[str, Any]:
    """Attributes for sequences, as those for images of one row."""
    result = dict(found, data_format="NCHW" if first_channels else "NHWC")
    for name in ("strides", "dilations", "ksize"):
        values = found.get(name)
        if values is None:
            continue
        if len(values) == 3:
            values = [values[2 if first_channels else 1]]
        if len(values) != 1:
            raise InvalidArgumentError(
                f"[{op}] {name} must hold 1 or 3 integers. Received: {name}={values}", code="TG-0106"
            )
        result[name] = [1, values[0]]
    pads = found.get("explicit_paddings")
    if pads is not None:
        place = 4 if first_channels else 2
        result["explicit_paddings"] = [*pads[:place], 0, 0, *pads[place:]]
    return result


def rank_of(x: Any) -> int | None:
    """The number of axes of a tensor, None where it is not known."""
    return None if x._shape is None else len(x._shape)


def merged(x: Any, spatial: int, run: Callable[[Any], Any]) -> Any:
    """run(x), with all axes before the last spatial + 1 ones seen as one batch axis."""
    rank = rank_of(x)
    if rank is None or rank <= spatial + 2:
        return run(x)
    outer = rank - spatial - 1
    shape = _execute("shape", (x,), {"out_type": 5})
    first = _execute("strided_slice", (shape,), ([0], [outer], [1]))
    rest = _execute("strided_slice", (shape,), ([outer], [rank], [1]))
    y = run(_execute("reshape", (x, _execute("concat", ([_native.tensor([-1], 5), rest],), (0,)))))
    size = _execute("shape", (y,), {"out_type": 5})
    rest = _execute("strided_slice", (size,), ([1], [spatial + 2], [1]))
    return _execute("reshape", (y, _execute("concat", ([first, rest],), (0,))))
