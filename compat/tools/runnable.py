"""Runs programs of the development set on the 1.x runtime: `python compat/tools/runnable.py --from DIR [--only WORD]`.

Each program of `tests/corpus_programs.toml` is copied with its repository, upgraded with `--mode shim`, given made-up
inputs where it needs some, and run for a while. It passes where it ends well, or is still at work when its time is
over, and has shown what it must.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from tensegra.compat import upgrade_paths

MANIFEST = Path(__file__).resolve().parents[1] / "tests" / "corpus_programs.toml"


def programs() -> list[dict[str, Any]]:
    """The programs of the manifest."""
    listed = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["program"]
    assert isinstance(listed, list)
    return listed


def made_up_digits(folder: Path, train: int = 11000, test: int = 1000) -> None:
    """IDX files of ten patterns with noise, in the place of MNIST."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 256, [10, 28, 28])
    for prefix, count in (("train", train), ("t10k", test)):
        labels = rng.integers(0, 10, count).astype(np.uint8)
        images = np.clip(patterns[labels] * 0.7 + rng.normal(0, 40, [count, 28, 28]), 0, 255).astype(np.uint8)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            head = b"\0\0\x08" + bytes([array.ndim]) + np.array(array.shape, ">u4").tobytes()
            (folder / f"{prefix}-{kind}-ubyte").write_bytes(head + array.tobytes())
            (folder / f"{prefix}-{kind}-ubyte.gz").write_bytes(gzip.compress(head + array.tobytes(), 1))


def made_up_clicks(folder: Path) -> None:
    """Files of sparse rows with a label, as click models read them."""
    rng = np.random.default_rng(0)
    for name in ("tr", "va", "te"):
        rows = [
            f"{rng.integers(0, 2)} " + " ".join(f"{rng.integers(1, 50)}:{rng.random():.3f}" for _ in range(4))
            for _ in range(200)
        ]
        (folder / f"{name}.libsvm").write_text("\n".join(rows) + "\n")


def run(program: dict[str, Any], source: Path, seconds: int) -> tuple[bool, str]:
    """Whether a program runs, and the end of what it printed."""
    repository = source / program["repository"].replace("/", "__")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "program"
        shutil.copytree(repository, copy)
        upgrade_paths([copy], in_place=True, mode="shim")
        folder = copy / program["folder"]
        if "mnist" in program["inputs"]:
            for name in ("mnist", "MNIST_data"):
                made_up_digits(folder / name)
            for path in folder.rglob("*.py"):
                text = path.read_text(encoding="utf-8", errors="surrogateescape")
                path.write_text(
                    text.replace("/tmp/data/", "mnist/"), encoding="utf-8", errors="surrogateescape"
                )
        if "libsvm" in program["inputs"]:
            made_up_clicks(folder)
        words = program["command"].split()
        words[0] = sys.executable
        paths = [str(folder), str(copy), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        environment = {
            **os.environ,
            "MPLBACKEND": "Agg",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.pathsep.join(p for p in paths if p),
        }
        output = Path(scratch) / "output"
        with output.open("wb") as stream:
            try:
                code = subprocess.run(
                    words, cwd=folder, env=environment, stdout=stream, stderr=subprocess.STDOUT,
                    timeout=seconds, check=False,
                ).returncode  # fmt: skip
            except subprocess.TimeoutExpired:
                code = None
        shown = output.read_text(encoding="utf-8", errors="replace")
    good = code == 0 or (code is None and bool(program["shows"]))
    return good and re.search(program["shows"], shown) is not None, shown.strip()[-300:]


def main() -> int:
    """Runs the programs and prints how many did."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--from", dest="folder", type=Path, help="the folder of the repositories")
    parser.add_argument(
        "--only", action="append", default=[], help="a part of a repository's name or of a command"
    )
    parser.add_argument("--seconds", type=int, default=120, help="how long each may run")
    options = parser.parse_args()
    if options.folder is None or not options.folder.is_dir():
        print(f"SKIPPED: there is no folder of repositories at {options.folder} (give it with --from DIR)")
        return 0
    passed = []
    for program in programs():
        name = f"{program['repository']}: {program['command']}"
        if options.only and not any(word in name for word in options.only):
            continue
        good, shown = run(program, options.folder, options.seconds)
        passed.append(good)
        print(f"{'runs ' if good else 'FAILS'} {name}", flush=True)
        if not good:
            print("      " + (shown.splitlines() or ["(nothing)"])[-1][:200], flush=True)
    print(f"{sum(passed)} of {len(passed)} programs run")
    return 0 if passed and sum(passed) >= 0.8 * len(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
