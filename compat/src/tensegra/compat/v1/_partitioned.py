"""Variables in parts: partitioners, `PartitionedVariable`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tensegra as tg

from ._apply import apply, is_graph_value
from ._errors import invalid
from ._graph import name_scope
from ._shapes import TensorShape
from ._symbols import export
from ._tensor import Tensor, core_dtype


class SliceInfo:
    """Which part of a whole a variable is."""

    def __init__(
        self, full_name: str, full_shape: list[int], var_offset: list[int], var_shape: list[int]
    ) -> None:
        self.full_name, self.full_shape = full_name, full_shape
        self.var_offset, self.var_shape = var_offset, var_shape

    @property
    def spec(self) -> str:
        """The form in which checkpoints name the part."""
        sizes = " ".join(str(size) for size in self.full_shape)
        parts = ":".join(f"{offset},{size}" for offset, size in zip(self.var_offset, self.var_shape))
        return f"{sizes} {parts}"


class PartitionedVariable:
    """Several variables that stand for one."""

    def __init__(
        self, name: str, shape: list[int], dtype: Any, parts: list[Any], partitions: list[int]
    ) -> None:
        self._name, self._shape, self._dtype = name, TensorShape(shape), dtype
        self._parts, self._partitions = parts, partitions
        self._whole: Tensor | None = None

    name = property(lambda self: self._name)
    dtype = property(lambda self: self._dtype)
    shape = property(lambda self: self._shape)

    def get_shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    def __iter__(self) -> Any:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def _get_variable_list(self) -> list[Any]:
        return self._parts

    def _get_partitions(self) -> list[int]:
        return self._partitions

    def as_tensor(self) -> Tensor:
        """The whole."""
        return self._as_graph_tensor()

    def _as_graph_tensor(self) -> Tensor:
        if self._whole is None:
            axis = next((index for index, count in enumerate(self._partitions) if count > 1), 0)
            with name_scope(f"{self._name}/ConcatPartitions/"):
                self._whole = apply(
                    "ConcatV2", lambda *parts: tg.concat(list(parts), axis), *self._parts, op_name="concat"
                )
        return self._whole  # type: ignore[return-value]


def get_partitioned(
    name: str,
    shape: Any,
    dtype: Any,
    initializer: Any,
    regularizer: Any,
    reuse: Any,
    trainable: Any,
    collections: Any,
    partitioner: Any,
    constraint: Any,
    single: Callable[..., Any],
) -> Any:
    """A variable in the parts that the partitioner says."""
    from ._variable_scope import default_initializer, store

    known = store().partitioned
    if reuse and name in known:
        return known[name]
    if shape is None and is_graph_value(initializer):
        shape = initializer.shape
    partitions = [int(count) for count in partitioner(shape=shape, dtype=core_dtype(dtype))]
    if sum(count > 1 for count in partitions) > 1 or len(partitions) != shape.ndims:
        raise invalid(
            "get_variable",
            "a variable is cut along one dimension",
            f"{partitions} for shape {shape}",
            "Change the partitioner.",
            "TG-7236",
        )
    if initializer is None:
        initializer = default_initializer(dtype)
    sizes = [int(size) for size in shape.as_list()]
    axis = next((index for index, count in enumerate(partitions) if count > 1), 0)
    count = partitions[axis]
    lengths = [sizes[axis] // count + (index < sizes[axis] % count) for index in range(count)]
    parts: list[Any] = []
    offset = 0
    for index, length in enumerate(lengths):
        start = [0] * len(sizes)
        start[axis] = offset
        part_shape = list(sizes)
        part_shape[axis] = length
        own = initializer
        if is_graph_value(initializer):
            own = apply("Slice", tg.slice, initializer, start, part_shape)
        part = single(
            f"{name}/part_{index}",
            None if own is not initializer else TensorShape(part_shape),
            dtype,
            own,
            regularizer,
            reuse,
            trainable,
            collections,
            True,
            constraint,
        )
        part._save_slice_info = SliceInfo(name, sizes, start, part_shape)
        parts.append(part)
        offset += length
    known[name] = PartitionedVariable(name, sizes, core_dtype(dtype), parts, partitions)
    return known[name]


@export("fixed_size_partitioner")
def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Callable[..., list[int]]:
    """Cuts into a number of parts."""

    def partitioner(shape: Any, dtype: Any = None, **unused: Any) -> list[int]:
        found = [1] * TensorShape(shape).ndims  # type: ignore[operator]
        found[axis] = min(num_shards, TensorShape(shape).as_list()[axis] or 1)
        return found

    return partitioner


@export("variable_axis_size_partitioner")
def variable_axis_size_partitioner(
    max_shard_bytes: int, axis: int = 0, bytes_per_string_element: int = 16, max_shards: int | None = None
) -> Callable[..., list[int]]:
    """Cuts into parts of at most so many bytes."""

    def partitioner(shape: Any, dtype: Any = tg.float32, **unused: Any) -> list[int]:
        sizes = [int(size) for size in TensorShape(shape).as_list()]  # type: ignore[arg-type]
        element = bytes_per_string_element if dtype == tg.string else core_dtype(dtype).size
        row = int(np.prod(sizes)) // max(sizes[axis], 1) * element
        rows = max(1, max_shard_bytes // max(row, 1))
        count = min(-(-sizes[axis] // rows), sizes[axis]) or 1
        found = [1] * len(sizes)
        found[axis] = count if max_shards is None else min(count, max_shards)
        return found

    return partitioner


@export("min_max_variable_partitioner")
def min_max_variable_partitioner(
    max_partitions: int = 1,
    axis: int = 0,
    min_slice_size: int = 256 << 10,
    bytes_per_string_element: int = 16,
) -> Callable[..., list[int]]:
    """Cuts into at most so many parts of at least so many bytes."""

    def partitioner(shape: Any, dtype: Any = tg.float32, **unused: Any) -> list[int]:
        sizes = [int(size) for size in TensorShape(shape).as_list()]  # type: ignore[arg-type]
        element = bytes_per_string_element if dtype == tg.string else core_dtype(dtype).size
        count = max(1, int(np.prod(sizes)) * element // min_slice_size)
        found = [1] * len(sizes)
        found[axis] = min(sizes[axis], max_partitions, count) or 1
        return found

    return partitioner
