"""Runs programs of the development set: `python compat/tools/runnable.py --from DIR [--native] [--only WORD]`.

Each program of `tests/corpus_programs.toml` is copied with its repository, upgraded with `--mode shim`, given made-up
inputs where it needs some, and run for a while. It passes where it ends well, or is still at work when its time is
over, and has shown what it must.

With `--native` each program that can be native is run both ways from the same initial weights and seeds, and the values
that it fetches are compared, as `tensegra-upgrade --verify` does.
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
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from tensegra.compat import Verification, upgrade_paths, upgrade_source, verify_program

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


def prepare(program: dict[str, Any], source: Path, scratch: Path) -> tuple[Path, Path]:
    """A copy of the repository with the inputs of the program, and the folder where it is run."""
    copy = scratch / "program"
    shutil.copytree(source / program["repository"].replace("/", "__"), copy)
    folder = copy / program["folder"]
    places = {folder, (folder / program["command"].split()[1]).parent}
    if "mnist" in program["inputs"]:
        for place in places:
            for name in ("mnist", "MNIST_data"):
                made_up_digits(place / name)
        for path in folder.rglob("*.py"):
            text = path.read_text(encoding="utf-8", errors="surrogateescape")
            path.write_text(text.replace("/tmp/data/", "mnist/"), encoding="utf-8", errors="surrogateescape")
    if "libsvm" in program["inputs"]:
        for place in places:
            made_up_clicks(place)
    return copy, folder


def search_path(*folders: Path) -> str:
    """PYTHONPATH with some more folders before it."""
    paths = [*map(str, folders), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return os.pathsep.join(p for p in paths if p)


def run(program: dict[str, Any], source: Path, seconds: int) -> tuple[bool, str]:
    """Whether a program runs on the 1.x runtime, and the end of what it printed."""
    with tempfile.TemporaryDirectory() as scratch:
        copy, folder = prepare(program, source, Path(scratch))
        upgrade_paths([copy], in_place=True, mode="shim")
        words = program["command"].split()
        words[0] = sys.executable
        environment = {
            **os.environ,
            "MPLBACKEND": "Agg",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": search_path(folder, copy),
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


def compare(program: dict[str, Any], source: Path, seconds: int) -> Verification | None:
    """What a program fetches before and after its upgrade; None where it does not become native."""
    words = program["command"].split()[1:]
    repository = source / program["repository"].replace("/", "__")
    if words[0] == "-m" or not _is_native(repository / program["folder"] / words[0]):
        return None
    with tempfile.TemporaryDirectory() as scratch:
        copy, folder = prepare(program, source, Path(scratch))
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = search_path(copy)
        try:
            return verify_program(folder / words[0], arguments=words[1:], seconds=seconds)
        finally:
            os.environ.pop("PYTHONPATH")
            if before is not None:
                os.environ["PYTHONPATH"] = before


def _is_native(path: Path) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace")
    return upgrade_source(text, filename=path.name, mode="native").status == "upgraded"


def main() -> int:
    """Runs the programs and prints how many did."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--from", dest="folder", type=Path, help="the folder of the repositories")
    parser.add_argument(
        "--only", action="append", default=[], help="a part of a repository's name or of a command"
    )
    parser.add_argument("--seconds", type=int, default=120, help="how long each may run")
    parser.add_argument(
        "--native", action="store_true", help="compare the native programs with what they were"
    )
    options = parser.parse_args()
    if options.folder is None or not options.folder.is_dir():
        print(f"SKIPPED: there is no folder of repositories at {options.folder} (give it with --from DIR)")
        return 0
    if options.native:
        return _compare_all(options)
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


def _compare_all(options: argparse.Namespace) -> int:
    """Prints how many programs become native, and how many of these have equal values."""
    verdicts: Counter[str] = Counter()
    for program in programs():
        name = f"{program['repository']}: {program['command']}"
        if options.only and not any(word in name for word in options.only):
            continue
        found = compare(program, options.folder, options.seconds)
        verdict = "not native" if found is None else found.verdict
        verdicts[verdict] += 1
        print(f"{verdict:10} {name}", flush=True)
        if found is not None:
            print(f"           {found.says}", flush=True)
        for row in found.rows if found is not None and found.verdict in ("differs", "random") else ():
            print(
                f"           line {row.line}: {row.runs} runs, {row.largest:.2g}: {row.fetched}", flush=True
            )
    native = verdicts.total() - verdicts["not native"]
    equal = verdicts["equal"] + verdicts["drifts"]
    print(f"{native} of {verdicts.total()} programs become native; {equal} of them have equal values")
    return 1 if verdicts["differs"] else 0


if __name__ == "__main__":
    sys.exit(main())
