"""Runs a program before and after its upgrade from the same initial weights and compares every value it fetches."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ._errors import invalid_argument, not_found
from ._native import rewrite_native
from ._prepare import Prepared, prepare
from ._reading import read_source
from ._result import Fate, Finding, UpgradeResult
from ._verification import Row, Verdict, Verification
from ._verify_child import FETCHED

_LARGEST_FOLDER = 2_000_000_000
# Rounding that training magnifies begins small and late; what is wrong shows at once.
_FIRST_RUNS = 10
_LARGEST_STEP = 20
_SHAPES = ("script", "class")
_LEFT_OUT = shutil.ignore_patterns(".git", "__pycache__", "*.orig")


def verify_program(
    path: str | os.PathLike[str],
    *,
    arguments: Sequence[str] = (),
    seconds: float = 60,
    runs: int = 100,
    tolerance: float = 1e-5,
) -> Verification:
    """Compares what one 1.x program fetches before and after its native upgrade.

    The program runs twice, each time in a copy of its folder and in a process of its own: as it is, on
    `tensegra.compat.v1`, and rewritten. Variables of the rewritten program begin with the values that those of the
    original were initialized with; Python's and NumPy's random numbers begin with the same seed. What is fed is
    computed by the program itself, so it is the same as long as what is fetched is.

    Args:
        path: the program, a Python file.
        arguments: its arguments on the command line.
        seconds: how long each side may run; what it fetched until then is compared.
        runs: how many runs that fetch values are compared.
        tolerance: the largest difference |a - b| / (1 + |a|) that counts as equal.

    Returns:
        The verdict, and a row for each place of the source that fetches.

    Raises:
        NotFoundError: TG-7001 if there is no such file.
        InvalidArgumentError: TG-7100 if it is not a program that can be upgraded natively; TG-7101 if its folder is too
            large to be copied; TG-7102 if `seconds`, `runs` or `tolerance` is not above 0.

    Examples:
        >>> import pathlib, tempfile
        >>> from tensegra.compat import verify_program
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "sum.py"
        >>> _ = path.write_text('''import tensorflow as tf
        ... x = tf.placeholder(tf.float32, [None])
        ... y = tf.reduce_sum(tf.square(x))
        ... with tf.Session() as sess:
        ...     print(sess.run(y, feed_dict={x: [1.0, 2.0]}))
        ... ''')
        >>> found = verify_program(path)
        >>> found.verdict, [(row.line, row.runs, row.largest) for row in found.rows]
        ('equal', [(5, 1, 0.0)])
    """
    path = Path(path)
    if not path.is_file():
        raise not_found(
            "a path does not exist", f"path={os.fspath(path)!r}", "Check its spelling.", "TG-7001"
        )
    return _compare(path, read_source(path).text, arguments, seconds, runs, tolerance)


def _compare(
    path: Path, source: str, arguments: Sequence[str], seconds: float, runs: int, tolerance: float
) -> Verification:
    for name, value in (("seconds", seconds), ("runs", runs), ("tolerance", tolerance)):
        if not value > 0:
            raise invalid_argument(
                f"{name} must be above 0", f"{name}={value!r}", "Give another one.", "TG-7102"
            )
    size = sum(f.stat().st_size for f in path.absolute().parent.rglob("*") if f.is_file())
    if size > _LARGEST_FOLDER:
        raise invalid_argument(
            f"the folder of a program that is compared must hold at most {_LARGEST_FOLDER} bytes, for it is copied",
            f"path={os.fspath(path)!r}, {size} bytes",
            "Copy the program and what it needs into a folder of their own.",
            "TG-7101",
        )
    with tempfile.TemporaryDirectory(prefix="tensegra-verify-") as scratch:
        both = sides(path, source, Path(scratch), arguments, seconds, runs)
        for side in both:
            if side.failed and not side.records:
                when = "before its upgrade" if side.name == "before" else "after its upgrade"
                return Verification("failed", reason=f"{when}: {side.failed}", tolerance=tolerance)
        return _compared(*both, source.splitlines(), tolerance)


def verify_results(
    results: Sequence[UpgradeResult],
    *,
    seconds: float = 60,
    runs: int = 100,
    tolerance: float = 1e-5,
) -> list[UpgradeResult]:
    """The results, those of native programs with a comparison; where that fails, it is one more thing to do."""
    from tensegra import errors

    found = []
    for result in results:
        if result.status == "upgraded" and result.shape in _SHAPES and result.filename.endswith(".py"):
            try:
                verification = _compare(Path(result.filename), result.source, (), seconds, runs, tolerance)
            except errors.InvalidArgumentError as error:
                verification = Verification("failed", reason=str(error), tolerance=tolerance)
            result = replace(
                result, verification=verification, findings=(*result.findings, *_findings(verification))
            )
        found.append(result)
    return found


def _findings(verification: Verification) -> list[Finding]:
    """What of a comparison is left to a person."""
    found = []
    for row in verification.rows if verification.verdict == "differs" else ():
        if not row.equal:
            why = f"its values after the upgrade differ from those before by up to {row.largest:.2g}"
            found.append(Finding(row.line, row.fetched, "manual", why, "TG-7103"))
    if verification.verdict == "differs" and not found:
        found.append(Finding(0, "program", "manual", verification.says, "TG-7103"))
    if verification.verdict == "failed":
        after = verification.reason.startswith("after")
        fate: Fate = "manual" if after else "note"
        found.append(Finding(0, "program", fate, verification.says, "TG-7104" if after else ""))
    return found


def recorded_text(prepared: Prepared) -> tuple[str | None, str]:
    """The native text that tells each fetched value, or the first reason why there is none."""
    text, findings = rewrite_native(prepared.module, "keep", recorded=FETCHED)
    reasons = [f"line {f.line}: {f.construct}: {f.why}" for f in findings if f.fate == "manual"]
    return text, (reasons or [""])[0]


def sides(
    path: Path,
    source: str,
    scratch: Path,
    arguments: Sequence[str] = (),
    seconds: float = 60,
    runs: int = 100,
) -> tuple[_Side, _Side]:
    """The program before and after its upgrade, both run in copies of its folder below `scratch`."""
    prepared = prepare(source)
    text, why = recorded_text(prepared) if isinstance(prepared, Prepared) else (None, prepared.why)
    if text is None or not isinstance(prepared, Prepared):
        raise invalid_argument(
            "only a program that becomes native can be compared",
            f"path={os.fspath(path)!r}: {why}",
            "Upgrade it with --mode native to see every reason.",
            "TG-7100",
        )
    before = _Side("before", scratch, path, prepared.text, arguments, seconds, runs)
    after = _Side("after", scratch, path, text, arguments, seconds, runs)
    before.run()
    if before.records or not before.failed:
        after.run()
    return before, after


class _Side:
    """One of the two programs: where it runs, what it fetched, and how it ended."""

    def __init__(
        self,
        name: str,
        scratch: Path,
        path: Path,
        text: str,
        arguments: Sequence[str],
        seconds: float,
        runs: int,
    ) -> None:
        self.name, self.seconds = name, seconds
        self.records: list[dict[str, Any]] = []
        self.failed = ""
        self.ended = False
        folder = scratch / name
        shutil.copytree(path.absolute().parent, folder, ignore=_LEFT_OUT, ignore_dangling_symlinks=True)
        self._convert_neighbours(folder, path.name, text)
        program = folder / path.name
        program.write_text(text, encoding="utf-8")
        self.values, self.report = scratch / f"{name}.values", scratch / f"{name}.report"
        self.job = scratch / f"{name}.json"
        asked = {
            "side": name,
            "program": str(program),
            "arguments": list(arguments),
            "values": str(self.values),
            "report": str(self.report),
            "initial": str(scratch / "initial.npz"),
            "limit": runs,
        }
        self.job.write_text(json.dumps(asked), encoding="utf-8")
        self.folder = folder

    def _convert_neighbours(self, folder: Path, own: str, text: str) -> None:
        from ._upgrade_paths import upgrade_paths

        named = [
            each for each in sorted(folder.glob("*.py"))
            if each.name != own and each.stem in text and b"tensorflow" in each.read_bytes()
        ]  # fmt: skip
        if named:
            upgrade_paths(named, in_place=True, mode="shim" if self.name == "before" else "auto")

    def run(self) -> None:
        """Runs it until it ends, or has fetched enough, or its time is over."""
        paths = [os.path.abspath(p) for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "MPLBACKEND": "Agg",
            "PYTHONHASHSEED": "0",
            "PYTHONIOENCODING": "utf-8",
        }
        command = [sys.executable, "-m", "tensegra.compat.upgrade._verify_child", str(self.job)]
        output = self.job.with_suffix(".output")
        with output.open("wb") as stream:
            try:
                code = subprocess.run(
                    command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                    stdout=stream, stderr=subprocess.STDOUT, timeout=self.seconds, check=False,
                ).returncode  # fmt: skip
                self.ended = True
            except subprocess.TimeoutExpired:
                code = 0
        if self.values.is_file():
            whole = self.values.read_text(encoding="utf-8").rpartition("\n")[0]
            self.records = [json.loads(line) for line in whole.splitlines()]
        if code:
            shown = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            self.failed = (shown or [f"exit code {code}"])[-1][:300]

    def started(self) -> tuple[int, list[str]]:
        """How many variables began with values of the original, and those that none was found for."""
        if not self.report.is_file():
            return 0, []
        told = json.loads(self.report.read_text(encoding="utf-8"))
        return told["matched"], told["strange"]


def _compared(before: _Side, after: _Side, source: list[str], tolerance: float) -> Verification:
    lines: dict[int, list[tuple[int, float]]] = {}
    gaps: list[float] = []
    random = text = False
    for one, other in zip(before.records, after.records, strict=False):
        # A summary is text in 1.x, and numbers with names in the native program.
        hidden = one["text"] or other["text"]
        text |= hidden
        count, largest = (0, 0.0) if hidden else _difference(one["values"], other["values"])
        lines.setdefault(other["line"], []).append((count, largest))
        gaps.append(largest)
        random |= one["random"] > 0
    rows = []
    for line, found in sorted(lines.items()):
        largest = max(each for _, each in found)
        code = " ".join(source[line - 1].split()) if 0 < line <= len(source) else ""
        code = code if len(code) <= 70 else code[:67] + "..."
        rows.append(
            Row(line, code, len(found), sum(count for count, _ in found), largest, largest <= tolerance)
        )
    matched, strange = after.started()
    reasons = []
    if strange:
        reasons.append(f"no variable of the original fits {', '.join(strange[:3])}")
    for side, partner in ((before, after), (after, before)):
        if side.failed:
            reasons.append(f"{side.name} its upgrade it stops with {side.failed}")
        if side.ended and len(side.records) < len(partner.records):
            reasons.append(f"{side.name} its upgrade it fetches {len(side.records)} times only")
    if text:
        reasons.append("runs that fetch text, such as summaries, were not compared")
    if not rows:
        both = not before.records and not after.records
        return Verification("nothing" if both else "differs", (), matched, "; ".join(reasons), tolerance)
    uneven = (before.ended and after.ended) and len(before.records) != len(after.records)
    verdict: Verdict = "random" if random else "differs"
    if not uneven and not (after.failed and not before.failed):
        first = next((i for i, gap in enumerate(gaps) if gap > tolerance), None)
        if first is None:
            verdict = "equal" if any(row.values for row in rows) else "nothing"
        elif first >= _FIRST_RUNS and gaps[first] <= _LARGEST_STEP * tolerance:
            verdict = "drifts"
            reasons.append(f"from run {first + 1} on they are more than {tolerance:g} apart")
    return Verification(verdict, tuple(rows), matched, "; ".join(reasons), tolerance)


def _difference(one: list[Any], other: list[Any]) -> tuple[int, float]:
    """How many numbers two runs share, and the largest difference |a - b| / (1 + |a|) of them."""
    import numpy as np

    if [each["shape"] for each in one] != [each["shape"] for each in other]:
        return 0, float("inf")
    largest, count = 0.0, 0
    for a, b in zip(one, other, strict=True):
        left = np.array(a["numbers"], dtype=np.float64)
        right = np.array(b["numbers"], dtype=np.float64)
        count += left.size
        same = (left == right) | (np.isnan(left) & np.isnan(right))
        with np.errstate(invalid="ignore"):
            gaps = np.where(same, 0.0, np.abs(left - right) / (1.0 + np.abs(left)))
        if gaps.size:
            worst = float(np.max(np.where(np.isnan(gaps), np.inf, gaps)))
            largest = max(largest, worst)
    return count, largest
