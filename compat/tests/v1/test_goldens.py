"""Ten programs of 1.x run as they are; their values are those that TensorFlow was recorded with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

_GOLDENS = Path(__file__).parent.parent / "goldens"
_RUNNER = Path(__file__).parent / "golden_runner.py"
_PROGRAMS = (
    "char_gru_lm", "cnn_raw_digits", "dqn_corridor", "estimator_digits", "flags_bn_monitored", "gan_ring",
    "py2_multirnn_scan", "softmax_digits", "vae_class", "word2vec_nce",
)  # fmt: skip


def _wanted(fetch: dict[str, Any]) -> Any:
    if fetch.get("op"):
        return "op"
    if fetch["dtype"] == "summary":
        return fetch["scalars"]
    return fetch["value"] if "value" in fetch else [*fetch["first8"], fetch["mean"], fetch["std"]]


def _numbers(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", text)]


@pytest.mark.parametrize("name", _PROGRAMS)
def test_program(name: str, tmp_path: Path) -> None:
    golden = json.loads((_GOLDENS / f"{name}.golden.json").read_text(encoding="utf-8"))
    out = tmp_path / "out.json"
    program = _GOLDENS / (f"{name}.py" if name == "softmax_digits" else f"{name}.py.txt")
    done = subprocess.run(
        [sys.executable, str(_RUNNER), str(program), str(out)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text(encoding="utf-8"))

    # What it printed, number by number: the layout of arrays is NumPy's affair.
    np.testing.assert_allclose(_numbers(found["stdout"]), _numbers(golden["stdout"]), rtol=1e-4, atol=2e-5)
    assert re.sub(r"[\s\d.e+-]", "", found["stdout"]) == re.sub(r"[\s\d.e+-]", "", golden["stdout"])

    # Every seed of every random op.
    keys = ("name", "type", "seed", "seed2")
    wanted_ops = {
        tuple(op[key] for key in keys) for op in golden["random_ops"] if op["type"] != "ComputeAccidentalHits"
    }
    assert wanted_ops <= {tuple(op[key] for key in keys) for op in found["random_ops"]}

    # Every recorded fetch. The runs that an estimator makes for itself are those with hooks.
    recorded = [run for run in [*golden["runs"], *golden["tail_runs"]] if "fetches" in run]
    if name == "estimator_digits":
        recorded = [run for run in recorded if run["kind"] == "estimator_train"]
        mine = [run for run in found["runs"] if len(run) == 2 and run[0] == "op"]
        pairs = list(zip(mine, recorded))
        assert len(mine) == len(recorded) == 24
    else:
        assert len(found["runs"]) == golden["total_runs"]
        pairs = [(found["runs"][run["i"]], run) for run in recorded]
    for values, run in pairs:
        assert len(values) == len(run["fetches"])
        for value, fetch in zip(values, run["fetches"]):
            wanted = _wanted(fetch)
            if isinstance(wanted, dict):
                assert {tag: pytest.approx(number, rel=1e-5, abs=1e-5) for tag, number in wanted.items()} == {
                    tag: value[tag] for tag in wanted
                }
            elif wanted == "op":
                assert value == "op"
            else:
                np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-5)
