"""Tensegra beside PyTorch in one process: `python beside_worker.py WORKLOAD THREADS STEPS PLACES`; a line of JSON.

PLACES are directories, joined by the separator of paths, where this environment, which is PyTorch's, finds Tensegra.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

SYSTEMS = ("tensegra", "torch")
ROUNDS = 3


def main(name: str, threads: int, steps: int, places: list[str]) -> dict[str, dict[str, float]]:
    """Milliseconds of a step, by system: alone, and alternating with one of the other."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    here = Path(__file__).parent
    sys.path[:0] = [str(here), str(here.parent)]
    sys.path += places
    from models import WORKLOADS

    calls: dict[str, Callable[[], object]] = {}
    for system in SYSTEMS:
        module = importlib.import_module(f"{system}_ops")
        module.set_threads(threads)
        mode = "compiled" if system == "tensegra" else "eager"
        calls[system] = module.build(WORKLOADS[name], mode, threads)
        for _ in range(3):
            calls[system]()
    alone: dict[str, list[float]] = {system: [] for system in SYSTEMS}
    mixed: dict[str, list[float]] = {system: [] for system in SYSTEMS}
    for _ in range(ROUNDS):
        for system in SYSTEMS:
            alone[system] += [timed(calls[system]) for _ in range(steps)]
        for _ in range(steps):
            for system in SYSTEMS:
                mixed[system].append(timed(calls[system]))
    return {
        system: {
            "alone_ms": statistics.median(alone[system]),
            "alternating_ms": statistics.median(mixed[system]),
        }
        for system in SYSTEMS
    }


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of a call."""
    begin = time.perf_counter()
    call()
    return (time.perf_counter() - begin) * 1e3


if __name__ == "__main__":
    print(
        json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4].split(os.pathsep))),
        flush=True,
    )
