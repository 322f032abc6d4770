"""Measures gelu(a * b + c) * d on PyTorch: `python chain_worker.py ELEMENTS THREADS SECONDS`; a line of JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

MODES = ("eager", "compiled")


def main(elements: int, threads: int, seconds: float) -> dict[str, float]:
    """The least milliseconds of a call, by mode."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    import torch

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    arrays = [torch.randn(elements) for _ in range(4)]

    def chain(a: Any, b: Any, c: Any, d: Any) -> Any:
        return torch.nn.functional.gelu(a * b + c, approximate="tanh") * d

    found = {}
    with torch.inference_mode():
        for mode in MODES:
            call: Callable[..., Any] = torch.compile(chain) if mode == "compiled" else chain
            found[f"torch_{mode}_ms"] = least(partial(call, *arrays), seconds)
    return found


def least(call: Callable[[], Any], seconds: float) -> float:
    """Milliseconds of the fastest of at least five calls, once they are warm."""
    for _ in range(2):
        call()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times) * 1e3


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))), flush=True)
