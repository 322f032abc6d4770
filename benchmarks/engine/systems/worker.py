"""Measures calls of one system: `python worker.py SYSTEM`; asked and answered in lines of JSON.

It runs in the environment of the system, so it uses the standard library alone. A call is a function of a count,
which makes it that often: the loop belongs to the module, so that no wrapper is measured.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

REPEATS = 100


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    module = importlib.import_module(f"{sys.argv[1]}_calls")
    calls: dict[str, Callable[[int], object]] = module.CALLS
    for call in calls.values():
        call(REPEATS)
    print(json.dumps({"version": module.VERSION, "calls": list(calls)}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps({"microseconds": measure(calls[asked["call"]], asked["seconds"])}), flush=True)


def measure(call: Callable[[int], object], seconds: float) -> float:
    call(REPEATS)  # the caches of the processor were somebody else's
    done = 0
    start = now = time.perf_counter()
    while now - start < seconds:
        call(REPEATS)
        done += REPEATS
        now = time.perf_counter()
    return (now - start) / done * 1e6


if __name__ == "__main__":
    main()
