"""Why a function is traced again."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composite_tensor import CompositeTensor
from tensegra._dtypes import dtype_from_number
from tensegra._shape import TensorShape
from tensegra._spec import TensorSpec

from ._parameters import Parameters
from ._structure import Leaf

WARN_AFTER = 5


def report(name: str, parameters: Parameters, last: Any, args: Any, kwargs: Any, retraces: int) -> None:
    """Tells about a retrace: on the standard error where TENSEGRA_LOG has "retrace", and once as a warning.

    Args:
        name: The function.
        parameters: Its parameters.
        last: The arguments of the trace before, as structures with leaves.
        args: The positional arguments now, in canonical form.
        kwargs: The others.
        retraces: How many there were, with this one.
    """
    wanted = "retrace" in os.environ.get("TENSEGRA_LOG", "").split(",")
    if not wanted and retraces != WARN_AFTER:
        return
    reason = "; ".join(_differences(parameters, last, args, kwargs)) or "other shapes than any trace takes"
    if wanted:
        print(f"[retrace] {name}, trace {retraces + 1}: {reason}", file=sys.stderr)
    if retraces == WARN_AFTER:
        warnings.warn(
            f"[{name}] traced {retraces + 1} times, which takes time and memory each time. The last reason: {reason}. "
            "Pass what changes as tensors, not as Python values; make the function once, outside of loops; or give it "
            "an input_signature. TENSEGRA_LOG=retrace prints each reason.",
            RuntimeWarning,
            stacklevel=_outside(),
        )


def _outside() -> int:
    """How far up the stack the user's call is."""
    level = 1
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("tensegra._function"):
        frame = frame.f_back  # type: ignore[assignment]
        level += 1
    return level


def _differences(
    parameters: Parameters, last: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> list[str]:
    found: list[str] = []
    old_args, old_kwargs = last
    for index in range(max(len(old_args), len(args))):
        path = f"argument {parameters.path(index)}"
        if index >= len(args) or index >= len(old_args):
            found.append(f"{path} is {'missing' if index >= len(args) else 'new'}")
        else:
            _compare(path, old_args[index], args[index], found)
    for key in sorted({*old_kwargs, *kwargs}):
        if key in old_kwargs and key in kwargs:
            _compare(f"argument {key}", old_kwargs[key], kwargs[key], found)
        else:
            found.append(f"argument {key} is {'new' if key in kwargs else 'missing'}")
    return found


def _compare(path: str, old: Any, new: Any, found: list[str]) -> None:
    if hasattr(new, "_as_form"):
        new = new._as_form()
    if type(old) is Leaf:
        now = _spec(new)
        if now is None:
            found.append(f"{path} is {_text(new)}, no tensor any more")
        elif now[0] is not old.spec.dtype:
            found.append(f"{path} has dtype {now[0].name} instead of {old.spec.dtype.name}")
        elif not old.spec._accepts(now[1]):
            found.append(f"{path} has shape {now[1]} instead of {old.spec.shape}")
    elif isinstance(old, CompositeTensor) and type(old) is type(new):
        for name, one, other in zip(old._part_names, old._parts(), new._parts(), strict=True):
            _compare(f"{path}.{name.lstrip('_')}", one, other, found)
    elif isinstance(old, (tuple, list)) and type(old) is type(new) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new)):
            _compare(f"{path}[{index}]", one, other, found)
    elif isinstance(old, Mapping) and isinstance(new, Mapping) and set(old) == set(new):
        for key in old:
            _compare(f"{path}[{key!r}]", old[key], new[key], found)
    elif _spec(new) is not None:
        found.append(f"{path} is a tensor instead of {_text(old)}")
    elif old is not new and (type(old) is not type(new) or not _equal(old, new)):
        found.append(f"{path} is {_text(new)} instead of {_text(old)}")


def _equal(old: Any, new: Any) -> bool:
    try:
        return bool(old == new) and type(old).__eq__ is not object.__eq__
    except Exception:
        return False


def _spec(value: Any) -> tuple[Any, TensorShape] | None:
    if isinstance(value, TensorSpec):
        return value.dtype, value.shape
    if isinstance(value, _native.Tensor):
        return dtype_from_number(value._dtype_number), TensorShape._from_native(value._shape)
    if isinstance(value, (np.ndarray, np.generic)):
        return dtype_from_number(_native.natural_dtype(value)), TensorShape(value.shape)
    return None


def _text(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
