"""What a compiled function costs beside its kernels: calls, tracing, planning; in this process."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.table import Table

import tensegra as tg

from ..options import Options
from ..timing import measure

CALL_BAR_US = 2.0
NODES = 500


def run(console: Console, options: Options) -> dict[str, Any]:
    """Measures and prints; times in microseconds and milliseconds."""
    x, y = tg.ones([8]), tg.ones([8])
    add = tg.function(lambda p, q: p + q)
    add(x, y)
    found = measure({"compiled": lambda: add(x, y), "eager": lambda: tg.add(x, y)}, options.seconds)
    record = {
        "call_us": found["compiled"].least * 1e6,
        "eager_us": found["eager"].least * 1e6,
        "call_bar_us": CALL_BAR_US,
        **_planning(),
    }
    table = Table("what", "figure", title="a compiled function beside its kernels")
    table.add_row("call of a compiled add of 8 floats", f"{record['call_us']:.2f} us (bar {CALL_BAR_US})")
    table.add_row("the same add, eager", f"{record['eager_us']:.2f} us")
    table.add_row(f"tracing {NODES} nodes", f"{record['trace_ms']:.2f} ms")
    table.add_row("first call of other shapes beside a later one", f"{record['plan_ms']:.2f} ms")
    console.print(table)
    return record


def _planning() -> dict[str, float]:
    """A chain of NODES ops over a tensor whose length is symbolic: a trace, then a plan for each new length."""

    def chain(x: tg.Tensor) -> tg.Tensor:
        for _ in range(NODES // 2):
            x = tg.tanh(x) + x
        return x

    call = tg.function(chain, input_signature=[tg.TensorSpec([None], tg.float32)])
    begin = time.perf_counter()
    call.get_concrete_function()
    traced = time.perf_counter() - begin
    plans = []
    for length in range(1, 12):
        x = tg.ones([length])
        begin = time.perf_counter()
        call(x)
        first = time.perf_counter() - begin
        begin = time.perf_counter()
        call(x)
        plans.append(first - (time.perf_counter() - begin))
    return {"trace_ms": traced * 1e3, "plan_ms": sorted(plans[1:])[len(plans) // 2] * 1e3}
