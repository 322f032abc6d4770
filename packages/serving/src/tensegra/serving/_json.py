"""JSON to tensors and back, in the row and the column format of TensorFlow Serving's REST API."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

import tensegra as tg

from ._errors import invalid


def read_inputs(body: Any, specs: dict[str, tg.TensorSpec]) -> dict[str, tg.Tensor]:
    """The named tensors of a request: ``{"instances": [...]}`` (rows) or ``{"inputs": ...}`` (columns).

    Raises:
        tg.errors.InvalidArgumentError: The body has neither or both, names do not fit (TG-5006), or values do not
            fit dtype and shape of the signature (TG-5007).
    """
    if not isinstance(body, dict) or ("instances" in body) == ("inputs" in body):
        received = sorted(body) if isinstance(body, dict) else type(body).__name__
        raise invalid(
            "predict",
            "the body must be an object with either 'instances' or 'inputs'",
            f"{received}",
            "TG-5006",
        )
    columns = (
        _columns_of_rows(body["instances"], specs) if "instances" in body else _columns(body["inputs"], specs)
    )
    if set(columns) != set(specs):
        raise invalid(
            "predict",
            f"the inputs must be {sorted(specs)}",
            f"{sorted(columns)}",
            "TG-5006",
            "Name each one.",
        )
    return {name: _tensor(name, value, specs[name]) for name, value in columns.items()}


def _columns(inputs: Any, specs: dict[str, tg.TensorSpec]) -> dict[str, Any]:
    if isinstance(inputs, dict) and not _is_b64(inputs):
        return inputs
    return {_only(specs): inputs}


def _columns_of_rows(rows: Any, specs: dict[str, tg.TensorSpec]) -> dict[str, Any]:
    if not isinstance(rows, list) or not rows:
        raise invalid(
            "predict", "'instances' must be a list with at least one row", f"{type(rows).__name__}", "TG-5006"
        )
    if not isinstance(rows[0], dict) or _is_b64(rows[0]):
        return {_only(specs): rows}
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or set(row) != set(rows[0]):
            names = sorted(row) if isinstance(row, dict) else type(row).__name__
            raise invalid(
                "predict",
                f"every row must have the names {sorted(rows[0])}",
                f"row {number} with {names}",
                "TG-5006",
            )
    return {name: [row[name] for row in rows] for name in rows[0]}


def _only(specs: dict[str, tg.TensorSpec]) -> str:
    if len(specs) != 1:
        raise invalid(
            "predict", f"several inputs must be named: {sorted(specs)}", "values without names", "TG-5006"
        )
    return next(iter(specs))


def _is_b64(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"b64"}


def _decode(value: Any) -> Any:
    """Replaces ``{"b64": text}`` by bytes."""
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not _is_b64(value):
        return value
    try:
        return base64.b64decode(value["b64"], validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise invalid("predict", "'b64' must hold base64 text", str(error), "TG-5007") from error


def _tensor(name: str, value: Any, spec: tg.TensorSpec) -> tg.Tensor:
    wanted = np.dtype(object) if spec.dtype == tg.string else np.dtype(spec.dtype.as_numpy_dtype)
    try:
        array = np.array(_decode(value))
        if wanted.kind in "iu" and array.dtype.kind == "f" and not np.array_equal(array, np.trunc(array)):
            raise ValueError("numbers with a fraction")
        if wanted.kind == "b" and array.dtype.kind != "b":
            raise ValueError("something else than true and false")
        if wanted.kind in "iuf" and array.dtype.kind not in "iuf":
            raise ValueError(f"values of type {array.dtype}")
        if wanted.kind in "iu" and array.size:
            limits = np.iinfo(wanted)
            if array.min() < limits.min or array.max() > limits.max:
                raise ValueError("a number out of the range of the dtype")
        array = array.astype(wanted)
    except (ValueError, TypeError, OverflowError) as error:
        raise invalid(
            "predict",
            f"input '{name}' must be a rectangular list of {spec.dtype.name}",
            str(error).rstrip("."),
            "TG-5007",
        ) from error
    if not spec.shape.is_compatible_with(array.shape):
        raise invalid(
            "predict", f"input '{name}' must have the shape {spec.shape}", f"{array.shape}", "TG-5007"
        )
    return tg.constant(array, dtype=spec.dtype)


def write_outputs(outputs: dict[str, tg.Tensor], rows: bool) -> dict[str, Any]:
    """``{"predictions": [...]}`` for rows, ``{"outputs": ...}`` for columns; one output stands without its name."""
    values = {name: _plain(tensor) for name, tensor in outputs.items()}
    if not rows:
        return {"outputs": next(iter(values.values())) if len(values) == 1 else values}
    sizes = {len(value) if isinstance(value, list) else -1 for value in values.values()}
    if len(sizes) != 1 or -1 in sizes:
        shapes = {name: tuple(tensor.shape) for name, tensor in outputs.items()}
        raise tg.errors.FailedPreconditionError(
            "[serving.predict] the row format needs outputs with one common batch dimension. "
            f"Received: shapes {shapes}. Use 'inputs' instead of 'instances'.",
            code="TG-5008",
        )
    if len(values) == 1:
        return {"predictions": next(iter(values.values()))}
    return {
        "predictions": [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    }


def _plain(tensor: tg.Tensor) -> Any:
    if tensor.dtype != tg.string:
        return tensor.numpy().tolist()
    return _text(tensor.numpy().tolist())


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(item) for item in value]
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode("ascii")}
