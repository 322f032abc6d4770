"""A saved model as plain values: what `tensegra show --json` prints and `tensegra diff` compares."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from ._messages import all_nodes, read
from ._nests import read_spec


def facts(directory: str) -> dict[str, Any]:
    """A model's signatures, variables, functions, ops and files, as values that JSON has.

    Raises:
        tg.errors.Error: It cannot be read; see `tg.saved_model.load`.
    """
    message = read(directory)
    weights = {weight.name: weight for weight in message.weights}
    return {
        "format_version": message.format_version,
        "producer": message.producer,
        "profile": message.profile or "full",
        "metadata": dict(sorted(message.metadata.items())),
        "root": {"kind": message.objects[0].kind, "type": message.objects[0].type_name}
        if message.objects
        else None,
        "signatures": {
            each.name: {
                "function": each.function,
                "inputs": [_value(value) for value in each.inputs],
                "outputs": [_value(value) for value in each.outputs],
            }
            for each in message.signatures
        },
        "variables": variables(message, weights),
        "functions": {
            each.name: {
                "nodes": sum(1 for _ in all_nodes(each)),
                "captures": each.num_captures,
                "ops": dict(sorted(Counter(node.op for node in all_nodes(each)).items())),
            }
            for each in message.functions
        },
        "required_ops": {
            each.name: {"version": each.version, "package": each.package} for each in message.required_ops
        },
        "weights": {
            name: {
                "dtype": dtype_name(weight.dtype),
                "shape": list(weight.dims),
                "bytes": weight.length,
                **({"quantized": True} if weight.HasField("quantization") else {}),
            }
            for name, weight in sorted(weights.items())
        },
        "files": [
            {"name": file.name, "bytes": file.size, "hash": file.tree_sha256 or file.sha256}
            for file in message.weight_files
        ]
        + [
            {"name": f"assets/{asset.name}", "bytes": asset.size, "hash": asset.sha256}
            for asset in message.assets
        ],
    }


def variables(message: Any, weights: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The variables by the names of their weights, or by their own where they have no value."""
    found: dict[str, dict[str, Any]] = {}
    for each in message.objects:
        if each.kind != "variable":
            continue
        variable = each.variable
        name, count = variable.weight or variable.name, 1
        while name in found:
            count += 1
            name = f"{variable.weight or variable.name}#{count}"
        weight = weights.get(variable.weight)
        found[name] = {
            "dtype": dtype_name(variable.dtype),
            "shape": [None if size < 0 else size for size in variable.dims],
            "trainable": variable.trainable,
            "elements": math.prod(weight.dims) if weight is not None else 0,
            "bytes": weight.length if weight is not None else 0,
        }
    return dict(sorted(found.items()))


def dtype_name(number: int) -> str:
    """The name of an element type; of one that this release does not know, its number."""
    from tensegra._dtypes import dtype_from_number

    try:
        return dtype_from_number(number).name
    except (KeyError, ValueError, TypeError, LookupError):
        return f"type {number}"


def _value(message: Any) -> dict[str, Any]:
    spec = read_spec(message)
    shape = None if spec.shape.rank is None else spec.shape.as_list()
    return {"name": message.name, "dtype": spec.dtype.name, "shape": shape}
