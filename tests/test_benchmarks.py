"""The benchmarks run: our side of every workload at a tiny size, the tables, the report."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
GRAPHS = ROOT / "benchmarks" / "graphs"
TINY = [
    "tiny_mlp", "tiny_resnet20", "tiny_gpt", "tiny_lstm", "tiny_bert", "tiny_mobilenetv2", "tiny_resnet50",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _paths(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for place in (ROOT, GRAPHS, GRAPHS / "systems"):
        monkeypatch.syspath_prepend(str(place))
    yield
    for name in ("models", "tensegra_ops"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", TINY)
def test_a_workload_gives_the_same_compiled_and_eager(name: str) -> None:
    workload = importlib.import_module("models").WORKLOADS[name]
    build = importlib.import_module("tensegra_ops").build
    compiled, eager = build(workload, "compiled", 2), build(workload, "eager", 2)
    first = compiled()
    np.testing.assert_allclose(first, eager(), rtol=1e-4, atol=1e-5)
    if workload.trains:
        losses = [compiled() for _ in range(10)]
        assert losses[-1] < first
    else:
        assert np.isfinite(first).all() and np.abs(first).max() > 0


def test_the_worker_says_what_it_measured() -> None:
    command = [
        sys.executable,
        str(GRAPHS / "systems" / "worker.py"),
        "tensegra",
        "compiled",
        "tiny_mlp",
        "1",
        "0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["steps"] >= 10 and found["least_ms"] <= found["median_ms"] <= found["p90_ms"]
    assert found["last"][0] < found["first"][0]
    assert found["first_step_s"] < found["import_to_first_step_s"]


def _turn(median: float, loss: float) -> dict[str, Any]:
    return {
        "median_ms": median, "least_ms": median / 2, "cpu_ms": median, "import_to_first_step_s": 1.0,
        "first_step_s": 0.5, "peak_above_import_mb": 3.0, "first": [loss], "version": "1", "settings": "its best",
        "load": 0.0,
    }  # fmt: skip


def test_tables_and_the_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    steps = importlib.import_module("benchmarks.graphs.steps")
    main = importlib.import_module("benchmarks.__main__").main
    speeds = {"tensegra": 2.0, "torch": 3.0, "jax": 4.0}

    def turn(system: str, mode: str, name: str, *_: Any) -> dict[str, Any]:
        if system == "tensorflow":
            return {"error": "pip install failed: no network"}
        return _turn(speeds[system], 2.5 if system == "jax" else 2.3)

    monkeypatch.setattr(steps, "run_worker", turn)
    assert (
        main(["graphs", "training", "--quick", "--threads", "2", "--only", "lstm", "--out", str(tmp_path)])
        == 0
    )
    printed = capsys.readouterr().out
    assert "1.50" in printed and "DIFFERS: jax compiled" in printed and "no network" in printed
    record = json.loads((tmp_path / "graphs.json").read_text())["training"]["lstm, 2 threads"]
    assert steps.ratio(record) == (1.5, "torch eager")
    assert steps.differing(record) == ["jax compiled"]
    assert main(["report", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "report" / "index.html").read_text()
    assert "1.50 times as fast as torch eager" in page and "its best" in page


def test_a_worker_that_fails_or_takes_too_long_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = importlib.import_module("benchmarks.graphs.steps")
    assert "KeyError" in steps.run_worker("tensegra", "compiled", "no such workload", 1, 0.0, 60.0)["error"]
    assert "more than 0 s" in steps.run_worker("tensegra", "compiled", "tiny_mlp", 1, 0.0, 0.01)["error"]


def test_the_chain_beside_the_loop_in_c(tmp_path: Path) -> None:
    chain = importlib.import_module("benchmarks.graphs.chain")
    loop = chain.compiled_loop(tmp_path)
    found = chain.measured(loop, 1 << 12, 2, 0.01)
    assert found["tensegra_ms"] > 0
    assert (loop is None) or found["ratio"] > 0


def test_the_cost_of_a_compiled_call_is_measured(capsys: Any, tmp_path: Path) -> None:
    main = importlib.import_module("benchmarks.__main__").main
    assert main(["graphs", "overhead", "--seconds", "0.01", "--out", str(tmp_path)]) == 0
    assert "call of a compiled add" in capsys.readouterr().out


def test_tables_of_kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cases = importlib.import_module("benchmarks.engine.systems.kernel_cases")
    kernels = importlib.import_module("benchmarks.engine.systems.tensegra_kernels").KERNELS
    assert {case.kind for table in cases.TABLES.values() for case in table} == set(kernels)
    main = importlib.import_module("benchmarks.__main__").main
    arguments = ["engine", "matmul", "--only", "64 x 64", "--systems", "tensegra,numpy", "--seconds", "0.03"]
    assert main([*arguments, "--quick", "--threads", "1", "--out", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "engine.json").read_text())["matmul"]["1 threads"]["64 x 64 x 64"]
    assert set(found) == {"tensegra", "numpy"}
