"""Measures kernels of one system: `python kernel_worker.py SYSTEM THREADS`; asked and answered in lines of JSON."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path


def main(system: str, threads: int) -> None:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    sys.path.insert(0, str(Path(__file__).parent))
    import numpy as np

    module = importlib.import_module(f"{system}_kernels")
    cases = importlib.import_module("kernel_cases").TABLES
    module.set_threads(threads)
    print(json.dumps({"version": module.VERSION, "calls": list(module.KERNELS)}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        case = next(case for case in cases[asked["table"]] if case.name == asked["call"])
        call = module.KERNELS[case.kind]
        held = [module.hold(array, case.kind) for array in case.arrays()]
        result = np.asarray(call(*held))
        walls: list[float] = []
        cpu, end = time.process_time(), time.perf_counter() + asked["seconds"]
        while len(walls) < 3 or time.perf_counter() < end:
            at = time.perf_counter()
            call(*held)
            walls.append(time.perf_counter() - at)
        cpu = (time.process_time() - cpu) / len(walls)
        figures = [float(np.mean(result, dtype="float64")), float(np.max(np.abs(result)))]
        print(
            json.dumps({"microseconds": min(walls) * 1e6, "cpu_us": cpu * 1e6, "result": figures}), flush=True
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
