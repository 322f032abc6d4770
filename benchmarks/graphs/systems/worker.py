"""Measures one workload on one system: `python worker.py SYSTEM MODE WORKLOAD THREADS SECONDS [STEPS]`.

It runs in the environment of the system, in a process of its own, on the standard library and NumPy alone, and prints
a line of JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any


def main(system: str, mode: str, name: str, threads: int, seconds: float, steps: int) -> dict[str, Any]:
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
    resident, base = _memory("VmRSS"), _memory("VmHWM")
    module.set_threads(threads)
    begin = time.perf_counter()
    step = module.build(workload, mode, threads)
    built = time.perf_counter()
    to_build = _memory("VmHWM")
    resettable = _forget_peak()
    unmeasured = time.perf_counter() - built
    first = np.asarray(step())
    first_step = time.perf_counter() - built - unmeasured
    step()
    walls: list[float] = []
    cpu, end = time.process_time(), time.perf_counter() + seconds
    while len(walls) < steps or time.perf_counter() < end:
        at = time.perf_counter()
        last = step()
        walls.append(time.perf_counter() - at)
    cpu = (time.process_time() - cpu) / len(walls)
    walls.sort()
    in_steps = _memory("VmHWM")
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
        "peak_above_import_mb": (max(to_build, in_steps) - base) / 1e6,
        "steps_above_import_mb": (in_steps - resident) / 1e6 if resettable else None,
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
    cores = sorted(os.sched_getaffinity(0))
    if threads < len(cores):  # some systems have threads beside those that they are allowed
        os.sched_setaffinity(0, cores[-threads:])


def _summary(result: Any) -> list[float]:
    """A loss, or figures of a result that say whether two systems computed the same."""
    if result.ndim == 0:
        return [float(result)]
    return [
        float(result.mean(dtype="float64")),
        float(abs(result).mean(dtype="float64")),
        float(result.ravel()[0]),
    ]


def _memory(key: str) -> int:
    """Bytes of this process: VmRSS now, or VmHWM, the most so far."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(key))


def _forget_peak() -> bool:
    """Lets VmHWM begin anew: what the steps take is no longer hidden by copies that building made."""
    gc.collect()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


if __name__ == "__main__":
    given = sys.argv[1:]
    least = int(given[5]) if len(given) > 5 else 5
    print(json.dumps(main(given[0], given[1], given[2], int(given[3]), float(given[4]), least)), flush=True)
