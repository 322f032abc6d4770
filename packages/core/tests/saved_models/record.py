"""Writes the models of the corpus that are not there: `python packages/core/tests/saved_models/record.py [NAME...]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

import tensegra as tg

HERE = Path(__file__).resolve().parent
VERSION = 1


def outcome(loaded: Any, calls: dict[str, dict[str, Any]]) -> dict[str, np.ndarray]:
    """What a loaded model gives: its variables, and the results of calls."""
    found = {f"variable/{path}": value for path, value in sorted(variables(loaded).items())}
    for signature, inputs in sorted(calls.items()):
        given = {name: tg.constant(value) for name, value in inputs.items()}
        for name, value in loaded.signatures[signature](**given).items():
            found[f"out/{signature}/{name}"] = as_stored(value)
    return found


def variables(root: Any) -> dict[str, np.ndarray]:
    """The values of all variables by the shortest path to each."""
    found: dict[str, np.ndarray] = {}
    seen: set[int] = set()
    queue = [("", root)]
    for path, value in queue:
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, tg.Variable):
            found[path] = as_stored(value.read_value())
            continue
        if isinstance(value, dict):
            below = value
        elif isinstance(value, list):
            below = {str(index): item for index, item in enumerate(value)}
        elif isinstance(value, tg.Module):
            below = value._tensegra_children()
        else:
            continue
        queue += [(f"{path}/{name}" if path else name, child) for name, child in sorted(below.items())]
    return found


def as_stored(value: Any) -> np.ndarray:
    """A tensor as an array that a .npz file can hold."""
    if value.dtype == tg.bfloat16:
        value = tg.cast(value, tg.float32)
    array = np.asarray(value.numpy())
    return array.astype("S") if value.dtype == tg.string else array


def main() -> None:
    sys.path.insert(0, str(HERE))
    from programs import PROGRAMS

    for name in sys.argv[1:] or PROGRAMS:
        directory = HERE / str(VERSION) / name
        if directory.exists():
            print(f"{name}: is there, and stays as it is")
            continue
        directory.parent.mkdir(exist_ok=True)
        calls = PROGRAMS[name](directory)
        recorded = outcome(tg.saved_model.load(directory), calls)
        for signature, inputs in calls.items():
            for key, value in inputs.items():
                recorded[f"in/{signature}/{key}"] = value.astype("S") if value.dtype == object else value
            if not inputs:
                recorded[f"in/{signature}/"] = np.zeros(0)
        np.savez_compressed(directory / "recorded.npz", **recorded)
        print(f"{name}: written")


if __name__ == "__main__":
    main()
