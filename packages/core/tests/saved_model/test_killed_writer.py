"""A writer that is killed at any moment leaves the old model or the new one."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import tensegra as tg

# Saves models whose numbers all equal a counter, again and again.
_WRITER = """
import sys
import tensegra as tg

root = tg.Module()
root.v = [tg.Variable(tg.zeros([50000])) for _ in range(3)]
number = int(sys.argv[2])
while True:
    number += 1
    for variable in root.v:
        variable.assign(tg.zeros([50000]) + float(number))
    tg.saved_model.save(root, sys.argv[1])
    print(number, flush=True)
"""


def number_in(directory: Path) -> int:
    """The number of the model, all of whose values have to agree."""
    loaded = tg.saved_model.load(directory)
    values = {
        float(value) for variable in loaded.v for value in (variable.numpy().min(), variable.numpy().max())
    }
    assert len(values) == 1
    return int(values.pop())


def test_a_killed_writer_leaves_the_old_model_or_the_new_one(tmp_path: Path) -> None:
    generator = random.Random(0)
    last = 0
    for _ in range(12):
        command = [sys.executable, "-c", _WRITER, str(tmp_path), str(last)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            committed = int(writer.stdout.readline())
            time.sleep(generator.uniform(0, 0.05))
            writer.kill()
            for line in writer.stdout:
                committed = int(line)
        found = number_in(tmp_path)
        # The last one that was reported, or one whose report did not get out.
        assert committed <= found <= committed + 1
        assert found > last
        last = found
    # What killed writers have left is removed by the next one that succeeds.
    root = tg.Module()
    root.v = [tg.Variable(tg.zeros([4]))]  # type: ignore[attr-defined]
    tg.saved_model.save(root, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 2
    assert names[0] == "saved_model.pb"
