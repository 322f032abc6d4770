"""The fuzzer of saved models runs; `./dev fuzz -- saved_model` and `./dev tests_full` run it for longer."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_TOOL = Path(__file__).parents[2] / "tools" / "fuzz.py"


def test_changed_models_give_an_error_or_a_model() -> None:
    command = [sys.executable, str(_TOOL), "saved_model", "--seconds", "8"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"fuzz saved_model: (\d+) cases from seed 0, 0 failures", done.stdout)
    assert found, done.stdout
    print(found.group())
    assert int(found.group(1)) >= 5
