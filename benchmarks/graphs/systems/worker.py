"""Measures one workload on one system: `python worker.py SYSTEM MODE WORKLOAD THREADS SECONDS`; prints a line of JSON.

It runs in the environment of the system, in a process of its own, on the standard library and NumPy alone.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

LEAST_STEPS = 10


def main(system: str, mode: str, name: str, threads: int, seconds: float) -> dict[str, Any]:
    """What was found: milliseconds of wall and CPU time per step, the result, the memory."""
    _environment(system, threads)
    sys.path.insert(0, str(Path(__file__).parent))
    sys.path.insert(0, str(Path(__file__).parent.parent))
    import numpy as np
    from models import WORKLOADS

    workload = WORKLOADS[name]
    workload.parameters()  # NumPy draws them, which is no system's work
    begin = time.perf_counter()
    module = importlib.import_module(f"{system}_ops")
    imported = time.perf_counter() - begin
    base = _peak()
    module.set_threads(threads)
    begin = time.perf_counter()
    step = module.build(workload, mode, threads)
    built = time.perf_counter()
    first = np.asarray(step())
    first_step = time.perf_counter() - built
    step()
    walls: list[float] = []
    cpu, end = time.process_time(), time.perf_counter() + seconds
    while len(walls) < LEAST_STEPS or time.perf_counter() < end:
        at = time.perf_counter()
        last = step()
        walls.append(time.perf_counter() - at)
    cpu = (time.process_time() - cpu) / len(walls)
    walls.sort()
    return {
        "system": system,
        "mode": mode,
        "workload": name,
        "threads": threads,
        "version": module.VERSION,
        "settings": module.SETTINGS,
        "steps": len(walls),
        "median_ms": statistics.median(walls) * 1e3,
        "least_ms": walls[0] * 1e3,
        "p90_ms": walls[int(0.9 * len(walls))] * 1e3,
        "cpu_ms": cpu * 1e3,
        "import_s": imported,
        "build_s": built - begin,
        "first_step_s": first_step,
        "import_to_first_step_s": imported + (built - begin) + first_step,
        "first": _summary(first),
        "last": _summary(np.asarray(last)),
        "peak_above_import_mb": (_peak() - base) / 1e6,
        "parameters_mb": sum(value.nbytes for value in workload.parameters().values()) / 1e6,
        "load": os.getloadavg()[0],
    }


def _environment(system: str, threads: int) -> None:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # spinning barriers collapse on a machine that others use too
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["JAX_PLATFORMS"] = "cpu"
    if threads == 1 and system in ("jax", "tensorflow"):
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def _summary(result: Any) -> list[float]:
    """A loss, or figures of a result that say whether two systems computed the same."""
    if result.ndim == 0:
        return [float(result)]
    return [
        float(result.mean(dtype="float64")),
        float(abs(result).mean(dtype="float64")),
        float(result.ravel()[0]),
    ]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    print(
        json.dumps(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))),
        flush=True,
    )
