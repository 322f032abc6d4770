"""Training steps and inference: every system in a process of its own, taking turns; equal results are required."""

from __future__ import annotations

import json
import math
import statistics
import subprocess
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ..environments import Unavailable, python_of
from ..options import Options

WORKER = Path(__file__).parent / "systems" / "worker.py"
OURS = "tensegra compiled"
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
# Of these the least of all turns counts.
LEAST = ("least_ms", "cpu_ms", "import_to_first_step_s", "first_step_s", "peak_above_import_mb")
# Losses of the first step and figures of inferred results agree to this, relative to their size.
TOLERANCE = 2e-3


def training(console: Console, options: Options) -> dict[str, Any]:
    """Steps of training: forward, backward and Adam."""
    return _compare(console, options, "training steps", TRAINING, TRAINING_SYSTEMS)


def inference(console: Console, options: Options) -> dict[str, Any]:
    """Inference in float32."""
    return _compare(console, options, "inference, float32", INFERENCE, INFERENCE_SYSTEMS)


def run_worker(
    system: str, mode: str, workload: str, threads: int, seconds: float, cap: float
) -> dict[str, Any]:
    """One turn: what the worker says, or {"error": why there is nothing}."""
    try:
        python = python_of(system)
        command = [python, str(WORKER), system, mode, workload, str(threads), str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=cap)
    except (Unavailable, OSError) as reason:
        return {"error": str(reason)}
    except subprocess.TimeoutExpired:
        return {"error": f"more than {cap:.0f} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        return {"error": (done.stderr.strip().splitlines() or ["its process ended"])[-1][:300]}
    return dict(json.loads(lines[-1]))


def _compare(
    console: Console,
    options: Options,
    title: str,
    names: tuple[str, ...],
    systems: tuple[tuple[str, str], ...],
) -> dict[str, Any]:
    record: dict[str, Any] = {}
    chosen = [pair for pair in systems if not options.systems or pair[0] in options.systems]
    for threads in options.threads:
        for name in (name for name in names if options.only in name):
            turns = _turns(console, options, name, chosen, threads)
            found = {system: _figures(found) for system, found in turns.items()}
            record[f"{name}, {threads} threads"] = found
            console.print(_table(f"{title}: {name}, {threads} threads", found))
            for system, f in found.items():
                if "error" in f:
                    console.print(f"SKIPPED {system}: {f['error']}", markup=False)
            for system in differing(found):
                console.print(f"DIFFERS: {system} computes something else")
    console.print(f"geometric means of the ratios: {_means(record)}")
    return record


def _turns(
    console: Console, options: Options, name: str, systems: list[tuple[str, str]], threads: int
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {f"{system} {mode}": [] for system, mode in systems}
    for _ in range(options.rounds):
        for system, mode in systems:
            key = f"{system} {mode}"
            if found[key] and "error" in found[key][-1]:
                continue  # it failed before
            with console.status(f"{name}, {threads} threads: {key}"):
                found[key].append(run_worker(system, mode, name, threads, options.seconds, options.cap))
    return found


def _figures(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """What the turns of one system come to: the median of their medians, the spread, the least of the rest."""
    good = [turn for turn in turns if "error" not in turn]
    if not good:
        return {"error": turns[-1]["error"]}
    medians = [turn["median_ms"] for turn in good]
    return {
        "median_ms": statistics.median(medians),
        "spread": (max(medians) - min(medians)) / statistics.median(medians),
        **{key: min(turn[key] for turn in good) for key in LEAST},
        "first": good[0]["first"],
        "version": good[0]["version"],
        "settings": good[0]["settings"],
        "load": max(turn["load"] for turn in good),
        "turns": good,
    }


def ratio(found: dict[str, Any], key: str = "median_ms") -> tuple[float, str]:
    """How many times faster than the fastest peer we are, and which peer that is; 0.0 where there is none."""
    peers = {name: f[key] for name, f in found.items() if name != OURS and "error" not in f}
    ours = found.get(OURS, {"error": ""})
    if not peers or "error" in ours:
        return 0.0, ""
    best = min(peers, key=lambda name: peers[name])
    return peers[best] / ours[key], best


def differing(found: dict[str, Any]) -> list[str]:
    """The systems whose results are not those of the first that has some."""
    good = {name: f["first"] for name, f in found.items() if "error" not in f}
    if not good:
        return []
    wanted = next(iter(good.values()))
    return [
        name
        for name, values in good.items()
        if not all(
            abs(a - b) <= TOLERANCE * max(abs(b), wanted[len(wanted) // 2]) for a, b in zip(values, wanted)
        )
    ]


def _table(title: str, found: dict[str, Any]) -> Table:
    table = Table("system", title=title)
    for head in (
        "median ms",
        "spread",
        "least ms",
        "CPU ms",
        "first step s",
        "from import s",
        "MB above import",
    ):
        table.add_column(head, justify="right")
    for name, f in found.items():
        if "error" in f:
            table.add_row(name, "SKIPPED")
            continue
        table.add_row(
            name,
            f"{f['median_ms']:.3f}",
            f"{f['spread']:.0%}",
            f"{f['least_ms']:.3f}",
            f"{f['cpu_ms']:.3f}",
            f"{f['first_step_s']:.3f}",
            f"{f['import_to_first_step_s']:.2f}",
            f"{f['peak_above_import_mb']:.0f}",
        )
    for key, what in (
        ("median_ms", "wall time"),
        ("cpu_ms", "CPU time"),
        ("import_to_first_step_s", "start"),
    ):
        value, peer = ratio(found, key)
        if peer:
            table.add_row(f"ratio, {what}", f"{value:.2f}", "", peer)
    return table


def _means(record: dict[str, Any]) -> str:
    parts = []
    for key, what in (("median_ms", "wall"), ("cpu_ms", "CPU")):
        ratios = [value for found in record.values() if (value := ratio(found, key)[0])]
        if ratios:
            mean = math.exp(statistics.fmean(map(math.log, ratios)))
            parts.append(f"{what} {mean:.2f} (least {min(ratios):.2f})")
    return ", ".join(parts) or "no peer was measured"
