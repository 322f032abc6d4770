"""Core built with sanitizers, and the environment in which Python runs it. Standard library only."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ._environments import Environment
from ._links import make_links
from ._run import run

CHECKS = ("address", "thread")


def build(root: Path, tools: Environment, checks: str = "address") -> dict[str, str]:
    """Builds core with sanitizers, and returns the variables to run Python with.

    Args:
        root: The repository root; the build goes to build/sanitize or build/sanitize-thread.
        tools: The environment that has CMake and Ninja.
        checks: "address" for AddressSanitizer with UndefinedBehaviorSanitizer, "thread" for ThreadSanitizer.
    """
    place = directory(root, checks)
    programs = tools.directory / "bin"
    env = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    if not (place / "build.ninja").is_file():
        value = "ON" if checks == "address" else checks
        options = [f"-DTG_SANITIZE={value}", f"-DPython_EXECUTABLE={tools.python}"]
        run("cmake", "-S", root / "packages" / "core", "-B", place, "-G", "Ninja", *options, env=env)
    run("cmake", "--build", place, "-j", str(len(os.sched_getaffinity(0))), env=env)
    dev = make_links(root, place, place / "dev")
    return variables(root, dev, checks)


def directory(root: Path, checks: str) -> Path:
    """Where core with these checks is built, and its reports are."""
    return root / "build" / ("sanitize" if checks == "address" else f"sanitize-{checks}")


def variables(root: Path, dev: Path, checks: str = "address") -> dict[str, str]:
    """What Python needs to load a library with sanitizers in it.

    The runtime has to come first, and the C++ library with it, since Python itself is linked to neither. Leaks are not
    looked for: Python leaves much to the end of the process.
    """
    env = {
        "PYTHONPATH": os.pathsep.join([str(dev), str(root / "packages" / "devtools" / "src")]),
        "LD_PRELOAD": f"{_runtime('libasan.so' if checks == 'address' else 'libtsan.so')}:{_runtime('libstdc++.so')}",
        "PYTHONMALLOC": "malloc",
        "TENSEGRA_SANITIZE": checks,
    }
    if checks == "thread":
        # The loader frees what threads held in a way that cannot be seen; LAPACK's own threads are not built for it.
        suppressions = Path(__file__).with_name("thread_suppressions.txt")
        options = f"suppressions={suppressions}:die_after_fork=0:history_size=4"
        return env | {"TSAN_OPTIONS": options, "OPENBLAS_NUM_THREADS": "1"}
    common = "detect_leaks=0:abort_on_error=1:allocator_may_return_null=1:max_allocation_size_mb=4096"
    return env | {"ASAN_OPTIONS": common, "UBSAN_OPTIONS": "print_stacktrace=1"}


def with_reports(env: dict[str, str], reports: Path) -> dict[str, str]:
    """The variables, with what the sanitizers report going to files of that directory, whichever process makes it."""
    changed = dict(env)
    for name in [name for name in env if name.endswith("SAN_OPTIONS")]:
        changed[name] = f"{env[name]}:log_path={reports / 'report'}"
    return changed


def _runtime(name: str) -> str:
    done = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True)
    return str(Path(done.stdout.strip()).resolve())
