"""Stage 5: the model shrinks to int8 weights and runs in the C runtime."""

from __future__ import annotations

import numpy as np
from rich.padding import Padding
from rich.table import Table

from tensegra import lite

from .runner import Context, Result, Stage
from .stage_data import Digits
from .stage_layers import Trained
from .stage_saved_model import Saved

BATCH = 100
AGREEMENT = 0.99
ACCURACY_LOSS = 0.005


def run(context: Context) -> Result:
    """Converts with and without int8 weights, runs both on the test digits, and compares."""
    digits: Digits = context.value("data")
    trained: Trained = context.value("layers")
    saved: Saved = context.value("saved_model")
    whole, small = context.artefact("digits.float32.tgl"), context.artefact("digits.int8.tgl")
    with context.bar("convert", 2) as advance:
        converter = lite.Converter.from_saved_model(saved.path)
        whole.write_bytes(converter.convert())
        advance()
        converter.optimizations = [lite.Optimize.DEFAULT]
        small.write_bytes(converter.convert())
        advance()
    interpreter = lite.Interpreter(model_path=small)
    context.say(_steps(interpreter))
    runner = interpreter.get_signature_runner()
    outputs: list[np.ndarray] = []
    starts = range(0, len(digits.test_images), BATCH)
    with context.bar("run in the C runtime", len(starts)) as advance:
        for start in starts:
            answer = runner(**{saved.input_name: digits.test_images[start : start + BATCH]})
            outputs.append(answer[saved.output_name])
            advance()
    named, by_float = np.concatenate(outputs).argmax(axis=1), trained.probabilities.argmax(axis=1)
    quantized = [step.op for step in interpreter.steps if step.arithmetic == "int8"]
    context.check(len(quantized) > 0, "convolutions and products run in int8", ", ".join(quantized))
    agreement = float((named == by_float).mean())
    context.check(
        agreement >= AGREEMENT,
        f"at least {AGREEMENT:.0%} of predictions agree with the float model",
        f"{agreement:.1%}",
    )
    accuracy = float((named == digits.test_labels).mean())
    context.check(
        accuracy >= trained.accuracy - ACCURACY_LOSS - 1e-9,
        f"accuracy within {ACCURACY_LOSS * 100:g} points",
        f"{accuracy:.2%} with int8 weights, {trained.accuracy:.2%} before",
    )
    before, after = whole.stat().st_size, small.stat().st_size
    context.check(
        after < before, "int8 weights make a smaller file", f"{before / 1e3:.1f} kB to {after / 1e3:.1f} kB"
    )
    return Result(
        figure=f"{before / after:.1f} times smaller, accuracy {accuracy:.2%}, {agreement:.1%} agree",
        size=after,
    )


def _steps(interpreter: lite.Interpreter) -> Padding:
    """Which op runs in which arithmetic."""
    table = Table("op", "arithmetic", box=None, padding=(0, 2), header_style="dim")
    for step in interpreter.steps:
        table.add_row(step.op, step.arithmetic, style="green" if step.arithmetic == "int8" else "")
    return Padding(table, (0, 0, 0, 2))


STAGE = Stage("lite", "int8 weights in the C runtime", run, needs=("data", "layers", "saved_model"))
