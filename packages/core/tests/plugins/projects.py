"""Builds the example plug-ins as their authors would: with CMake, against the headers of the package alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import tensegra as tg

LIBRARY = Path(tg.sysconfig.get_link_flags()[0])
HERE = Path(__file__).resolve().parent
CORE = HERE.parents[1]
EXAMPLES = CORE.parents[1] / "docs" / "examples" / "plugins"


def build_project(name: str, build: Path, include: str | Path | None = None, *options: str) -> Path:
    """Configures and builds docs/examples/plugins/<name>, and returns the library."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    cmake = shutil.which("cmake", path=search)
    assert cmake is not None, "cmake is needed: pip install cmake"
    headers = f"-DTENSEGRA_INCLUDE={include or tg.sysconfig.get_include()}"
    for command in (
        [
            cmake,
            "-G",
            "Ninja",
            "-S",
            EXAMPLES / name,
            "-B",
            build,
            headers,
            "-DCMAKE_BUILD_TYPE=Release",
            *options,
        ],
        [cmake, "--build", build],
    ):
        env = os.environ | {"PATH": search}  # ninja stands beside cmake
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stdout + done.stderr
    (library,) = build.glob("*.so")
    return library


def build_program(source: Path, target: Path) -> Path:
    """Compiles a C program that is not linked to core: it opens the library itself."""
    compiler = next(found for name in ("cc", "gcc", "clang") if (found := shutil.which(name)))
    options = [
        "-std=c11",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-rdynamic",
        f"-I{tg.sysconfig.get_include()}",
    ]
    done = subprocess.run([compiler, *options, source, "-o", target, "-ldl"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target
