"""`tensegra serve`, as a person runs it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import tensegra as tg

COMMAND = [str(Path(sys.executable).with_name("tensegra")), "serve"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    class Double(tg.Module):
        @tg.function(input_signature=[tg.TensorSpec([None], tg.float32, name="x")])
        def __call__(self, x: tg.Tensor) -> tg.Tensor:
            return x * 2.0

    tg.saved_model.save(Double(), str(tmp_path / "double"))
    return tmp_path / "double"


def test_serves_until_it_is_told_to_stop(directory: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, f"double={directory}", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        match = re.search(r"Serving double \(version 1\) on (http://[\d.:]+)", line)
        assert match, line
        request = urllib.request.Request(f"{match[1]}/v1/models/double:predict", b'{"instances": [3]}')
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert json.load(answer) == {"predictions": [6.0]}
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()


def test_wrong_arguments(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, "nothing"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "NAME=DIR" in done.stderr
    done = subprocess.run([*COMMAND, "m=a", "m=b"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "m twice" in done.stderr
    done = subprocess.run([*COMMAND, f"m={tmp_path}"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "TG-5001" in done.stderr
    assert "Traceback" not in done.stderr
