"""What the functions of signal processing share."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra._errors import InvalidArgumentError

FLOAT64 = 13
COMPLEX64, COMPLEX128 = 14, 15


def refuse(function: str, rule: str, code: str, received: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[{function}] {rule}. Received: {received}. See the documentation of the function.", code=code
    )


def positive_int(value: Any, function: str, name: str) -> int:
    """A length as an int: at least 1."""
    number = int(np.asarray(value))
    if number < 1:
        raise refuse(function, f"{name} must be at least 1", "TG-0106", f"{name}={number}")
    return number


def complex_dtype(x: Any) -> int:
    """The number of the complex dtype that goes with a real one."""
    return COMPLEX128 if x._dtype_number == FLOAT64 else COMPLEX64
