"""Arguments and results as structures whose tensors are numbered leaves."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composite_tensor import CompositeTensor
from tensegra._dtypes import DType, dtype_from_number
from tensegra._errors import InvalidArgumentError
from tensegra._shape import TensorShape
from tensegra._spec import TensorSpec
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._variable import Variable
from tensegra.nest import _sorted_keys, rebuild

LITERALS = (int, float, bool, str, bytes, type(None))


@dataclass(frozen=True)
class Leaf:
    """Where a tensor stands in a structure: the number of the argument or result, and what it is."""

    index: int
    spec: TensorSpec


def specs_of(structure: Any) -> Any:
    """The structure with a TensorSpec for each leaf."""
    return map_leaves(structure, lambda leaf: leaf.spec)


def pack(structure: Any, tensors: Sequence[Any]) -> Any:
    """The structure with the tensors in the places of its leaves."""
    return map_leaves(structure, lambda leaf: tensors[leaf.index])


def map_leaves(structure: Any, change: Callable[[Leaf], Any]) -> Any:
    """The structure with `change(leaf)` for each leaf; everything else as it is."""
    if type(structure) is Leaf:
        return change(structure)
    if isinstance(structure, (tuple, list)):
        return rebuild(structure, [map_leaves(item, change) for item in structure])
    if isinstance(structure, CompositeTensor):
        return structure._rebuilt([map_leaves(part, change) for part in structure._parts()])
    if isinstance(structure, Mapping):
        return rebuild(structure, [map_leaves(item, change) for item in structure.values()])
    return structure


class Encoder:
    """Turns arguments into a key, the shapes and the tensors: equal keys and shapes take the same trace."""

    def __init__(self) -> None:
        self._tokens: dict[int, tuple[Any, int]] = {}
        self._next_token = itertools.count()

    def encode(self, value: Any, key: list[Any], shapes: list[Any], tensors: list[Any]) -> None:
        """Appends what distinguishes `value` to `key` and `shapes`, and its tensors to `tensors`."""
        kind = type(value)
        if kind is Tensor:
            shape = value._shape
            if shape and min(shape) < 0:
                shape = tuple(size if size >= 0 else None for size in shape)
            key.append(value._dtype_number)
            key.append(None if shape is None else len(shape))
            shapes.append(shape)
            tensors.append(value)
        elif kind in LITERALS:
            key.append(kind)
            key.append(value.hex() if kind is float else value)
        elif isinstance(value, CompositeTensor):
            key.append(kind)
            for part in value._parts():
                self.encode(part, key, shapes, tensors)
        elif hasattr(value, "_as_form"):
            self.encode(value._as_form(), key, shapes, tensors)
        elif isinstance(value, (tuple, list)):
            key.append(kind)
            key.append(len(value))
            for item in value:
                self.encode(item, key, shapes, tensors)
        elif isinstance(value, Mapping):
            names = _sorted_keys(value)
            key.append(kind)
            key.append(tuple(names))
            for name in names:
                self.encode(value[name], key, shapes, tensors)
        elif isinstance(value, Variable):
            key.append(Variable)
            key.append(value.handle._id)
        elif isinstance(value, TensorSpec):
            key.append(value.dtype._number)
            key.append(value.shape.rank)
            shapes.append(value.shape._dims)
            tensors.append(value)
        elif isinstance(value, (np.ndarray, np.generic)) or hasattr(value, "_as_tensor"):
            self.encode(convert_to_tensor(value), key, shapes, tensors)
        elif isinstance(value, (DType, TensorShape)):
            key.append(kind)
            key.append(value)
        else:
            key.append(object)
            key.append(self._token(value))

    def _token(self, value: Any) -> int:
        """A number that stands for that very object; a new object at an old address gets a new one."""
        known = self._tokens.get(id(value))
        if known is not None and known[0]() is value:
            return known[1]
        token = next(self._next_token)
        try:
            reference: Callable[[], Any] = weakref.ref(value)
        except TypeError:
            reference = lambda: value  # noqa: E731 - what cannot be referred to weakly is kept
        self._tokens[id(value)] = (reference, token)
        return token


def to_leaves(value: Any, leaves: list[Leaf], shapes: Sequence[Any] | None = None) -> Any:
    """The structure of arguments: tensors, arrays and specs become leaves, in the order of `Encoder.encode`.

    Args:
        value: The arguments.
        leaves: Gets each leaf.
        shapes: Replaces the shapes of the tensors.
    """
    if hasattr(value, "_as_form"):  # a spec of a composite
        value = value._as_form()
    if isinstance(value, CompositeTensor):
        return value._rebuilt([to_leaves(part, leaves, shapes) for part in value._parts()])
    if isinstance(value, (tuple, list)):
        return rebuild(value, [to_leaves(item, leaves, shapes) for item in value])
    if isinstance(value, Mapping):
        changed = {name: to_leaves(value[name], leaves, shapes) for name in _sorted_keys(value)}
        return rebuild(value, [changed[name] for name in value])
    if isinstance(value, TensorSpec):
        spec = value
    elif isinstance(value, Variable):
        return value
    elif isinstance(value, (_native.Tensor, np.ndarray, np.generic)) or hasattr(value, "_as_tensor"):
        tensor = convert_to_tensor(value)
        spec = TensorSpec(tensor.shape, tensor.dtype)
    else:
        return value
    if shapes is not None:
        spec = TensorSpec(shapes[len(leaves)], spec.dtype, spec.name)
    leaf = Leaf(len(leaves), spec)
    leaves.append(leaf)
    return leaf


def match(structure: Any, value: Any, tensors: list[Any], where: str, path: str = "") -> None:
    """Puts the tensors of `value` where the leaves of `structure` say.

    Args:
        structure: What a trace was made for.
        value: What it is called with.
        tensors: Gets the tensors by the numbers of their leaves; has the right length already.
        where: The name of the function, for messages.
        path: Where in the arguments this is, for messages.

    Raises:
        tg.errors.InvalidArgumentError: `value` does not fit.
    """
    if type(structure) is Leaf:
        tensors[structure.index] = _fitting(structure.spec, value, where, path)
    elif isinstance(structure, CompositeTensor):
        if type(value) is not type(structure):
            raise _mismatch(where, path, f"a {type(structure).__name__}", value)
        for name, part, given in zip(structure._part_names, structure._parts(), value._parts(), strict=False):
            match(part, given, tensors, where, f"{path}.{name.lstrip('_')}")
    elif isinstance(structure, (tuple, list)):
        if not isinstance(value, (tuple, list)) or len(value) != len(structure):
            raise _mismatch(where, path, f"a {type(structure).__name__} of {len(structure)}", value)
        for index, (item, given) in enumerate(zip(structure, value, strict=False)):
            match(item, given, tensors, where, f"{path}[{index}]")
    elif isinstance(structure, Mapping):
        if not isinstance(value, Mapping) or set(value) != set(structure):
            raise _mismatch(where, path, f"a dict with the keys {sorted(structure)}", value)
        for name, item in structure.items():
            match(item, value[name], tensors, where, f"{path}[{name!r}]" if path else str(name))
    elif isinstance(structure, LITERALS):
        if type(value) is not type(structure) or value != structure:
            raise _mismatch(where, path, repr(structure), value)
    elif value is not structure:
        raise _mismatch(where, path, f"the same {type(structure).__name__} as in its trace", value)


def _fitting(spec: TensorSpec, value: Any, where: str, path: str) -> Any:
    if not isinstance(value, _native.Tensor):
        try:
            value = (
                value._as_tensor()
                if hasattr(value, "_as_tensor")
                else convert_to_tensor(value, dtype=spec.dtype)
            )
        except InvalidArgumentError as error:
            raise _mismatch(where, path, f"a tensor of {spec.dtype.name}", value) from error
    dtype, shape = dtype_from_number(value._dtype_number), TensorShape._from_native(value._shape)
    if dtype is not spec.dtype or not spec.shape.is_compatible_with(shape):
        raise InvalidArgumentError(
            f"[{where}] argument {path or spec.name} must be a tensor of dtype {spec.dtype.name} and shape "
            f"{spec.shape}. Received: dtype={dtype.name}, shape={shape}. Cast or reshape it, or make the function for "
            "other arguments.",
            code="TG-0303",
        )
    return value


def _mismatch(where: str, path: str, wanted: str, value: Any) -> InvalidArgumentError:
    text = repr(value)
    return InvalidArgumentError(
        f"[{where}] argument {path or 'list'} must be {wanted}, which the function was made for. "
        f"Received: {text if len(text) <= 80 else text[:77] + '...'} of type {type(value).__name__}. "
        "Call it with such arguments, or make it for these.",
        code="TG-0303",
    )


def name_leaves(structure: Any, prefix: str, names: dict[int, str]) -> None:
    """Finds a name for each leaf: its spec's, else that of the parameter and of the way to it."""
    if type(structure) is Leaf:
        base = structure.spec.name or prefix or "input"
        name, count = base, 0
        while name in names.values():
            count += 1
            name = f"{base}_{count}"
        names[structure.index] = name
    elif isinstance(structure, CompositeTensor):
        for part_name, part in zip(structure._part_names, structure._parts(), strict=False):
            name_leaves(part, (prefix or "input") + part_name, names)
    elif isinstance(structure, (tuple, list)):
        for index, item in enumerate(structure):
            name_leaves(item, f"{prefix}_{index}" if prefix else f"input_{index}", names)
    elif isinstance(structure, Mapping):
        for key, item in structure.items():
            name_leaves(item, f"{prefix}_{key}" if prefix else str(key), names)
