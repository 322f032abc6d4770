"""The same bits with any number of threads; ISA levels agree closely; a forked child computes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import tensegra as tg

# Sizes beyond one chunk, so that the work is really shared. Prints a hash of each result's bits and some values.
SCRIPT = """
import hashlib, json, sys
import numpy as np
import tensegra as tg

def results():
    generator = np.random.default_rng(0)
    x = tg.constant(generator.normal(size=(300, 1200)).astype(np.float32))
    y = tg.constant(generator.normal(size=(1200, 200)).astype(np.float32))
    images = tg.constant(generator.normal(size=(8, 30, 30, 8)).astype(np.float32))
    filters = tg.constant(generator.normal(size=(3, 3, 8, 16)).astype(np.float32))
    with tg.GradientTape() as tape:
        tape.watch([x, filters])
        loss = tg.reduce_sum(tg.nn.softmax(x @ y)) + tg.reduce_mean(tg.nn.conv2d(images, filters, 1, "SAME") ** 2)
        loss += tg.reduce_sum(tg.tanh(x) * x)
    gradients = tape.gradient(loss, [x, filters])
    tg.random.set_seed(1)
    return {
        "matmul": x @ y, "sum": tg.reduce_sum(x), "rows": tg.reduce_mean(x, axis=0),
        "columns": tg.reduce_sum(x, axis=1),
        "exp": tg.exp(x), "softmax": tg.nn.softmax(x), "conv": tg.nn.conv2d(images, filters, 1, "SAME"),
        "pool": tg.nn.avg_pool2d(images, 2, 2, "SAME"), "dx": gradients[0], "df": gradients[1], "loss": loss,
        "random": tg.random.normal([100000]), "product": tg.matmul(tg.cast(x, tg.float64), tg.cast(y, tg.float64)),
        "variance": tg.math.reduce_variance(x, axis=0), "cumsum": tg.cumsum(x, axis=1),
    }

def report():
    return {
        name: [hashlib.sha256(value.numpy().tobytes()).hexdigest(), value.numpy().ravel()[:500].tolist()]
        for name, value in results().items()
    }

if __name__ == "__main__":
    print(json.dumps(report()))
"""


def in_process(**environment: str) -> dict[str, Any]:
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


@pytest.fixture(scope="module")
def one_thread() -> dict[str, Any]:
    return in_process(TENSEGRA_NUM_THREADS="1")


def bits(report: dict[str, Any]) -> dict[str, str]:
    return {name: value[0] for name, value in report.items()}


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_threads_do_not_change_a_bit(one_thread: dict[str, Any], threads: int) -> None:
    scope: dict[str, Any] = {"__name__": "report"}
    exec(SCRIPT, scope)
    before = tg.config.threading.get_intra_op_parallelism_threads()
    try:
        tg.config.threading.set_intra_op_parallelism_threads(threads)
        assert bits(scope["report"]()) == bits(one_thread)
    finally:
        tg.config.threading.set_intra_op_parallelism_threads(before)


def test_isa_levels_agree() -> None:
    reports = [in_process(TENSEGRA_ISA=level) for level in ("v2", "v3")]
    assert reports[0].keys() == reports[1].keys()
    for name, (_, low) in reports[0].items():
        scale = max(1.0, float(np.abs(low).max()))
        np.testing.assert_allclose(low, reports[1][name][1], rtol=1e-5, atol=1e-5 * scale, err_msg=name)
    assert reports[0]["random"] == reports[1]["random"]


FORK = """
import os, sys, threading
import numpy as np
import tensegra as tg

x = tg.constant(np.random.default_rng(0).normal(size=(400, 400)).astype(np.float32))
f = tg.function(lambda x: tg.reduce_sum(tg.tanh(x @ x)))
tg.config.threading.set_intra_op_parallelism_threads(2)
expected = f(x).numpy()                       # the pool runs now
busy = threading.Event()
def work():
    while not busy.is_set():
        f(x)
thread = threading.Thread(target=work)
thread.start()
import warnings
warnings.simplefilter("ignore")               # Python warns of forks with threads
codes = []
for _ in range(5):
    child = os.fork()
    if child == 0:
        ok = f(x).numpy() == expected and float(tg.reduce_sum(tg.ones([1000, 1000]))) == 1e6
        os._exit(0 if ok else 3)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
busy.set()
thread.join()
assert f(x).numpy() == expected
print(codes)
"""


def test_a_forked_child_computes() -> None:
    result = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60)
    assert (result.stdout.strip(), result.returncode) == ("[0, 0, 0, 0, 0]", 0), result.stderr
