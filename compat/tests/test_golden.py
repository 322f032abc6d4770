"""The program whose trace was recorded under TensorFlow gives the same numbers after its upgrade."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tensegra.compat import upgrade_source
from tensegra.compat.upgrade import _verify

GOLDENS = Path(__file__).parent / "goldens"
_RUNNER = """
import json, runpy, sys
names = runpy.run_path(sys.argv[1], run_name="__main__")
print(json.dumps({name: names[name].numpy().tolist() for name in ("W", "b")}))
"""


def test_softmax_digits_equals_its_golden(tmp_path: Path) -> None:
    golden = json.loads((GOLDENS / "softmax_digits.golden.json").read_text(encoding="utf-8"))
    result = upgrade_source(
        (GOLDENS / "softmax_digits.py").read_text(encoding="utf-8"), filename="softmax_digits.py"
    )
    assert result.status == "upgraded" and not result.todo
    program = tmp_path / "softmax_digits.py"
    program.write_text(result.text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _RUNNER, str(program)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    runs = {run["i"]: run for run in [*golden["runs"], *golden["tail_runs"]]}
    wanted = [runs[i]["fetches"][1]["value"][0] for i in range(1, 41)]
    losses = [float(text) for text in re.findall(r"^step \d+ loss (\S+)$", done.stdout, re.MULTILINE)]
    assert len(losses) == 40
    np.testing.assert_allclose(losses, wanted, rtol=0, atol=1e-5)
    assert "test accuracy: 0.88\n" in done.stdout

    last = json.loads(done.stdout.splitlines()[-1])
    final = golden["final"][0]["variables"]
    np.testing.assert_allclose(last["b"], final["Variable_1"]["value"], rtol=0, atol=1e-5)
    weights = np.array(last["W"])
    np.testing.assert_allclose(weights.mean(), final["Variable"]["mean"], rtol=0, atol=1e-7)
    np.testing.assert_allclose(weights.std(), final["Variable"]["std"], rtol=1e-5)


def test_the_text_is_what_a_person_would_write() -> None:
    source = (GOLDENS / "softmax_digits.py").read_text(encoding="utf-8")
    assert upgrade_source(source).text == (GOLDENS / "softmax_digits.upgraded.txt").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("name", ["softmax_digits.py", "word2vec_nce.py.txt"])
def test_every_value_of_the_native_program_is_the_recorded_one(name: str, tmp_path: Path) -> None:
    golden = json.loads((GOLDENS / f"{name.partition('.')[0]}.golden.json").read_text(encoding="utf-8"))
    program = tmp_path / "source" / name.removesuffix(".txt")
    program.parent.mkdir()
    program.write_text((GOLDENS / name).read_text(encoding="utf-8"), encoding="utf-8")
    before, after = _verify.sides(program, program.read_text(encoding="utf-8"), tmp_path)
    assert not before.failed and not after.failed
    # Initial values come from the 1.x program on the runtime, which test_goldens.py compares with TensorFlow's.
    assert after.started() == (len(golden["initial"]), [])
    runs = {run["i"]: run for run in [*golden["runs"], *golden["tail_runs"]]}
    with_values = [i for i in sorted(runs) if any(not fetch.get("op") for fetch in runs[i]["fetches"])]
    assert len(after.records) == golden["total_runs"] - 1
    for index in with_values:
        fetches = [fetch for fetch in runs[index]["fetches"] if not fetch.get("op")]
        values = after.records[index - 1]["values"]
        assert [value["shape"] for value in values] == [fetch["shape"] for fetch in fetches]
        for value, fetch in zip(values, fetches, strict=True):
            numbers = np.array(value["numbers"], dtype=np.float64)
            wanted = fetch["value"] if "value" in fetch else [*fetch["first8"], fetch["mean"], fetch["std"]]
            if "value" not in fetch:
                numbers = np.array([*numbers[:8], numbers.mean(), numbers.std()])
            np.testing.assert_allclose(numbers, wanted, rtol=1e-5, atol=1e-5)
