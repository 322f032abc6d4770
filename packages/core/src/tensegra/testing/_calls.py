"""Calls of an op: those that its samples give, and variations of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._dtypes import as_dtype

FLOATS = ("float32", "float64")
_ATTRIBUTE = re.compile(r"(\w+): (\w+)\??")


@dataclass(frozen=True)
class Call:
    """One call of an op: arrays for its inputs, and its attributes."""

    op: _native.Op
    inputs: tuple[np.ndarray[Any, Any], ...]
    attributes: dict[str, Any]
    number: int

    def __str__(self) -> str:
        return f"{self.op.name} (sample {self.number})"

    def run(self, inputs: Any = None) -> list[Any]:
        """The results as a list of tensors, for these inputs, by default the sample's own."""
        values = tuple(map(_native.tensor, self.inputs)) if inputs is None else tuple(inputs)
        result = _native.execute(self.op, self._pack(values), self._attributes())
        return list(result) if isinstance(result, tuple) else [] if result is None else [result]

    def with_inputs(self, *inputs: np.ndarray[Any, Any]) -> Call:
        return replace(self, inputs=inputs)

    def variables(self) -> list[str]:
        """The type of each input, as the signature writes it."""
        kinds = [part.split(":")[1].strip() for part in _arguments(self.op)]
        spread: list[str] = []
        for kind in kinds:
            repeats = len(self.inputs) - len(kinds) + 1 if kind.startswith("[") else 1
            spread += [kind.strip("[]")] * repeats
        return spread

    def _pack(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        kinds = [part.split(":")[1].strip() for part in _arguments(self.op)]
        lists = len(values) - len(kinds) + 1
        packed: list[Any] = []
        at = 0
        for kind in kinds:
            if kind.startswith("["):
                packed.append(list(values[at : at + lists]))
                at += lists
            else:
                packed.append(values[at])
                at += 1
        return tuple(packed)

    def _attributes(self) -> dict[str, Any]:
        kinds = dict(_ATTRIBUTE.findall(self.op.signature.partition("*")[2]))
        return {
            name: as_dtype(value)._number
            if kinds.get(name) == "dtype"
            else _native.tensor(value)
            if isinstance(value, np.ndarray)
            else value
            for name, value in self.attributes.items()
        }


def _arguments(op: _native.Op) -> list[str]:
    inside = op.signature[op.signature.index("(") + 1 :].rpartition(")")[0]
    return [part for part in inside.partition("*")[0].strip(" ,").split(",") if part.strip()]


def type_variables(op: _native.Op) -> dict[str, list[str]]:
    """The dtypes of each type variable."""
    parts = (part.split(":") for part in op.types.split(";") if part.strip())
    return {name.strip(): dtypes.split() for name, dtypes in parts}


def samples(op: _native.Op) -> list[Call]:
    """The calls that the op's definition gives. The numbers are the same each time."""
    found = []
    for number, sample in enumerate(json.loads(op.samples or "[]")):
        random = np.random.default_rng(number + 1)
        inputs = tuple(_input(description, random) for description in sample["inputs"])
        attributes = {
            name: _input(value, random) if isinstance(value, dict) else value
            for name, value in sample.get("attributes", {}).items()
        }
        found.append(Call(op, inputs, attributes, number))
    return found


def _input(description: dict[str, Any], random: np.random.Generator) -> np.ndarray[Any, Any]:
    dtype = description["dtype"]
    if "value" in description:
        return np.array(description["value"], dtype=object if dtype == "string" else dtype)
    if dtype == "bool":
        return random.random(description["shape"]) < 0.5
    low, high = description.get("low", -2.0), description.get("high", 2.0)
    values = np.asarray(random.uniform(low, high, description["shape"]))
    return values.astype(dtype) if dtype in FLOATS else np.rint(values * 2).astype(dtype)
