"""Core built with sanitizers, and the environment in which Python runs it. Standard library only."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ._environments import Environment
from ._links import make_links
from ._run import run

# What of core's tests runs under the sanitizers: all that feeds the engine, but for what measures its memory, which the
# sanitizer's own quarantine makes grow.
LEFT_OUT = ("engine/test_memory.py",)
TESTS = (
    "ops",
    "control",
    "engine",
    "plugins",
    "function",
    "saved_model",
    "kernels",
    "test_tape.py",
    "test_tensor.py",
    "test_dlpack.py",
    "test_variable.py",
)


def build(root: Path, tools: Environment) -> dict[str, str]:
    """Builds core into build/sanitize, and returns the variables to run Python with."""
    place = root / "build" / "sanitize"
    programs = tools.directory / "bin"
    env = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    if not (place / "build.ninja").is_file():
        options = ["-DTG_SANITIZE=ON", f"-DPython_EXECUTABLE={tools.python}"]
        run("cmake", "-S", root / "packages" / "core", "-B", place, "-G", "Ninja", *options, env=env)
    run("cmake", "--build", place, "-j", str(len(os.sched_getaffinity(0))), env=env)
    dev = make_links(root, place, place / "dev")
    return variables(root, dev)


def variables(root: Path, dev: Path) -> dict[str, str]:
    """What Python needs to load a library with sanitizers in it.

    The runtime has to come first, and the C++ library with it, since Python itself is linked to neither. Leaks are not
    looked for: Python leaves much to the end of the process.
    """
    return {
        "PYTHONPATH": os.pathsep.join([str(dev), str(root / "packages" / "devtools" / "src")]),
        "LD_PRELOAD": f"{_runtime('libasan.so')}:{_runtime('libstdc++.so')}",
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:allocator_may_return_null=1:max_allocation_size_mb=4096",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
        "TENSEGRA_SANITIZE": "1",
    }


def _runtime(name: str) -> str:
    done = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True)
    return str(Path(done.stdout.strip()).resolve())
