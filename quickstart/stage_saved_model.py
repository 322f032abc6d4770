"""Stage 3: the model is saved, and loaded by a process that has only tensegra-core."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import tensegra as tg

from .runner import Context, Result, Stage, total_size
from .stage_data import Digits
from .stage_layers import Trained

_LOADER = Path(__file__).with_name("load_with_core_alone.py")


@dataclass(frozen=True)
class Saved:
    """Where the model is, and the names of its input and output."""

    path: Path
    input_name: str
    output_name: str


def run(context: Context) -> Result:
    """Saves, loads elsewhere, and compares outputs bit by bit."""
    digits: Digits = context.value("data")
    trained: Trained = context.value("layers")
    folder = context.artefact("model")
    with context.bar("save", 1) as advance:
        trained.model.export(str(folder))
        advance()
    signature = tg.saved_model.load(str(folder)).signatures["serving_default"]
    (input_name,) = signature.structured_input_signature[1]
    (output_name,) = signature.structured_outputs
    inputs, outputs = context.artefact("test_images.npy"), context.artefact("outputs_core_alone.npy")
    np.save(inputs, digits.test_images)
    expected = signature(**{input_name: tg.constant(digits.test_images)})[output_name].numpy()
    with context.bar("load and run with core alone", 1) as advance:
        facts = _load_with_core_alone(context, folder, inputs, outputs)
        advance()
    context.check(
        facts["others"] == [],
        "the other environment has no part of tensegra but core",
        f"tensegra {facts['version']}, {facts['python']}",
    )
    found = np.load(outputs)
    context.check(
        found.dtype == expected.dtype
        and found.shape == expected.shape
        and found.tobytes() == expected.tobytes(),
        "outputs of both processes are equal to the last bit",
        f"{found.size} numbers, greatest difference {np.abs(found - expected).max():.1e}",
    )
    context.check(
        np.abs(found - trained.probabilities).max() < 1e-5,
        "they are those of the model that was trained",
        f"greatest difference {np.abs(found - trained.probabilities).max():.1e}",
    )
    return Result(
        figure=f"{found.size:,} outputs bit for bit; loaded in {facts['load_seconds'] * 1e3:.0f} ms",
        size=total_size(folder),
        values=Saved(folder, input_name, output_name),
    )


def _load_with_core_alone(context: Context, folder: Path, inputs: Path, outputs: Path) -> dict:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    command = [str(part) for part in (context.core_python, "-I", _LOADER, folder, inputs, outputs)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        context.check(False, f"{context.core_python} loads and runs the model", lines[-1])
    return dict(json.loads(done.stdout))


STAGE = Stage("saved_model", "saved, and loaded where only core is installed", run, needs=("data", "layers"))
