"""How long it takes to prepare a graph of some 500 nodes: the passes, then a plan for one set of shapes.

python packages/core/tools/plan_time.py
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import tensegra as tg

LAYERS = 25
WIDTH = 64


def network(x: Any, *weights: Any) -> Any:
    """A block of twenty ops, again and again."""
    for w in weights:
        y = tg.matmul(tg.nn.experimental.layer_norm(x, w[0], w[1]), w)
        y = tg.nn.gelu(y + w[2], approximate=True)
        y = tg.matmul(tg.transpose(tg.reshape(y, [-1, 2, WIDTH // 2]), [0, 2, 1]), tg.ones([2, 2]))
        x = x + tg.reshape(tg.transpose(y, [0, 2, 1]), tg.shape(x)) * 0.1
    return tg.reduce_mean(x)


def best(run: Any, times: int = 7) -> float:
    found = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        run()
        found = min(found, time.perf_counter() - start)
    return found * 1e3


def main() -> None:
    weights = [tg.constant(np.full((WIDTH, WIDTH), 0.1, "float32")) for _ in range(LAYERS)]
    spec = tg.TensorSpec([None, WIDTH], tg.float32)
    concrete = tg.function(network).get_concrete_function(spec, *weights)
    inputs = [tg.ones([8, WIDTH]), *weights]
    function = concrete._function
    rows = iter(range(1, 1000))

    def prepare() -> None:
        tg.config.optimizer.set_experimental_options({"drop_dead": True})  # a switch makes the copy anew
        function.statistics([tg.ones([next(rows), WIDTH]), *weights], True)

    def plan() -> None:
        function.statistics([tg.ones([next(rows), WIDTH]), *weights], True)

    costs = concrete.statistics(*inputs)
    print(f"nodes: {costs['written']['nodes']} as written, {costs['optimized']['nodes']} after the passes")
    both, planned = best(prepare), best(plan)
    print(f"passes: {both - planned:.2f} ms (at most 20 wanted)")
    print(f"plan for one set of shapes: {planned:.2f} ms (at most 1 wanted)")


if __name__ == "__main__":
    main()
