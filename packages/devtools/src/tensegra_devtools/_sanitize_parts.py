"""Runs core's tests under the sanitizers: in parts, two at a time, each part a process (or more, where one dies).

What is left out shows a sanitizer nothing: Python alone (doctests, names, signatures, the command line), processes that
only start and end, and what measures memory, which a sanitizer's own quarantine makes grow.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from . import _progress
from ._run import TaskError, environment, say

# The long ones first, so that the last to end are short.
ADDRESS = (
    ("ops/test_values.py",),
    ("ops/test_gradients.py",),
    ("ops/test_inference.py",),
    ("ops/test_errors.py",),
    ("ops/test_optimized.py", "ops/test_optimizer_steps.py"),
    ("ops/test_complex_gradients.py", "ops/test_special.py", "ops/test_index.py", "ops/test_state.py"),
    ("ops/test_bad_input.py",),
    ("ops/test_random.py", "ops/test_random_goldens.py"),
    ("test_every_dtype.py",),
    ("engine",),
    ("saved_model", "saved_models"),
    ("linalg",),
    ("image", "nn"),
    ("control", "function", "autograph"),
    ("plugins", "profiler", "debugging", "train"),
    ("files", "strings", "lookup", "ragged", "sparse_tensors"),
    (
        "test_config.py", "test_conversion.py", "test_copies.py", "test_custom_gradient.py", "test_determinism.py",
        "test_dlpack.py", "test_dtypes.py", "test_engine_errors.py", "test_errors_native.py", "test_forward.py",
        "test_index_composites.py", "test_indexing.py", "test_math_composites.py", "test_module.py",
        "test_native_calls.py", "test_operators.py", "test_random.py", "test_recompute.py", "test_shape.py",
        "test_tape.py", "test_tensor.py", "test_variable.py", "test_variable_parts.py",
    ),
)  # fmt: skip
THREAD = (
    ("engine/test_executor.py", "engine/test_determinism.py", "engine/test_memory_limits.py"),
    ("ops/test_state.py", "ops/test_optimizer_steps.py"),
    ("function", "train", "profiler"),
    (
        "test_config.py",
        "test_native_calls.py",
        "test_errors_native.py",
        "test_variable_parts.py",
    ),
)
LEFT_OUT = (
    "autograph/test_properties.py",
    "control/test_values.py::test_many_iterations_need_no_memory",
    "engine/test_memory.py",
    "engine/test_headers.py",
    "engine/test_kernels.py",
    "engine/test_memory_limits.py::test_what_is_cached_makes_way_below_a_limit",
    "saved_model/test_fuzz.py",
    "saved_model/test_killed_writer.py",
)
TEST_SECONDS = 300
MOST_DEATHS = 10


@dataclass
class Outcome:
    """What a part of the tests came to."""

    name: str
    passed: int
    failed: list[str]
    died: list[str]
    seconds: float


@dataclass(frozen=True)
class Sanitized:
    """Core with sanitizers, and where the tests of it run and write."""

    root: Path
    python: Path
    env: Mapping[str, str]
    place: Path

    @property
    def tests(self) -> Path:
        return self.root / "packages" / "core" / "tests"

    @property
    def reports(self) -> Path:
        return self.place / "reports"


def chosen(checks: str, arguments: Sequence[str]) -> Sequence[Sequence[str]]:
    """The parts to run: all, or one part of the tests that the arguments before the options name."""
    known = ADDRESS if checks == "address" else THREAD
    wanted = list(itertools.takewhile(lambda word: not word.startswith("-"), arguments))
    if not wanted:
        return known
    prefix = "packages/core/tests/"
    return [tuple(word.removeprefix(prefix) for word in wanted)]


def options(arguments: Sequence[str]) -> list[str]:
    """What of the arguments goes to pytest as it is."""
    return list(itertools.dropwhile(lambda word: not word.startswith("-"), arguments))


def name_of(part: Sequence[str]) -> str:
    """A name for a part, which its files have as well."""
    first = part[0].removesuffix(".py").replace("/", "-")
    return first if len(part) == 1 else f"{first}+{len(part) - 1}"


def run_part(what: Sanitized, part: Sequence[str], options: Sequence[str]) -> Outcome:
    """Runs a part. A process that a report ends is followed by one that goes on behind the test that ended it."""
    name, begin = name_of(part), time.perf_counter()
    record = what.place / "records" / f"{name}.progress"
    record.unlink(missing_ok=True)
    command = [
        what.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tensegra_devtools._progress",
        "-m", "not full", f"--timeout={TEST_SECONDS}", "--timeout-method=thread",
        *(f"--deselect=packages/core/tests/{path}" for path in LEFT_OUT),
        *(what.tests / path for path in part), *options,
    ]  # fmt: skip
    env = environment({**what.env, _progress.VARIABLE: str(record)})
    died: list[str] = []
    with record.with_suffix(".log").open("w") as log:
        while len(died) < MOST_DEATHS:
            code = subprocess.run(
                list(map(str, command)),
                cwd=what.root,
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
            last = _progress.read(record).under_way
            if last is not None:
                died.append(last)
                with record.open("a") as file:
                    file.write(f"failed {last}\n")
                continue
            if code not in (0, 1, 5):  # neither failures nor an empty selection
                died.append(f"{name} ended with {code}, see {record.with_suffix('.log')}")
            break
    progress = _progress.read(record)
    failed = sorted(set(progress.failed) - set(died))
    passed = len(set(progress.passed) - set(progress.failed))
    return Outcome(name, passed, failed, died, time.perf_counter() - begin)


def run_kernels(what: Sanitized) -> Outcome:
    """Runs the program that compares the kernels with plain loops; leaks are looked for, since no Python is in it."""
    begin, log = time.perf_counter(), what.place / "records" / "kernels.log"
    env = environment(
        {**what.env, "LD_PRELOAD": "", "ASAN_OPTIONS": f"{what.env['ASAN_OPTIONS']}:detect_leaks=1"}
    )
    with log.open("w") as out:
        program = str(what.place / "tests" / "kernels" / "kernels_test")
        code = subprocess.run(
            [program], env=env, stdout=out, stderr=subprocess.STDOUT, check=False
        ).returncode
    levels = dict(line.split(": ", 1) for line in log.read_text().splitlines() if ": " in line)
    died = [f"kernels_test ended with {code}, see {log}"] if code else []
    return Outcome(
        "kernels", sum(said == "ok" for said in levels.values()), [], died, time.perf_counter() - begin
    )


def found(reports: Path) -> list[str]:
    """The first lines of all that the sanitizers reported."""
    marks = ("ERROR: ", "runtime error: ", "WARNING: ThreadSanitizer: ", "FATAL: ")
    lines = []
    for path in sorted(reports.glob("report*")):
        for line in path.read_text(errors="replace").splitlines():
            if any(mark in line for mark in marks):
                lines.append(f"{path.name}: {line.strip()}")
    return lines


def run_parts(what: Sanitized, parts: Sequence[Sequence[str]], options: Sequence[str] = ()) -> None:
    """Runs the parts, says what each came to, and at the end how many tests ran and how many reports there were.

    Raises:
        TaskError: a test failed, or a sanitizer reported something.
    """
    for directory in (what.reports, what.place / "records"):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    begin, outcomes = time.perf_counter(), []
    with ThreadPoolExecutor(min(2, len(os.sched_getaffinity(0)))) as pool:
        begun = [pool.submit(run_part, what, part, options) for part in parts]
        if parts is ADDRESS:
            begun.append(pool.submit(run_kernels, what))
        for done in as_completed(begun):
            outcomes.append(outcome := done.result())
            bad = f", {len(outcome.failed)} failed" if outcome.failed else ""
            bad += f", {len(outcome.died)} ended the process" if outcome.died else ""
            say(f"    {outcome.name}: {outcome.passed} passed{bad} in {outcome.seconds:.0f} s")
    reports = found(what.reports)
    failed = [name for outcome in outcomes for name in (*outcome.failed, *outcome.died)]
    for line in [*failed, *reports]:
        say(f"    {line}")
    tests = sum(outcome.passed for outcome in outcomes) + len(failed)
    minutes = (time.perf_counter() - begin) / 60
    say(f"    {tests} tests ran, {len(failed)} failed; {len(reports)} reports; {minutes:.1f} minutes")
    if failed or reports:
        raise TaskError(
            f"the tests under the sanitizers are not clean; see {what.reports} and {what.place / 'tests'}"
        )
