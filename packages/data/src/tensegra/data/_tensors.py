"""The border between the pipeline, which moves NumPy arrays, and core's tensors. Only this module crosses it."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg

from ._structure import Nest, flatten, map_leaves


def to_tensors(record: Nest) -> Nest:
    """The record as users see it: a nest of `tg.Tensor`."""
    return map_leaves(tg.constant, record)


def to_array(value: Any) -> np.ndarray:
    """An array that nobody else writes to: the value of a tensor, or a copy with TensorFlow's rules for Python numbers.

    Raises:
        Exception: `value` is nothing that a tensor holds; which class is core's affair.
    """
    if isinstance(value, np.ndarray):
        _refuse_objects(value)
        return value.copy()
    return np.asarray(tg.convert_to_tensor(value).numpy())


def _refuse_objects(array: np.ndarray) -> None:
    if array.dtype.kind not in "biufcSU" and not (
        array.dtype.kind == "O" and all(isinstance(item, (str, bytes)) for item in array.flat)
    ):
        raise TypeError(f"an array of dtype {array.dtype} holds no numbers, bools or strings")


def snapshot(value: Any) -> np.ndarray:
    """`value` as the rows of a source: a read-only array (a memory map, say) is shared, a writable one is"
    " copied."""
    if isinstance(value, np.ndarray) and not value.flags.writeable:
        _refuse_objects(value)
        return value
    array = to_array(value).view()
    array.flags.writeable = False
    return array


def is_tensor(value: Any) -> bool:
    """Whether `value` is a tensor or a variable of core."""
    return bool(tg.is_tensor(value))


def scalar(value: int) -> tg.Tensor:
    """An int64 tensor of rank 0."""
    return tg.constant(value, dtype=tg.int64)


def make_spec(shape: Any, dtype: Any) -> tg.TensorSpec:
    """A spec from a shape (None: unknown rank) and a NumPy or core dtype."""
    return tg.TensorSpec(shape, tg.as_dtype(dtype))


def array_spec(array: np.ndarray) -> tg.TensorSpec:
    """The spec that exactly this array has."""
    dtype = tg.string if array.dtype.kind in "SUO" else array.dtype
    return make_spec(list(array.shape), dtype)


def is_spec(value: Any) -> bool:
    """Whether `value` is a `tg.TensorSpec`."""
    return isinstance(value, tg.TensorSpec)


def dims(spec: tg.TensorSpec) -> list[int | None] | None:
    """The dimensions of a spec, None where unknown; None for an unknown rank."""
    return None if spec.shape.rank is None else spec.shape.as_list()


def batched_spec(spec: tg.TensorSpec, size: int | None) -> tg.TensorSpec:
    """The spec of `size` such tensors stacked."""
    inner = dims(spec)
    return make_spec(None if inner is None else [size, *inner], spec.dtype)


def joined_spec(a: tg.TensorSpec, b: tg.TensorSpec) -> tg.TensorSpec:
    """The narrowest spec that holds what `a` and `b` hold; their dtypes are equal."""
    left, right = dims(a), dims(b)
    if left is None or right is None or len(left) != len(right):
        return make_spec(None, a.dtype)
    return make_spec([m if m == n else None for m, n in zip(left, right, strict=True)], a.dtype)


def traced_specs(fn: Any, arguments: tuple[Nest, ...]) -> Nest:
    """What `fn` returns for arguments of these specs, found by tracing it once without data.

    Raises whatever the function raises when it needs real values.
    """
    outputs = tg.function(fn).get_concrete_function(*arguments).structured_outputs
    if not all(map(is_spec, flatten(outputs))):
        raise TypeError(f"the function does not return tensors only: {outputs!r}")
    return outputs
