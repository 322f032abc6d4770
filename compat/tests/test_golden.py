"""The program whose trace was recorded under TensorFlow gives the same numbers after its upgrade."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from tensegra.compat import upgrade_source

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
