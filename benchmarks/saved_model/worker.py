"""One action of one system: `python worker.py SYSTEM save|load DIRECTORY MEGABYTES`; prints the seconds and
the most memory of the process.

It runs in the environment of the system. The model has arrays of 50 MB, rows of 1000 float32 numbers.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROWS, COLUMNS = 12_500, 1000


def arrays(megabytes: int) -> dict[str, Any]:
    generator = np.random.default_rng(0)
    count = max(1, megabytes * 1_000_000 // (ROWS * COLUMNS * 4))
    first = generator.random((ROWS, COLUMNS), np.float32)
    return {f"w{index}": first + np.float32(index) for index in range(count)}


def tensegra(action: str, path: Path, megabytes: int) -> float:
    import tensegra as tg

    if action == "save":
        root = tg.Module()
        for name, value in arrays(megabytes).items():
            setattr(root, name, tg.Variable(value))
        tg.saved_model.message_class("SavedModel")  # imports are no part of what is measured
        return timed(lambda: tg.saved_model.save(root, path))
    tg.saved_model.message_class("SavedModel")
    return timed(lambda: tg.gather(tg.saved_model.load(path).w0.value(), [77]).numpy().sum())


def safetensors(action: str, path: Path, megabytes: int) -> float:
    safe_open = importlib.import_module("safetensors").safe_open
    save_file = importlib.import_module("safetensors.numpy").save_file
    file = path / "model.safetensors"
    if action == "save":
        values = arrays(megabytes)
        return timed(lambda: save_file(values, file))

    def load() -> Any:
        with safe_open(file, "np") as opened:
            return opened.get_slice("w0")[77:78].sum()

    return timed(load)


def pytorch(action: str, path: Path, megabytes: int) -> float:
    torch: Any = importlib.import_module("torch")
    file = path / "model.pt"
    if action == "save":
        values = {name: torch.from_numpy(value) for name, value in arrays(megabytes).items()}
        return timed(lambda: torch.save(values, file))
    return timed(lambda: torch.load(file, mmap=True, weights_only=True)["w0"][77].sum().item())


def tensorflow(action: str, path: Path, megabytes: int) -> float:
    tf: Any = importlib.import_module("tensorflow")
    if action == "save":
        root = tf.Module()
        for name, value in arrays(megabytes).items():
            setattr(root, name, tf.Variable(value))
        return timed(lambda: tf.saved_model.save(root, str(path)))
    return timed(lambda: tf.gather(tf.saved_model.load(str(path)).w0, [77]).numpy().sum())


def timed(action: Any) -> float:
    """Seconds of an action, until what it has written is on the disk."""
    os.sync()
    began = time.perf_counter()
    action()
    os.sync()
    return time.perf_counter() - began


def main() -> None:
    system, action, path = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    path.mkdir(exist_ok=True)
    # The directory of this file has modules of the names of packages.
    sys.path = [each for each in sys.path if each != str(Path(__file__).parent)]
    functions = {"tensegra": tensegra, "safetensors": safetensors, "torch": pytorch, "tensorflow": tensorflow}
    seconds = functions[system](action, path, int(sys.argv[4]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
