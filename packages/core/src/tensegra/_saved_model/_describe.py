"""What `tensegra show` prints: a saved model in words and tables."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tensegra._spec import TensorSpec

from ._messages import FILE_NAME, all_nodes, read
from ._nests import read_spec


def describe(directory: str) -> str:
    """A model's signatures, variables, functions and files as text.

    Raises:
        tg.errors.Error: It cannot be read; see `tg.saved_model.load`.
    """
    message = read(directory)
    return "\n".join(_lines(directory, message)) + "\n"


def human_size(count: int) -> str:
    """12,345,678 bytes as "12.3 MB"."""
    if count < 1000:
        return f"{count} bytes"
    size, units = count / 1000, ["kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        del units[0]
    return f"{size:.1f} {units[0]}"


def _lines(directory: str, message: Any) -> Iterator[str]:
    pb_size = os.path.getsize(os.path.join(directory, FILE_NAME))
    weights = sum(file.size for file in message.weight_files)
    root = message.objects[0] if message.objects else None
    yield f"{directory}"
    writer = message.producer or "an unknown writer"
    yield f"  written by {writer}, format {message.format_version}, profile {message.profile or 'full'}"
    if root is not None:
        yield f"  {root.kind} {root.type_name}, {human_size(pb_size)} of structure, {human_size(weights)} of weights"
    for key, text in sorted(message.metadata.items()):
        yield f"  {key}: {text if len(text) <= 80 else text[:79] + chr(8230)}"
    for signature in message.signatures:
        yield ""
        yield f"signature {signature.name}"
        rows = [("in", each.name, *_type(read_spec(each))) for each in signature.inputs]
        rows += [("out", each.name, *_type(read_spec(each))) for each in signature.outputs]
        yield from _table(rows)
    variables = [each.variable for each in message.objects if each.kind == "variable"]
    if variables:
        lengths = {weight.name: weight.length for weight in message.weights}
        yield ""
        total = sum(lengths.get(variable.weight, 0) for variable in variables)
        yield f"variables: {len(variables)}, {human_size(total)}"
        yield from _table(
            [
                (
                    variable.weight or variable.name,
                    *_type(read_spec(_as_type(variable))),
                    human_size(lengths.get(variable.weight, 0)),
                    "" if variable.trainable else "not trainable",
                )
                for variable in variables
            ]
        )
    if message.functions:
        yield ""
        yield f"functions: {len(message.functions)}"
        yield from _table(
            [
                (function.name, f"{len(function.nodes)} nodes", f"{function.num_captures} captures")
                for function in message.functions
            ]
        )
        counts = Counter(node.op for function in message.functions for node in all_nodes(function))
        yield ""
        yield f"ops: {', '.join(f'{op} {count}' for op, count in sorted(counts.items()))}"
        later = [op for op in message.required_ops if op.version > 1 or op.package != "tensegra-core"]
        if later:
            yield f"  of these {', '.join(f'{op.name} version {op.version} of {op.package}' for op in later)}"
    files = [*message.weight_files, *message.assets]
    if files:
        yield ""
        yield "files"
        yield from _table(
            [(file.name, human_size(file.size), f"sha256 {_hash(file)[:16]}...") for file in files]
        )


def _hash(file: Any) -> str:
    return str(getattr(file, "tree_sha256", "") or file.sha256)


def _as_type(variable: Any) -> Any:
    from ._messages import message_class

    return message_class("ValueType")(dtype=variable.dtype, dims=variable.dims)


def _type(spec: TensorSpec) -> tuple[str, str]:
    return spec.dtype.name, str(spec.shape)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths))).rstrip()
