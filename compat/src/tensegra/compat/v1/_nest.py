"""`tf.contrib.framework.nest`: nests of tuples, lists and dicts."""

from __future__ import annotations

from typing import Any

from ._control import flatten, pack
from ._symbols import export


def _both(name: str) -> Any:
    return export(f"nest.{name} contrib.framework.nest.{name} contrib.util.nest.{name}")


@_both("flatten")
def flatten_nest(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves."""
    return flatten(structure)


@_both("is_sequence")
def is_sequence(seq: Any) -> bool:
    """Whether it has parts."""
    return isinstance(seq, (list, tuple, dict))


@_both("is_nested")
def is_nested(structure: Any) -> bool:
    """Whether it has parts."""
    return is_sequence(structure)


@_both("pack_sequence_as")
def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """The nest with other leaves."""
    return pack(structure, list(flat_sequence))


@_both("map_structure")
def map_structure(func: Any, *structure: Any, **kwargs: Any) -> Any:
    """The nest of what a function gives for the leaves."""
    columns = [flatten(each) for each in structure]
    return pack(structure[0], [func(*each) for each in zip(*columns)])


@_both("assert_same_structure")
def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Raises where nests have different parts."""
    from ._errors import invalid

    if is_sequence(nest1) != is_sequence(nest2) or len(flatten(nest1)) != len(flatten(nest2)):
        raise invalid(
            "nest",
            "both must have the same structure",
            f"{nest1!r} and {nest2!r}"[:120],
            "Compare them.",
            "TG-7318",
        )
