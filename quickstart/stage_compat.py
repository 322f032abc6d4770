"""Stage 8: a TensorFlow 1.x program is upgraded and gives the numbers that TensorFlow gave."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax

from .runner import Context, Result, Stage

PROGRAM = Path(__file__).parents[1] / "compat" / "tests" / "goldens" / "softmax_digits.py"
GOLDEN = PROGRAM.with_suffix(".golden.json")
TOLERANCE = 1e-5


def run(context: Context) -> Result:
    """Upgrades the program with `tensegra-upgrade`, shows what changed and why, and runs the result."""
    with context.bar("upgrade", 1) as advance:
        upgraded, report = upgrade(context)
        advance()
    before, after = PROGRAM.read_text(), upgraded.read_text()
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        f"{PROGRAM.name} (TensorFlow 1.x)",
        f"{PROGRAM.name} (Tensegra)",
        n=1,
        lineterm="",
    )
    text = "\n".join(lines)
    difference = Syntax(text, "diff", theme="ansi_dark", background_color="default", word_wrap=True)
    context.say(Padding(difference, (1, 2)))
    context.say(Padding(Markdown(report.read_text()), (0, 2)))
    context.check(
        "tensorflow" not in after and ".v1" not in after,
        "the result is native Tensegra",
        f"{len(after.splitlines())} lines",
    )
    expected = golden_losses()
    losses = run_program(context, upgraded, len(expected))
    context.check(
        len(losses) == len(expected), "it prints a loss for each step", f"{len(losses)} of {len(expected)}"
    )
    worst = max(abs(a - b) for a, b in zip(losses, expected, strict=True))
    context.check(
        worst <= TOLERANCE,
        f"each loss is within {TOLERANCE:g} of what TensorFlow gave",
        f"greatest difference {worst:.1e} over {len(losses)} steps",
    )
    return Result(
        figure=f"{len(losses)} losses within {worst:.1e} of TensorFlow's", size=upgraded.stat().st_size
    )


def upgrade(context: Context) -> tuple[Path, Path]:
    """The upgraded program and the report."""
    command = shutil.which("tensegra-upgrade", path=sysconfig.get_path("scripts"))
    context.check(command is not None, "the command tensegra-upgrade is installed", command)
    folder, report = context.artefact("upgraded"), context.artefact("upgrade_report.md")
    shutil.rmtree(folder, ignore_errors=True)
    arguments = [str(command), str(PROGRAM), "--out", str(folder), "--report", str(report)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    context.check(
        done.returncode == 0,
        "tensegra-upgrade leaves nothing to do by hand",
        f"exit code {done.returncode} {done.stderr.strip()}".strip(),
    )
    return folder / PROGRAM.name, report


def golden_losses() -> list[float]:
    """What the program's `sess.run([train_step, cross_entropy])` gave under TensorFlow, step by step."""
    golden = json.loads(GOLDEN.read_text())
    runs = sorted([*golden["runs"], *golden["tail_runs"]], key=lambda run: run["i"])
    return [run["fetches"][1]["value"][0] for run in runs if len(run["fetches"]) == 2]


def run_program(context: Context, program: Path, steps: int) -> list[float]:
    """The losses that the program prints."""
    losses: list[float] = []
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with (
        context.bar("steps of the upgraded program", steps) as advance,
        subprocess.Popen(
            [sys.executable, program],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as process,
    ):
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if found := re.fullmatch(r"step \d+ loss (\S+)\n", line):
                losses.append(float(found[1]))
                advance()
            else:
                context.note(line.strip())
        errors = process.stderr.read().strip().splitlines()
    context.check(
        process.returncode == 0, "the upgraded program runs", errors[-1] if errors else "exit code 0"
    )
    return losses


STAGE = Stage("compat", "a TensorFlow 1.x program, upgraded", run, needs=("data",))
