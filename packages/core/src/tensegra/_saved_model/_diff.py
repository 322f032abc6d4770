"""What `tensegra diff` prints: how two saved models differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tensegra import _native

from ._facts import facts
from ._load import _open
from ._messages import read

_TITLES = {
    "format_version": "format version",
    "producer": "producer",
    "profile": "profile",
    "root": "root object",
    "metadata": "metadata",
    "signatures": "signature",
    "functions": "function",
    "required_ops": "op",
}


def differences(first: str, second: str) -> Iterator[str]:
    """A line for each difference of two models; none where they are the same in all that a reader sees.

    Files and hashes are not compared, but the values in them are.

    Raises:
        tg.errors.Error: One cannot be read; see `tg.saved_model.load`.
    """
    one, two = facts(first), facts(second)
    for key, title in _TITLES.items():
        if isinstance(one[key], dict) and isinstance(two[key], dict):
            yield from _of_dicts(title, one[key], two[key])
        elif one[key] != two[key]:
            yield f"{title}: {one[key]} -> {two[key]}"
    yield from _of_dicts("variable", one["variables"], two["variables"])
    yield from _of_values(first, second)
    assets = [
        {file["name"]: file["hash"] for file in each["files"] if file["name"].startswith("assets/")}
        for each in (one, two)
    ]
    yield from _of_dicts("asset", *assets)


def _of_dicts(title: str, one: dict[str, Any], two: dict[str, Any]) -> Iterator[str]:
    for name in sorted({*one, *two}):
        if name not in two:
            yield f"{title} {name}: only in the first"
        elif name not in one:
            yield f"{title} {name}: only in the second"
        elif one[name] != two[name]:
            a, b = one[name], two[name]
            if isinstance(a, dict) and isinstance(b, dict):
                keys = [key for key in {**a, **b} if a.get(key) != b.get(key)]
                for key in keys:
                    yield f"{title} {name}: {key} {_short(a.get(key))} -> {_short(b.get(key))}"
            else:
                yield f"{title} {name}: {_short(a)} -> {_short(b)}"


def _short(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "(" + ", ".join(f"{each['name']} {each['dtype']} {each['shape']}" for each in value) + ")"
    return str(value)


def _of_values(first: str, second: str) -> Iterator[str]:
    one, two = _values(first), _values(second)
    for name in sorted(one.keys() & two.keys()):
        a, b = one[name], two[name]
        if a.shape != b.shape or a.dtype != b.dtype:
            yield f"value of {name}: {a.dtype} {list(a.shape)} -> {b.dtype} {list(b.shape)}"
            continue
        different = np.asarray(a != b)
        if a.dtype.kind in "fc":
            different &= ~(np.isnan(a) & np.isnan(b))
        count = int(different.sum())
        if count:
            largest = ""
            if a.dtype.kind in "iufc" and a.size:
                wide = [
                    np.asarray(each, "complex128" if a.dtype.kind == "c" else "float64") for each in (a, b)
                ]
                with np.errstate(all="ignore"):
                    largest = f", by up to {float(np.nanmax(np.abs(wide[0] - wide[1]))):.6g}"
            yield f"value of {name}: {count} of {a.size} elements differ{largest}"


def _values(directory: str) -> dict[str, np.ndarray]:
    model = _open(directory, True)
    found: dict[str, np.ndarray] = {}
    for number, message in enumerate(read(directory).objects):
        tensor = None
        if message.kind == "variable" and message.variable.weight:
            name, tensor = message.variable.weight, _native.variable_read(model.object_tensor(number))
        elif message.kind == "constant":
            name, tensor = message.weight, model.object_tensor(number)
        if tensor is not None:
            found[name] = np.asarray(tensor._shown() if tensor._dtype_number in (11, 17) else tensor.numpy())
    return found
