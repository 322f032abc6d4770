"""`tensor[...]`: NumPy's indexing with ints, slices, `...`, None, and one integer or boolean tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._errors import InvalidArgumentError, OutOfRangeError, UnimplementedError

_execute = _native.execute
_strided_slice = _native.find_op("strided_slice")
_gather = _native.find_op("gather")
_BOOL = 1
_INTEGERS = (4, 5)  # int32, int64


def index(tensor: Any, key: Any) -> Any:
    """The part of the tensor that the key names."""
    if type(key) is int and tensor._rank != 0:
        return _execute(_strided_slice, (tensor,), ([key], [key + 1], [1], None, None, None, None, 1))
    plan = _plan(tensor, key if type(key) is tuple else (key,))
    if plan.changes:
        set_bits = (
            plan.begin_mask,
            plan.end_mask,
            plan.ellipsis_mask,
            plan.new_axis_mask,
            plan.shrink_axis_mask,
        )
        # None leaves an attribute at its default, 0.
        masks = [bits or None for bits in set_bits]
        tensor = _execute(_strided_slice, (tensor,), (plan.begin, plan.end, plan.strides, *masks))
    if plan.dynamic:
        tensor = _slice_dynamic(tensor, plan.dynamic)
    if plan.advanced is None:
        return tensor
    axis = plan.advanced_axis
    if axis < 0 and tensor._rank < 0:
        raise UnimplementedError(
            "[getitem] this version cannot index behind `...` where the rank is unknown. "
            "Give the function an input_signature with a known rank.",
            code="TG-0121",
        )
    axis = axis % tensor._rank if tensor._rank > 0 else axis
    return _select(tensor, plan.advanced, axis, plan.to_front)


@dataclass
class _Plan:
    """One strided_slice, then slices with bounds from the graph, then one gather."""

    begin: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    strides: list[int] = field(default_factory=list)
    begin_mask: int = 0
    end_mask: int = 0
    ellipsis_mask: int = 0
    new_axis_mask: int = 0
    shrink_axis_mask: int = 0
    changes: bool = False
    dynamic: dict[int, slice] = field(default_factory=dict)  # by axis of the sliced tensor
    advanced: Any = None
    advanced_axis: int = 0
    to_front: bool = False

    def add(self, begin: int, end: int, stride: int = 1) -> int:
        self.begin.append(begin)
        self.end.append(end)
        self.strides.append(stride)
        return 1 << (len(self.begin) - 1)

    def add_full(self) -> None:
        bit = self.add(0, 0)
        self.begin_mask |= bit
        self.end_mask |= bit


def _plan(tensor: Any, key: tuple[Any, ...]) -> _Plan:
    plan = _Plan()
    entries = [_advanced_or_basic(entry) for entry in key]
    ellipsis_at = next((i for i, entry in enumerate(entries) if entry is Ellipsis), None)
    if sum(entry is Ellipsis for entry in entries) > 1:
        raise InvalidArgumentError(
            f"[getitem] an index may have one `...`. Received: {len(key)} entries. Keep one.", code="TG-0125"
        )
    _check_rank(tensor, entries)
    axis = 0  # of the result of strided_slice
    groups: list[int] = []  # where ints and the index tensor stand, to find out whether they are neighbours
    for i, entry in enumerate(entries):
        if ellipsis_at is not None and i == ellipsis_at:
            plan.ellipsis_mask |= plan.add(0, 0)
            # From here on axes are counted from the end.
            axis = -sum(_width_after(later) for later in entries[i + 1 :])
        elif entry is None:
            plan.new_axis_mask |= plan.add(0, 0)
            plan.changes = True
            axis += 1
        elif type(entry) is int:
            plan.shrink_axis_mask |= plan.add(entry, entry + 1)
            plan.changes = True
            groups.append(i)
        elif isinstance(entry, slice):
            _add_slice(plan, entry, axis)
            axis += 1
        else:
            if plan.advanced is not None:
                raise UnimplementedError(
                    "[getitem] this version indexes with one tensor at a time. "
                    f"Received: {len(key)} entries. Index in steps, or use tg.gather.",
                    code="TG-0121",
                )
            groups.append(i)
            plan.advanced, plan.advanced_axis = entry, axis
            for _ in range(_width(entry)):
                plan.add_full()
                axis += 1
    plan.to_front = plan.advanced is not None and any(b - a != 1 for a, b in pairwise(groups))
    return plan


def _width(entry: Any) -> int:
    """How many axes of the tensor an index tensor takes."""
    return max(1, len(entry._shape)) if entry._dtype_number == _BOOL else 1


def _width_after(entry: Any) -> int:
    """How many axes of the sliced tensor an entry leaves before the index tensor is applied."""
    if type(entry) is int:
        return 0
    return 1 if entry is None or isinstance(entry, slice) else _width(entry)


def _advanced_or_basic(entry: Any) -> Any:
    """None, `...`, an int or a slice as they are; everything else as a tensor of integers or truth values."""
    if entry is None or entry is Ellipsis or type(entry) is int or isinstance(entry, slice):
        return entry
    if isinstance(entry, np.integer | int) and not isinstance(entry, bool):
        return int(entry)
    if isinstance(entry, bool | np.bool_ | float | str | bytes):
        raise _bad_index(entry)
    try:
        tensor = _native.tensor(entry if not _is_empty(entry) else np.zeros(np.shape(entry), np.int32))
    except InvalidArgumentError:
        raise _bad_index(entry) from None
    number = tensor._dtype_number
    if number == _BOOL and tensor._shape:
        return tensor
    if number in _INTEGERS:
        return int(tensor._numpy()) if tensor._shape == () and not tensor._is_symbolic else tensor
    if isinstance(entry, np.ndarray) and entry.dtype.kind in "iu":
        return _native.tensor(entry.astype(np.int64))
    raise _bad_index(entry)


def _is_empty(entry: Any) -> bool:
    return isinstance(entry, Sequence) and len(entry) == 0


def _bad_index(entry: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        "[getitem] an index must be an int, a slice, `...`, None, or a tensor of integers or of truth values. "
        f"Received: index={entry!r}. Use tg.gather or tg.where for other selections.",
        code="TG-0125",
    )


def _check_rank(tensor: Any, entries: list[Any]) -> None:
    if tensor._rank < 0:
        return
    used = sum(
        0 if e is None or e is Ellipsis else 1 if isinstance(e, int | slice) else _width(e) for e in entries
    )
    if used > tensor._rank:
        raise OutOfRangeError(
            f"[getitem] there are more indices than axes. Received: {used} for a tensor of rank {tensor._rank}. "
            "Use one index for each axis.",
            code="TG-0107",
        )


def _bound(value: Any) -> Any:
    """None or an int; a scalar of the graph stays what it is."""
    if value is None or type(value) is int:
        return value
    if isinstance(value, _native.Tensor) and value._is_symbolic:
        return value
    try:
        return value.__index__()
    except (AttributeError, TypeError):
        raise _bad_index(value) from None


def _add_slice(plan: _Plan, entry: slice, axis: int) -> None:
    start, stop, step = _bound(entry.start), _bound(entry.stop), _bound(entry.step)
    if isinstance(step, _native.Tensor) or step == 0:
        raise InvalidArgumentError(
            f"[getitem] the step of a slice must be an int other than 0. Received: step={step!r}. "
            "Use tg.reverse or tg.gather.",
            code="TG-0125",
        )
    if isinstance(start, _native.Tensor) or isinstance(stop, _native.Tensor):
        if step not in (None, 1):
            raise UnimplementedError(
                f"[getitem] bounds from a graph need step 1 in this version. Received: step={step}. Use tg.gather.",
                code="TG-0121",
            )
        plan.dynamic[axis] = slice(start, stop)
        plan.add_full()
        return
    bit = plan.add(start or 0, stop or 0, 1 if step is None else step)
    plan.begin_mask |= bit if start is None else 0
    plan.end_mask |= bit if stop is None else 0
    plan.changes = plan.changes or start is not None or stop is not None or step not in (None, 1)


def _slice_dynamic(tensor: Any, bounds: dict[int, slice]) -> Any:
    """Slices along axes whose bounds are values of the graph, clipped as Python does."""
    for axis, bound in bounds.items():
        shape = _execute("shape", (tensor,))
        size = index(shape, axis)
        start = _clip(0 if bound.start is None else bound.start, size)
        stop = size if bound.stop is None else _clip(bound.stop, size)
        length = _execute("maximum", (stop - start, 0))
        rank = tensor._rank
        if rank < 0:
            raise UnimplementedError(
                "[getitem] bounds from a graph need a known rank in this version. Use tg.slice.",
                code="TG-0121",
            )
        begin = [0] * rank
        sizes = [-1] * rank
        begin[axis], sizes[axis] = start, length
        tensor = _execute("slice", (tensor, begin, sizes))
    return tensor


def _clip(bound: Any, size: Any) -> Any:
    if not isinstance(bound, int):
        bound = _execute("cast", (bound,), {"dtype": "int32"})
    shifted = _execute("select", (_execute("less", (bound, 0)), bound + size, bound))
    return _execute("minimum", (_execute("maximum", (shifted, 0)), size))


def _select(tensor: Any, chosen: Any, axis: int, to_front: bool) -> Any:
    """Applies the index tensor along an axis, or a mask along as many axes as it has."""
    if chosen._dtype_number == _BOOL:
        width = len(chosen._shape)
        shape = tensor._shape
        if shape is not None:
            for have, want in zip(shape[axis : axis + width], chosen._shape):
                if have >= 0 and want >= 0 and have != want:
                    raise InvalidArgumentError(
                        "[getitem] a mask must have the sizes of the axes that it selects from. "
                        f"Received: mask.shape={chosen._shape}, tensor.shape={shape}. Reshape the mask.",
                        code="TG-0105",
                    )
        if width > 1:
            tensor = _merge_axes(tensor, axis, width)
            chosen = _execute("reshape", (chosen, [-1]))
        where = _execute("where_indices", (chosen,))
        chosen = _execute("reshape", (where, [-1]))
        rank = 1
    else:
        rank = chosen._rank
        if not chosen._is_symbolic:
            chosen = _wrap_negative(np.asarray(chosen), tensor, axis)
        else:
            size = index(_execute("shape", (tensor,), (chosen._dtype_number,)), axis)
            chosen = _execute("select", (_execute("less", (chosen, 0)), chosen + size, chosen))
    result = _execute(_gather, (tensor, chosen), (axis,))
    if not to_front or axis == 0:
        return result
    if result._rank < 0:
        raise UnimplementedError(
            "[getitem] this index needs a known rank in this version. Use tg.gather and tg.transpose.",
            code="TG-0121",
        )
    moved = list(range(axis, axis + rank))
    rest = [i for i in range(result._rank) if i not in moved]
    return _execute("transpose", (result,), (moved + rest,))


def _wrap_negative(chosen: np.ndarray, tensor: Any, axis: int) -> Any:
    if chosen.size == 0 or chosen.min() >= 0:
        return chosen
    size = tensor._shape[axis] if tensor._shape is not None else -1
    if size >= 0:
        return np.where((chosen < 0) & (chosen >= -size), chosen + size, chosen)
    length = index(_execute("shape", (tensor,)), axis)
    wrapped = _native.tensor(chosen.astype(np.int32))
    return _execute("select", (chosen < 0, _execute("add", (wrapped, length)), wrapped))


def _merge_axes(tensor: Any, axis: int, width: int) -> Any:
    shape = tensor._shape
    if shape is not None and sum(size < 0 for size in shape) == 0:
        merged = int(np.prod(shape[axis : axis + width]))
        return _execute("reshape", (tensor, [*shape[:axis], merged, *shape[axis + width :]]))
    dims = _execute("shape", (tensor,))
    return _execute(
        "reshape", (tensor, _execute("concat", ([dims[:axis], [-1], dims[axis + width :]],), (0,)))
    )
