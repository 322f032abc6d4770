"""Structures of arguments and results as Nest messages, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tensegra._dtypes import dtype_from_number
from tensegra._errors import DataLossError, Error
from tensegra._function._structure import Leaf
from tensegra._shape import TensorShape
from tensegra._spec import TensorSpec


class CannotBeSaved(Exception):
    """Why a trace is left out of a model; the text is for people."""


def write_type(dtype_number: int, dims: Sequence[int] | None, name: str, message: Any) -> None:
    """Fills a ValueType message; dims below 0 are unknown sizes, equal ones equal sizes."""
    message.dtype = dtype_number
    message.name = name
    if dims is None:
        message.unknown_rank = True
    else:
        message.dims.extend(dims)


def read_spec(message: Any) -> TensorSpec:
    """The spec of a ValueType message; symbols become unknown sizes."""
    try:
        shape = TensorShape._from_native(None if message.unknown_rank else tuple(message.dims))
        return TensorSpec(shape, dtype_from_number(message.dtype), message.name or None)
    except (Error, LookupError, ValueError) as error:
        raise damaged("ValueType", str(error)) from None


def write_nest(structure: Any, names: Sequence[str], message: Any) -> None:
    """Fills a Nest message; its leaves, in order, are the tensors 0, 1, ...

    Raises:
        CannotBeSaved: There is something in it that a file cannot hold.
    """
    if type(structure) is Leaf:
        message.kind = "leaf"
        name = names[structure.index] if names else structure.spec.name or ""
        write_type(structure.spec.dtype._number, structure.spec.shape._to_native(), name, message.type)
    elif structure is None:
        message.kind = "none"
    elif type(structure) in (bool, int, float, str):
        message.kind = "literal"
        message.literal = json.dumps(structure)
    elif isinstance(structure, Mapping):
        message.kind = "dict"
        for key in sorted(structure):
            if not isinstance(key, str):
                raise CannotBeSaved(
                    f"a dict among its arguments or results has the key {key!r}, which is no string"
                )
            message.keys.append(key)
            write_nest(structure[key], names, message.items.add())
    elif isinstance(structure, (tuple, list)):
        message.kind = "tuple" if isinstance(structure, tuple) else "list"
        for item in structure:
            write_nest(item, names, message.items.add())
    else:
        raise CannotBeSaved(f"a {type(structure).__name__} is among its arguments")


def read_nest(message: Any, leaves: list[Leaf]) -> Any:
    """The structure of a Nest message; its leaves are appended.

    Raises:
        tg.errors.DataLossError: The message is none that a writer makes (TG-0402).
    """
    kind = message.kind
    if kind == "leaf":
        leaf = Leaf(len(leaves), read_spec(message.type))
        leaves.append(leaf)
        return leaf
    if kind == "none":
        return None
    if kind == "literal":
        try:
            literal = json.loads(message.literal)
        except (ValueError, RecursionError):
            raise damaged("Nest.literal", "it is no JSON text") from None
        if not isinstance(literal, (bool, int, float, str)):
            raise damaged("Nest.literal", "it is no bool, int, float or str")
        return literal
    if kind == "dict":
        if len(message.keys) != len(message.items):
            raise damaged("Nest.keys", "there must be one for each item")
        return {key: read_nest(item, leaves) for key, item in zip(message.keys, message.items)}
    if kind in ("tuple", "list"):
        items = [read_nest(item, leaves) for item in message.items]
        return tuple(items) if kind == "tuple" else items
    raise damaged("Nest.kind", f"{kind!r} is unknown")


def damaged(field: str, problem: str) -> DataLossError:
    """The error for a field that is out of its bounds."""
    return DataLossError(
        f"[saved_model] every field must be within its bounds. Received: {field}: {problem}. "
        "The file is damaged or was not written by Tensegra: save or copy it again.",
        code="TG-0402",
    )
