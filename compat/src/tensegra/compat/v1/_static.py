"""What is known of values before a graph runs: for shapes that are computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._shapes import TensorShape
from ._symbols import export
from ._tensor import Tensor


@export("get_static_value contrib.util.constant_value")
def constant_value(tensor: Any, partial: bool = False) -> Any:
    """The value of a tensor as an array where it follows from constants and shapes, else None."""
    if not isinstance(tensor, Tensor):
        return np.asarray(tensor) if not hasattr(tensor, "_as_graph_tensor") else None
    known = _known(tensor, 0)
    if known is None or any(each is None for each in known.reshape(-1).tolist()):
        return known if partial else None
    return (
        known.astype(tensor.dtype.as_numpy_dtype)
        if known.dtype == object and tensor.dtype.name != "string"
        else known
    )


def shape_from(value: Any) -> TensorShape:
    """The static shape that a tensor of sizes (or a list with tensors in it) stands for."""
    if isinstance(value, TensorShape):
        return value
    if isinstance(value, Tensor):
        known = _known(value, 0)
        if known is None:
            length = value.shape[0].value if value.shape.ndims == 1 else None
            return TensorShape(None if length is None else [None] * length)
        return TensorShape(
            [None if each is None or each < 0 else int(each) for each in known.reshape(-1).tolist()]
        )
    if isinstance(value, (list, tuple)):
        sizes: list[Any] = []
        for each in value:
            if isinstance(each, Tensor):
                found = constant_value(each)
                sizes.append(None if found is None or found < 0 else int(found))
            elif hasattr(each, "_as_graph_tensor"):
                sizes.append(None)
            else:
                size = each.value if hasattr(each, "value") else each
                sizes.append(None if size is None or size < 0 else int(size))
        return TensorShape(sizes)
    if hasattr(value, "_as_graph_tensor"):
        return shape_from(value._as_graph_tensor())
    return TensorShape(np.asarray(value).reshape(-1).tolist())


def _known(tensor: Tensor, depth: int) -> Any:
    """An array of objects with None for elements that are not known, or None."""
    if depth > 40:
        return None
    op = tensor.op
    inputs = op.inputs
    if op.type == "Const":
        return op.attributes["value"]
    if op.type == "Shape" and op.lower is not None:
        shape = inputs[0].shape
        return None if shape.ndims is None else np.array(shape.as_list(), dtype=object)
    if op.type == "Rank":
        rank = inputs[0].shape.ndims
        return None if rank is None else np.array(rank, dtype=object)
    if op.type == "Size":
        count = inputs[0].shape.num_elements()
        return None if count is None else np.array(count, dtype=object)
    if op.type in ("Pack", "ConcatV2"):
        parts = [_known(each, depth + 1) for each in inputs]
        if op.type == "Pack":
            if all(each.shape.ndims == 0 for each in inputs):
                return np.array([None if each is None else each.item() for each in parts], dtype=object)
            return None
        filled: list[Any] = []
        for part, each in zip(parts, inputs):
            if each.shape.ndims != 1:
                return None
            if part is None:
                length = each.shape[0].value
                if length is None:
                    return None
                part = np.array([None] * length, dtype=object)
            filled.extend(part.tolist())
        return np.array(filled, dtype=object)
    if op.type in ("Identity", "Cast", "StopGradient"):
        return (
            _known(inputs[0], depth + 1) if tensor.dtype.is_integer and inputs[0].dtype.is_integer else None
        )
    if op.type == "strided_slice" and len(inputs) == 1:
        value = _known(inputs[0], depth + 1)
        if value is None:
            return None
        try:
            return np.array(value[as_key(op.attributes["parts"])], dtype=object)
        except IndexError:
            return None
    if op.type in _FOLDED and len(inputs) == 2:
        first, second = _known(inputs[0], depth + 1), _known(inputs[1], depth + 1)
        if first is None or second is None or first.size != 1 or second.size != 1:
            return None
        a, b = first.item(), second.item()
        if a is None or b is None or not tensor.dtype.is_integer:
            return None
        try:
            return np.array(_FOLDED[op.type](a, b), dtype=object)
        except ZeroDivisionError:
            return None
    return None


_FOLDED: dict[str, Any] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "floordiv": lambda a, b: a // b,
    "Add": lambda a, b: a + b, "Sub": lambda a, b: a - b, "Mul": lambda a, b: a * b, "FloorDiv": lambda a, b: a // b,
    "div": lambda a, b: a // b, "mod": lambda a, b: a % b, "Maximum": max, "Minimum": min,
}  # fmt: skip


def as_key(parts: list[Any]) -> Any:
    """What stands between the brackets of a slice."""
    key = tuple(
        slice(*part[1:]) if isinstance(part, tuple) and part and part[0] == "slice" else part
        for part in parts
    )
    return key if len(key) != 1 else key[0]
