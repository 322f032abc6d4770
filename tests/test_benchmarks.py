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
        "12",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["steps"] >= 12 and found["least_ms"] <= found["median_ms"] <= found["p90_ms"]
    assert found["last"][0] < found["first"][0]
    assert found["first_step_s"] < found["import_to_first_step_s"]
    assert found["steps_above_import_mb"] > 0 and found["peak_above_import_mb"] > 0


def _turn(system: str, mode: str, median: float, loss: float) -> dict[str, Any]:
    return {
        "median_ms": median, "least_ms": median / 2, "cpu_ms": median, "import_to_first_step_s": 1.0,
        "first_step_s": 0.5, "peak_above_import_mb": 3.0, "steps_above_import_mb": 140.0, "first": [loss],
        "version": "1", "settings": "its best", "load": 0.0, "system": system, "mode": mode,
    }  # fmt: skip


SPEEDS = {"tensegra": 2.0, "torch": 3.0, "jax": 4.0}


def _turns_of_no_process(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str, int]]:
    """Workers that say what they measured without measuring; returns the turns that they were asked for."""
    steps = importlib.import_module("benchmarks.graphs.steps")
    asked: list[tuple[str, str, str, int]] = []

    def turn(system: str, mode: str, name: str, threads: int, *_: Any) -> dict[str, Any]:
        asked.append((system, mode, name, threads))
        if system == "tensorflow":
            return {"error": "pip install failed: no network"}
        return _turn(system, mode, SPEEDS[system], 2.5 if system == "jax" else 2.3)

    monkeypatch.setattr(steps, "run_worker", turn)
    monkeypatch.setattr(steps, "prepare", lambda console, systems: {})
    return asked


def test_tables_and_the_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    tables = importlib.import_module("benchmarks.graphs.tables")
    main = importlib.import_module("benchmarks.__main__").main
    _turns_of_no_process(monkeypatch)
    assert (
        main(["graphs", "training", "--quick", "--threads", "2", "--only", "lstm", "--out", str(tmp_path)])
        == 0
    )
    printed = capsys.readouterr().out
    assert "1.50" in printed and "DIFFERS: jax compiled" in printed and "no network" in printed
    record = json.loads((tmp_path / "graphs.json").read_text())["training"]["lstm, 2 threads"]
    assert tables.ratio(record) == (1.5, "torch eager")
    assert tables.ratios(record)["start"] == (1.0, "torch compiled")
    assert tables.differing(record) == ["jax compiled"]
    wanted = record["tensegra compiled"]["needed_mb"]
    assert record["tensegra compiled"]["memory_ratio"] == pytest.approx(140 / wanted) and 60 < wanted < 64
    assert main(["report", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "report" / "index.html").read_text()
    assert "<td class=left>torch eager</td><td>3.000</td><td class=good>1.50</td>" in page
    assert "its best" in page and "DIFFERS: jax compiled" in page and "SKIPPED: pip install failed" in page
    assert "1x" in (tmp_path / "report" / "training_median.svg").read_text()


def test_systems_take_turns_and_what_failed_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    main = importlib.import_module("benchmarks.__main__").main
    asked = _turns_of_no_process(monkeypatch)
    arguments = ["graphs", "training", "--only", "mlp32", "--systems", "tensegra,jax,tensorflow"]
    assert main([*arguments, "--rounds", "2", "--threads", "2,1", "--out", str(tmp_path)]) == 0
    both = [("tensegra", "compiled", "mlp32"), ("jax", "compiled", "mlp32")]
    failing = [("tensorflow", mode, "mlp32") for mode in ("eager", "xla")]
    first = [(*turn, 2) for turn in (*both, *failing)]
    assert asked == [*first, *((*turn, 1) for turn in both), *((*turn, n) for n in (2, 1) for turn in both)]
    record = json.loads((tmp_path / "graphs.json").read_text())["training"]
    assert set(record) == {"mlp32, 2 threads", "mlp32, 1 thread"}
    assert [turn["round"] for turn in record["mlp32, 1 thread"]["jax compiled"]["turns"]] == [0, 1]
    assert "no network" in record["mlp32, 1 thread"]["tensorflow xla"]["error"]


def test_rounds_that_do_not_fit_into_the_time_are_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    main = importlib.import_module("benchmarks.__main__").main
    asked = _turns_of_no_process(monkeypatch)
    arguments = ["graphs", "training", "--only", "mlp", "--threads", "2", "--minutes", "1e-9"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    assert asked == []
    assert "round 1 of mlp128, 2 threads" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("threads", ["two", "0", "2,,1"])
def test_threads_are_numbers(threads: str, tmp_path: Path, capsys: Any) -> None:
    main = importlib.import_module("benchmarks.__main__").main
    with pytest.raises(SystemExit):
        main(["graphs", "--threads", threads, "--out", str(tmp_path)])
    assert "--threads takes numbers" in capsys.readouterr().err


def test_what_a_step_needs() -> None:
    needed = importlib.import_module("benchmarks.graphs.memory").needed
    models = importlib.import_module("benchmarks.graphs.models")
    weights = 4e-6 * (6 * 5 + 5 + 5 * 3 + 3)
    found = needed(models.WORKLOADS["tiny_mlp"])
    assert found["weights"] == pytest.approx(weights) and found["slots"] == pytest.approx(2 * weights)
    assert found["activations"] == pytest.approx(4e-6 * 4 * (6 + 5 + 3))  # x, the hidden layer, the logits
    chain = models.Workload("chain", models.mlp(8, 1000, 1000, 2), (1, 8))
    assert needed(chain)["activations"] == pytest.approx(4e-6 * (8 + 2 * 1000))  # x is the caller's


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """`environments` in an empty directory, its virtual environments without pip."""
    environments = importlib.import_module("benchmarks.environments")
    monkeypatch.setattr(environments, "_known", environments._Known())
    monkeypatch.setattr(environments.venv, "create", lambda place, **_: place.mkdir(parents=True))
    for system in environments.PACKAGES:
        monkeypatch.delenv(f"TENSEGRA_BENCH_{system.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return environments


def test_an_environment_is_made_once(peers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[list[str]] = []
    monkeypatch.setattr(peers, "_install", lambda python, arguments: installed.append(arguments))
    monkeypatch.setattr(peers, "imported", lambda system, python: "1.0")
    python = peers.python_of("torch")
    assert python == str(Path("build/bench/peers/torch/bin/python").absolute())
    assert installed[0] == ["--no-deps", "torch==2.13.0"] and len(installed) == 2
    monkeypatch.setattr(peers, "_known", peers._Known())  # as in a later run
    assert peers.python_of("torch") == python and len(installed) == 2
    Path("build/bench/peers/torch/ready.json").write_text('["torch==2.0"]')
    monkeypatch.setattr(peers, "_known", peers._Known())
    monkeypatch.setattr(peers.venv, "create", lambda place, **_: None)
    assert peers.python_of("torch") == python and len(installed) == 4


def test_a_peer_that_cannot_be_had_is_skipped_with_the_reason(
    peers: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    console = importlib.import_module("rich.console").Console(width=140)
    tried: list[Any] = []

    def refused(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        tried.append(_)
        return subprocess.CompletedProcess([], 1, "", "ERROR: no network\n")

    monkeypatch.setattr(peers.subprocess, "run", refused)
    found = peers.prepare(console, ["tensegra", "jax", "jax"])
    assert found == {"jax": {"skipped": "pip install failed: ERROR: no network"}}
    assert "SKIPPED" in capsys.readouterr().out and not Path("build/bench/peers/jax").exists()
    with pytest.raises(peers.Unavailable, match="no network"):
        peers.python_of("jax")
    assert len(tried) == 1


def test_an_interpreter_without_the_peer_is_skipped(peers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    console = importlib.import_module("rich.console").Console(width=140)
    monkeypatch.setenv("TENSEGRA_BENCH_OPENVINO", sys.executable)
    monkeypatch.setattr(peers, "PACKAGES", {"openvino": peers.Packages("no_such_module_here", ())})
    assert "cannot be imported" in peers.prepare(console, ["openvino"])["openvino"]["skipped"]


def test_a_worker_that_fails_or_takes_too_long_is_skipped() -> None:
    steps = importlib.import_module("benchmarks.graphs.steps")
    options = importlib.import_module("benchmarks.options").Options(seconds=0.0)
    failed = steps.run_worker("tensegra", "compiled", "no such workload", 1, options, 60.0)
    assert "KeyError" in failed["error"]
    late = steps.run_worker("tensegra", "compiled", "tiny_mlp", 1, options, 0.01)
    assert "more than 0 s" in late["error"]


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
    found = json.loads((tmp_path / "engine.json").read_text())["matmul"]["1 thread"]["64 x 64 x 64"]
    assert set(found) == {"tensegra", "numpy"}


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_saved_models_are_measured_and_nothing_stays(
    ends: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    files = importlib.import_module("benchmarks.saved_model.files")
    main = importlib.import_module("benchmarks.__main__").main
    monkeypatch.setenv("TENSEGRA_BENCH_DIR", str(tmp_path / "disk"))
    monkeypatch.setenv("TENSEGRA_BENCH_MEGABYTES", "1")
    if ends == "badly":
        monkeypatch.setattr(files, "WORKER", tmp_path / "no_such_worker.py")
    arguments = ["saved_model", "--systems", "tensegra", "--rounds", "2", "--out", str(tmp_path)]
    assert main(arguments) == 0
    assert list((tmp_path / "disk").iterdir()) == []
    record = json.loads((tmp_path / "saved_model.json").read_text())["files"]
    assert len(record["turns"]["cp and sync"]["save"]) == 2
    if ends == "badly":
        assert "no_such_worker" in record["skipped"]["tensegra"]
        assert "SKIPPED tensegra" in capsys.readouterr().out
    else:
        assert record["seconds"]["tensegra"]["load"] > 0 and record["peak_mb"]["tensegra"]["save"] > 0
        assert main(["report", "--out", str(tmp_path)]) == 0
        assert "A saved model of 1 MB" in (tmp_path / "report" / "index.html").read_text()


def test_a_disk_that_is_too_small_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    main = importlib.import_module("benchmarks.__main__").main
    monkeypatch.setenv("TENSEGRA_BENCH_DIR", str(tmp_path))
    monkeypatch.setenv("TENSEGRA_BENCH_MEGABYTES", str(10**9))
    with pytest.raises(SystemExit, match="MB free"):
        main(["saved_model", "--systems", "tensegra", "--out", str(tmp_path)])


def test_the_report_of_every_table(tmp_path: Path) -> None:
    report = importlib.import_module("benchmarks.report")
    head = {
        "machine": {"processor": "A <fast> one", "cores": 2, "system": "Linux"},
        "versions": {"python": "3.11", "numpy": "2.0", "tensegra": "2.0"},
        "load": [0.5, 0.5, 0.5],
        "date": "2026-01-02 03:04",
    }
    graphs = {
        "overhead": {"call_us": 1.5, "eager_us": 1.0, "call_bar_us": 2.0, "trace_ms": 9.0, "plan_ms": 0.5},
        "chain": {"1 thread": {"loop_ms": 10.0, "tensegra_ms": 12.0, "ratio": 1.2, "torch_eager_ms": 30.0}},
        "beside": {
            "2 threads": {"torch": {"alone_ms": 10.0, "alternating_ms": 11.0, "cost": 1.1}},
            "1 thread": {"error": "no torch"},
        },
    }
    engine = {
        "overhead": {
            "versions": {"tensegra": "2.0", "numpy": "2.0"},
            "skipped": {"torch": "no network"},
            "microseconds": {
                "matmul 8 x 8": {
                    "tensegra": {"median": 0.8, "least": 0.7},
                    "numpy": {"median": 1.2, "least": 1.0},
                }
            },
        },
        "throughput": {
            "seconds_per_call": {"softmax": {"numpy": {"least": 0.003}, "tensegra": {"least": 0.002}}}
        },
        "matmul": {"2 threads": {"64 x 64 x 64": {"tensegra": 5.0, "numpy": 10.0}}},
    }
    (tmp_path / "graphs.json").write_text(json.dumps(head | graphs))
    (tmp_path / "engine.json").write_text(json.dumps(head | engine))
    page = report.write(tmp_path).read_text()
    assert "A &lt;fast&gt; one" in page and "2026-01-02 03:04" in page
    for text in (
        "<td class=good>1.20</td>",
        "<td class=bad>1.10</td>",
        "SKIPPED: no torch",
        "SKIPPED torch: no network",
    ):
        assert text in page
    assert "<td>104.9</td><td>52.4</td><td class=left>GFLOP/s</td><td>2.00</td>" in page
    assert "<td>3.000</td><td>2.000</td><td>1.50</td>" in page


def test_a_report_of_nothing_says_what_to_run(tmp_path: Path) -> None:
    report = importlib.import_module("benchmarks.report")
    with pytest.raises(SystemExit, match="run `./dev bench -- graphs` first"):
        report.write(tmp_path)
