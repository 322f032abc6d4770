"""Structures of tensors and of things made of tensors, as flat lists and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tensegra import _native, nest
from tensegra._dtypes import DType, dtype_from_number, string
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._tracing import as_traced


def is_composite(value: Any) -> bool:
    """Whether a leaf is made of several tensors, such as a `tg.TensorArray`."""
    return hasattr(value, "_tensegra_components")


def to_tensors(
    structure: Any, where: str, dtypes: Sequence[DType | None] | None = None
) -> list[list[Tensor] | None]:
    """The tensors of each leaf of a structure; None for a leaf that is None.

    Args:
        structure: Its leaves are tensors, what can be converted to them, composites and None.
        where: The function, for messages.
        dtypes: What Python numbers become, leaf by leaf.

    Raises:
        tg.errors.InvalidArgumentError: A leaf cannot be a tensor (TG-0305).
    """
    tensors: list[list[Tensor] | None] = []
    for index, leaf in enumerate(nest.flatten(structure)):
        if leaf is None:
            tensors.append(None)
        elif is_composite(leaf):
            tensors.append(leaf._tensegra_components())
        else:
            try:
                tensors.append([_to_tensor(leaf, dtypes[index] if dtypes else None)])
            except InvalidArgumentError as error:
                raise InvalidArgumentError(
                    f"[{where}] the values must be tensors, or what can be converted to them. Received: {leaf!r} of "
                    f"type {type(leaf).__name__}. Convert it to a tensor, or keep it out.",
                    code="TG-0305",
                ) from error
    return tensors


def _to_tensor(leaf: Any, dtype: DType | None) -> Tensor:
    if dtype is not None and isinstance(leaf, (bool, int, float)):
        try:
            return convert_to_tensor(leaf, dtype=dtype)
        except InvalidArgumentError:
            pass  # the caller compares the dtypes and can say more
    return convert_to_tensor(leaf)


def from_tensors(structure: Any, groups: Sequence[Sequence[Tensor] | None]) -> Any:
    """The structure with other tensors in it."""
    leaves: list[Any] = []
    for leaf, group in zip(nest.flatten(structure), groups):
        if group is None:
            leaves.append(None)
        elif is_composite(leaf):
            leaves.append(leaf._tensegra_from_components(list(group)))
        else:
            leaves.append(group[0])
    return nest.pack_sequence_as(structure, leaves)


def regroup(groups: Sequence[Sequence[Any] | None], flat: Sequence[Tensor]) -> list[list[Tensor] | None]:
    """A flat list, divided as `groups` is."""
    remaining = iter(flat)
    return [None if group is None else [next(remaining) for _ in group] for group in groups]


def flat(groups: Sequence[Sequence[Tensor] | None]) -> list[Tensor]:
    """The tensors of all leaves, in order."""
    return [tensor for group in groups if group is not None for tensor in group]


def element(tensor: Tensor, index: Any) -> Tensor:
    """One slice along the first dimension."""
    if dtype_of(tensor) is string and not tensor._is_symbolic:
        position = int(convert_to_tensor(index).numpy().item())
        return convert_to_tensor(tensor.numpy()[position])
    return _native.execute("array_read", (tensor, index))  # type: ignore[no-any-return]


def dtype_of(tensor: Tensor) -> DType:
    """The dtype of a tensor."""
    return dtype_from_number(tensor._dtype_number)


def paths(structure: Any, prefix: str = "") -> list[str]:
    """Where each leaf is: "[0]['state']"."""
    if isinstance(structure, (tuple, list)):
        names = getattr(structure, "_fields", None)
        found = []
        for index, item in enumerate(structure):
            found += paths(item, f"{prefix}.{names[index]}" if names else f"{prefix}[{index}]")
        return found
    if nest.is_nested(structure):
        return [
            path
            for key in nest._sorted_keys(structure)
            for path in paths(structure[key], f"{prefix}[{key!r}]")
        ]
    return [prefix]


def as_list(results: Any) -> list[Tensor]:
    """What an op with any number of results returned, as a list."""
    if results is None:
        return []
    return list(results) if isinstance(results, tuple) else [results]


def require_callable(function: Any, where: str, name: str) -> Callable[..., Any]:
    """`function`, where it can be called; converted by AutoGraph where the graph being traced wants that.

    Raises:
        tg.errors.InvalidArgumentError: It cannot (TG-0515).
    """
    if not callable(function):
        raise InvalidArgumentError(
            f"[{where}] {name} must be a function. Received: {name}={function!r} of type {type(function).__name__}. "
            "Wrap it in a lambda.",
            code="TG-0515",
        )
    return as_traced(function)  # type: ignore[no-any-return]
