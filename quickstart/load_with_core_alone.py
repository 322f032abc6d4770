"""Runs a saved model on the arrays of a file: ``python -I load_with_core_alone.py MODEL INPUTS.npy OUTPUTS.npy``.

A script of its own and not a part of the package: it runs in an environment that has only tensegra-core.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time

import numpy as np

import tensegra as tg

PARTS = ("layers", "data", "probability", "agents", "serving", "lite", "compat")


def main(model: str, inputs: str, outputs: str) -> None:
    """Loads, runs `serving_default`, saves its only output, and prints facts as JSON."""
    start = time.perf_counter()
    signature = tg.saved_model.load(model).signatures["serving_default"]
    seconds = time.perf_counter() - start
    (name,) = signature.structured_input_signature[1]
    (result,) = signature(**{name: tg.constant(np.load(inputs))}).values()
    np.save(outputs, result.numpy())
    others = [part for part in PARTS if importlib.util.find_spec(f"tensegra.{part}") is not None]
    facts = {"version": tg.__version__, "python": sys.executable, "others": others, "load_seconds": seconds}
    print(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
