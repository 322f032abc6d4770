"""Nested structures: `tg.nest.*`.

A structure is a tuple, list, named tuple or dict of structures; everything else is a leaf, None too. Dicts are walked
in the order of their sorted keys, as in TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ._composite_tensor import CompositeTensor
from ._errors import InvalidArgumentError

__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]


def is_nested(seq: Any) -> bool:
    """Whether a value is a tuple, a list or a dict, and not a leaf.

    >>> import tensegra as tg
    >>> tg.nest.is_nested([1]), tg.nest.is_nested("abc")
    (True, False)
    """
    return isinstance(seq, (tuple, list, Mapping))


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves of a structure, in order.

    Args:
        structure: Any value.
        expand_composites: Whether sparse and ragged tensors are taken apart into the tensors they are made of.

    Raises:
        tg.errors.InvalidArgumentError: The keys of a dict cannot be sorted.

    >>> import tensegra as tg
    >>> tg.nest.flatten({"b": [1, (2, None)], "a": 0})
    [0, 1, 2, None]
    """
    leaves: list[Any] = []
    _flatten_into(structure, leaves, expand_composites)
    return leaves


def map_structure(
    func: Callable[..., Any], *structures: Any, check_types: bool = True, expand_composites: bool = False
) -> Any:
    """A structure of the same form, each leaf being `func` of the leaves there.

    Args:
        func: Takes one leaf of each structure.
        *structures: At least one; all of the same form.
        check_types: Whether a list differs from a tuple.
        expand_composites: Whether sparse and ragged tensors are taken apart.

    Raises:
        tg.errors.InvalidArgumentError: The structures differ.

    >>> import tensegra as tg
    >>> tg.nest.map_structure(lambda x, y: x + y, {"a": 1, "b": (2,)}, {"a": 10, "b": (20,)})
    {'a': 11, 'b': (22,)}
    """
    if not structures:
        raise InvalidArgumentError(
            "[nest.map_structure] there must be a structure. Received: structures=(). Give at least one.",
            code="TG-0307",
        )
    first = structures[0]
    for other in structures[1:]:
        assert_same_structure(first, other, check_types, expand_composites)
    return _map(func, structures, expand_composites)


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """A structure of the form of `structure` with the given leaves.

    Args:
        structure: The form; its leaves do not matter.
        flat_sequence: As many leaves as it has, in the order of `flatten`.
        expand_composites: Whether sparse and ragged tensors are put together from the tensors they are made of.

    Raises:
        tg.errors.InvalidArgumentError: The number of leaves differs.

    >>> import tensegra as tg
    >>> tg.nest.pack_sequence_as({"a": 0, "b": (0, 0)}, [1, 2, 3])
    {'a': 1, 'b': (2, 3)}
    """
    leaves = list(flat_sequence)
    count = len(flatten(structure, expand_composites))
    if count != len(leaves):
        raise InvalidArgumentError(
            f"[nest.pack_sequence_as] there must be one value for each leaf. Received: {len(leaves)} values for "
            f"{count} leaves. Flatten a structure of the same form.",
            code="TG-0307",
        )
    remaining = iter(leaves)
    return _map(lambda _: next(remaining), (structure,), expand_composites)


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Checks that two structures have the same form.

    Args:
        nest1: A structure.
        nest2: Another one.
        check_types: Whether a list differs from a tuple.
        expand_composites: Whether sparse and ragged tensors must be of one kind.

    Raises:
        tg.errors.InvalidArgumentError: They differ; the message says where.

    >>> import tensegra as tg
    >>> tg.nest.assert_same_structure([1, {"a": 2}], ["x", {"a": "y"}])
    """
    _compare(nest1, nest2, check_types, expand_composites, "")


def _sorted_keys(structure: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(structure)
    except TypeError as error:
        raise InvalidArgumentError(
            f"[nest] the keys of a dict must be sortable. Received: keys={list(structure)!r}. Use strings only.",
            code="TG-0307",
        ) from error


def _flatten_into(structure: Any, leaves: list[Any], expand: bool) -> None:
    if isinstance(structure, (tuple, list)):
        for item in structure:
            _flatten_into(item, leaves, expand)
    elif isinstance(structure, Mapping):
        for key in _sorted_keys(structure):
            _flatten_into(structure[key], leaves, expand)
    elif expand and isinstance(structure, CompositeTensor):
        for part in structure._parts():
            _flatten_into(part, leaves, expand)
    else:
        leaves.append(structure)


def _map(func: Callable[..., Any], structures: tuple[Any, ...], expand: bool) -> Any:
    first = structures[0]
    if isinstance(first, (tuple, list)):
        return rebuild(first, [_map(func, items, expand) for items in zip(*structures)])
    if isinstance(first, Mapping):
        mapped = {
            key: _map(func, tuple(each[key] for each in structures), expand) for key in _sorted_keys(first)
        }
        return rebuild(first, [mapped[key] for key in first])
    if expand and isinstance(first, CompositeTensor):
        parts = zip(*(each._parts() for each in structures))
        return first._rebuilt([_map(func, items, expand) for items in parts])
    return func(*structures)


def rebuild(form: Any, items: list[Any]) -> Any:
    """A container of the kind of `form` with other items; those of a dict come in its own order."""
    if isinstance(form, Mapping):
        pairs = dict(zip(form, items))
        return pairs if type(form) is dict else _construct(form, pairs)
    if isinstance(form, tuple) and hasattr(form, "_fields"):
        return type(form)(*items)
    return items if type(form) is list else _construct(form, items)


def _construct(form: Any, content: Any) -> Any:
    default_factory = getattr(form, "default_factory", None)  # a defaultdict takes it first
    return type(form)(content) if default_factory is None else type(form)(default_factory, content)


def _compare(first: Any, second: Any, check_types: bool, expand: bool, path: str) -> None:
    where = path or "the top"
    if is_nested(first) != is_nested(second):
        raise _differ(where, type(first).__name__, type(second).__name__)
    if not is_nested(first):
        if expand and (isinstance(first, CompositeTensor) or isinstance(second, CompositeTensor)):
            if type(first) is not type(second):
                raise _differ(where, type(first).__name__, type(second).__name__)
            _compare(first._parts(), second._parts(), check_types, expand, path)
        return
    if isinstance(first, Mapping) != isinstance(second, Mapping) or (
        check_types and not isinstance(first, Mapping) and type(first) is not type(second)
    ):
        raise _differ(where, type(first).__name__, type(second).__name__)
    if isinstance(first, Mapping):
        if set(first) != set(second):
            raise _differ(where, f"keys {list(first)!r}", f"keys {list(second)!r}")
        for key in first:
            _compare(first[key], second[key], check_types, expand, f"{path}[{key!r}]")
        return
    if len(first) != len(second):
        raise _differ(where, f"length {len(first)}", f"length {len(second)}")
    for index, (a, b) in enumerate(zip(first, second)):
        _compare(a, b, check_types, expand, f"{path}[{index}]")


def _differ(where: str, first: str, second: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[nest] the structures must have the same form. Received: {first} and {second} at {where}. "
        "Compare the two structures.",
        code="TG-0307",
    )
