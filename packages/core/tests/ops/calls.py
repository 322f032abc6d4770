"""Calls of ops for the generic tests: the samples of the registry, and variations of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import tensegra as tg
from tensegra import _native

FLOATS = ("float32", "float64")
STATE = {
    "read_variable",
    "assign_variable",
    "assign_add_variable",
    "assign_sub_variable",
    "scatter_variable",
}  # test_state.py
STATE |= {op.name for op in _native.all_ops() if op.name.startswith("apply_")}  # test_optimizer_steps.py
# test_tables.py
STATE |= {"write_file", "table_insert", "table_remove", "table_lookup", "table_size", "table_export"}
# What takes functions or is made for loops: tests/control.
CONTROL = {
    "array_add", "array_first", "array_open", "array_read", "array_reserve", "array_write", "assert", "cond",
    "ensure_shape", "format_tensors", "numpy_function", "pack_like", "packed_shape", "print_text", "py_function",
    "unpack", "while", "with_gradient",
}  # fmt: skip
RANDOM = {op.name for op in _native.all_ops() if op.effects & 4}  # test_stateful_random.py
OPS = {op.name: op for op in _native.all_ops() if "::" not in op.name}

# Exponents must not be negative where integers are raised to them.
_LOWEST_INTEGER = {"pow": 0}
_ATTR = re.compile(r"(\w+): (\w+)(\??)(?: = (\[[^]]*\]|'[^']*'|[^,)]+))?")


@dataclass(frozen=True)
class Call:
    """One call of an op: its inputs as arrays (or None for one without type variable) and its attributes."""

    op: str
    inputs: tuple[np.ndarray[Any, Any], ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def __str__(self) -> str:
        shapes = ",".join(f"{x.dtype}{list(x.shape)}" for x in self.inputs)
        return f"{self.op}-{self.number}({shapes})"

    def run(self, *inputs: Any) -> Any:
        """The result (a tensor, or a tuple of them) for these inputs, by default the call's own."""
        values = inputs or tuple(map(tensor, self.inputs))
        packed = (list(values),) if "[" in signature_parts(self.op)[0] else values
        return _native.execute(self.op, packed, self.native_attributes())

    def outputs(self, *inputs: Any) -> list[Any]:
        result = self.run(*inputs)
        return list(result) if isinstance(result, tuple) else [result]

    def native_attributes(self) -> dict[str, Any]:
        kinds = {name: kind for name, kind, _ in attributes_of(self.op)}
        return {
            name: tg.as_dtype(value)._number
            if kinds[name] == "dtype"
            else tensor(value)
            if kinds[name] == "tensor"
            else value
            for name, value in self.attributes.items()
        }

    def all_attributes(self) -> dict[str, Any]:
        """With the defaults of the signature filled in; absent ones are None."""
        defaults = {name: default for name, _, default in attributes_of(self.op)}
        return {**defaults, **self.attributes}

    def with_dtype(self, variable: str, dtype: str) -> Call:
        """The same call with another dtype for one type variable of the signature."""
        types = argument_types(self.op, len(self.inputs))
        inputs = tuple(
            convert(x, dtype, self.op) if kind == variable else x
            for x, kind in zip(self.inputs, types, strict=True)
        )
        return replace(self, inputs=inputs)


def tensor(value: Any) -> Any:
    return _native.tensor(value) if isinstance(value, np.ndarray | np.generic) else value


def convert(x: np.ndarray[Any, Any], dtype: str, op: str = "") -> np.ndarray[Any, Any]:
    """The array in another dtype, with values that suit it."""
    if dtype == "string":
        return x.astype(int).astype(str).astype(object)
    if dtype == "bool":
        return x > 0
    if dtype.startswith("complex"):
        # An imaginary part that differs from element to element and is small beside the domain of the op.
        parts = 0.3 * np.cos(np.arange(x.size, dtype=np.float64)).reshape(x.shape)
        return np.asarray(x + 1j * parts).astype(dtype)
    if dtype in FLOATS or x.dtype.kind not in "fb":
        return x.astype(dtype)
    lowest = _LOWEST_INTEGER.get(op, 0 if dtype.startswith("u") else -9)
    positive = x.dtype.kind == "f" and x.size > 0 and x.min() > 0
    whole = np.abs(np.rint(x * 2)) + 1 if positive else np.rint(x * 3)
    return np.where(whole < lowest, -whole, whole).astype(dtype)


def signature_parts(op: str) -> tuple[str, str, str]:
    """The text of the arguments, of the attributes and of the results."""
    text = OPS[op].signature
    inside, _, results = text[text.index("(") + 1 :].rpartition(")")
    arguments, _, attributes = inside.partition("*")
    return arguments.strip(" ,"), attributes.strip(" ,"), results.replace("->", "").strip()


def attributes_of(op: str) -> list[tuple[str, str, Any]]:
    """Name, kind and default of each attribute; None where there is no default."""
    found = []
    for name, kind, _, default in _ATTR.findall(signature_parts(op)[1]):
        value: Any = None
        if default:
            texts = {"str": default.strip("'"), "dtype": default, "bool": default == "true"}
            value = texts[kind] if kind in texts else _value(default)
        found.append((name, kind, value))
    return found


def argument_types(op: str, count: int) -> list[str]:
    """The type of each of count inputs, as the signature writes it; lists are spread out."""
    types = [part.split(":")[1].strip() for part in signature_parts(op)[0].split(",") if part]
    spread: list[str] = []
    for kind in types:
        repeats = count - len(types) + 1 if kind.startswith("[") else 1
        spread += [kind.strip("[]")] * repeats
    return spread


def type_variables(op: str) -> dict[str, list[str]]:
    parts = (part.split(":") for part in OPS[op].types.split(";") if part)
    return {name.strip(): dtypes.split() for name, dtypes in parts}


def make_input(description: dict[str, Any], random: np.random.Generator) -> np.ndarray[Any, Any]:
    dtype = description["dtype"]
    if "value" in description:
        return np.array(description["value"], dtype=object if dtype == "string" else _numpy_dtype(dtype))
    low, high = description.get("low", -2.0), description.get("high", 2.0)
    shape = description["shape"]
    if dtype == "bool":
        return random.random(shape) < 0.5
    values = np.asarray(random.uniform(low, high, shape))
    if dtype.startswith("complex"):
        return (values + 1j * random.uniform(low, high, shape)).astype(dtype)
    return values.astype(dtype) if dtype in FLOATS else np.rint(values * 2).astype(dtype)


def _numpy_dtype(dtype: str) -> Any:
    return np.dtype(dtype)


def samples(op: str) -> list[Call]:
    """The calls that the op's own file gives."""
    found = []
    for number, sample in enumerate(json.loads(OPS[op].samples or "[]")):
        random = np.random.default_rng(number + 1)
        inputs = tuple(make_input(description, random) for description in sample["inputs"])
        attributes = {
            name: make_input(value, random) if isinstance(value, dict) else value
            for name, value in sample.get("attributes", {}).items()
        }
        found.append(Call(op, inputs, attributes, number))
    return found


def all_samples() -> Iterator[Call]:
    for op in OPS:
        yield from samples(op)


def numpy_of(result: Any) -> np.ndarray[Any, Any]:
    """The values; half precision, which NumPy knows in part, as float32."""
    if result._dtype_number in (tg.float16._number, tg.bfloat16._number):
        result = _native.execute("cast", (result,), {"dtype": tg.float32._number})
    return np.asarray(result._numpy())


def _value(text: str) -> Any:
    """A default as a Python value."""
    return float(text) if text in ("inf", "-inf") else json.loads(text)
