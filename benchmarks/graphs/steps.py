"""Training steps and inference: every system in a process of its own, taking turns; equal results are required."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from ..environments import Unavailable, prepare, python_of
from ..options import Options
from ..workers import counted, said_json
from . import tables
from .memory import needed
from .models import WORKLOADS
from .tables import ratio

WORKER = Path(__file__).parent / "systems" / "worker.py"
TRAINING_SYSTEMS = (
    ("tensegra", "compiled"),
    ("torch", "eager"),
    ("torch", "compiled"),
    ("jax", "compiled"),
    ("tensorflow", "eager"),
    ("tensorflow", "xla"),
)
INFERENCE_SYSTEMS = (
    ("tensegra", "compiled"),
    ("onnxruntime", "inference"),
    ("openvino", "inference"),
    ("torch", "eager"),
    ("torch", "compiled"),
    ("jax", "compiled"),
)
TRAINING = ("mlp32", "mlp128", "resnet20", "gpt", "lstm")
INFERENCE = (
    "mlp_b1",
    "mobilenetv2_b1",
    "mobilenetv2_b16",
    "resnet50_b1",
    "resnet50_b16",
    "bert_b1",
    "bert_b16",
)
# Of these the least of all turns counts; of those that a cache on the disk would flatter, that of the first turn.
LEAST = ("least_ms", "cpu_ms", "peak_above_import_mb")
START = ("import_to_first_step_s", "first_step_s")


def training(console: Console, options: Options) -> dict[str, Any]:
    """Steps of training: forward, backward and Adam."""
    return _compare(console, options, "training steps", TRAINING, TRAINING_SYSTEMS)


def inference(console: Console, options: Options) -> dict[str, Any]:
    """Inference in float32."""
    return _compare(console, options, "inference, float32", INFERENCE, INFERENCE_SYSTEMS)


def run_worker(
    system: str, mode: str, workload: str, threads: int, options: Options, cap: float
) -> dict[str, Any]:
    """One turn: what the worker says, or {"error": why there is nothing}."""
    try:
        python = python_of(system)
        command = [python, str(WORKER), system, mode, workload, str(threads)]
        command += [str(options.seconds), str(options.steps)]
        return said_json(subprocess.run(command, capture_output=True, text=True, timeout=cap))
    except (Unavailable, OSError) as reason:
        return {"error": str(reason)}
    except subprocess.TimeoutExpired:
        return {"error": f"more than {cap:.0f} s"}


class _Run:
    """The turns of one table: round after round over all workloads, until the time is spent."""

    def __init__(
        self, console: Console, options: Options, title: str, systems: list[tuple[str, str]]
    ) -> None:
        self.console, self.options, self.title, self.systems = console, options, title, systems
        self.end = time.monotonic() + 60 * options.minutes
        self.turns: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self.took: dict[str, float] = {}
        self.failed: dict[tuple[str, str], str] = {}
        self.left_out: list[str] = []

    def round(self, number: int, name: str, threads: int) -> None:
        """All systems take a turn, if the time that the round before took is left."""
        title = f"{name}, {counted(threads)}"
        began = time.monotonic()
        if began + self.took.get(title, 0.0) > self.end:
            self.left_out.append(f"round {number + 1} of {title}")
            return
        found = self.turns.setdefault(title, {f"{system} {mode}": [] for system, mode in self.systems})
        for system, mode in self.systems:
            key = f"{system} {mode}"
            if (name, key) in self.failed:
                found[key] = found[key] or [{"error": self.failed[name, key]}]
                continue
            cap = min(self.options.cap, max(30.0, self.end - time.monotonic()))
            with self.console.status(f"{title}: {key}"):
                turn = run_worker(system, mode, name, threads, self.options, cap)
            found[key].append({**turn, "round": number})
            if "error" in turn:  # it is not tried again
                self.failed[name, key] = turn["error"]
        self.took[title] = time.monotonic() - began
        value, peer = ratio(self.record()[title])
        beside = f"{value:.2f} beside {peer}" if peer else "no peer"
        self.console.print(
            f"{self.title}: {title}, round {number + 1} of {self.options.rounds}: {beside}", highlight=False
        )

    def record(self) -> dict[str, Any]:
        """What the turns so far come to."""
        return {
            title: {system: _figures(turns) for system, turns in found.items()}
            for title, found in self.turns.items()
        }


def _compare(
    console: Console,
    options: Options,
    title: str,
    names: tuple[str, ...],
    systems: tuple[tuple[str, str], ...],
) -> dict[str, Any]:
    chosen = [pair for pair in systems if not options.systems or pair[0] in options.systems]
    prepare(console, [system for system, _ in chosen])
    workloads = [name for name in names if options.only in name]
    run = _Run(console, options, title, chosen)
    with tempfile.TemporaryDirectory(prefix="tensegra_bench_") as cache:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache  # empty: the first turn compiles as it does for a user
        try:
            for number in range(options.rounds):
                for threads in options.threads:
                    for name in workloads:
                        run.round(number, name, threads)
                        options.keep(run.record())
        except KeyboardInterrupt:
            console.print("Interrupted: the tables show what was measured until now.")
        finally:
            del os.environ["TORCHINDUCTOR_CACHE_DIR"]
    record = run.record()
    memory = {name: needed(WORKLOADS[name]) for name in workloads}
    for found_title, found in record.items():
        for figures in found.values():
            if figures.get("steps_above_import_mb"):
                wanted = memory[found_title.partition(",")[0]]
                figures["needed_mb"] = wanted["all"]
                figures["memory_ratio"] = figures["steps_above_import_mb"] / wanted["all"]
    tables.show(console, title, record)
    if run.left_out:
        console.print(f"Left out, since {options.minutes:g} minutes were over: {', '.join(run.left_out)}")
    return record


def _figures(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """What the turns of one system come to: the median of their medians, the spread, the least of the rest."""
    good = [turn for turn in turns if "error" not in turn]
    if not good:
        return {"error": turns[-1]["error"] if turns else "not measured"}
    medians = [turn["median_ms"] for turn in good]
    in_steps = [turn["steps_above_import_mb"] for turn in good if turn.get("steps_above_import_mb")]
    cached = good[0]["system"] == "torch" and good[0]["mode"] == "compiled"
    return {
        "median_ms": statistics.median(medians),
        "spread": (max(medians) - min(medians)) / statistics.median(medians),
        **{key: min(turn[key] for turn in good) for key in LEAST},
        **{key: min(turn[key] for turn in (good[:1] if cached else good)) for key in START},
        "steps_above_import_mb": min(in_steps) if in_steps else None,
        "first": good[0]["first"],
        "version": good[0]["version"],
        "settings": good[0]["settings"],
        "load": max(turn["load"] for turn in good),
        "turns": good,
    }
