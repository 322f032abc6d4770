"""Compiles the C and C++ programs of these tests as a user would: with the headers and the library of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tensegra import _native

HERE = Path(__file__).resolve().parent
CORE = HERE.parents[1]
PACKAGE = Path(_native.__file__).parent
LIBRARY = PACKAGE / "libtensegra.so.0"
# A wheel holds the headers; a package that is used in place has them in its sources.
INCLUDE = PACKAGE / "include" if (PACKAGE / "include").is_dir() else CORE / "include"

WARNINGS = ("-Wall", "-Wextra", "-Werror")


def compiler(language: str) -> str:
    for name in ("cc", "gcc", "clang") if language == "c" else ("c++", "g++", "clang++"):
        if found := shutil.which(name):
            return found
    raise RuntimeError(f"a compiler for {language} is needed: install g++")


def build(source: Path, target: Path, options: Sequence[str] = ()) -> Path:
    """Compiles one file: a program that is linked to the library, or, with -shared, a plug-in that is not."""
    language = "c" if source.suffix == ".c" else "c++"
    command = [
        compiler(language),
        "-std=c11" if language == "c" else "-std=c++17",
        "-O1",
        *WARNINGS,
        *options,
    ]
    command += [f"-I{INCLUDE}", str(source), "-o", str(target)]
    if "-shared" not in options:
        command += [str(LIBRARY), f"-Wl,-rpath,{LIBRARY.parent}", "-pthread"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return target


def run(program: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a program. Under AddressSanitizer leaks are looked for as well: no Python is in it."""
    env = dict(os.environ)
    if env.get("TENSEGRA_SANITIZE") == "address":
        env["ASAN_OPTIONS"] = f"{env.get('ASAN_OPTIONS', '')}:detect_leaks=1"
    command = [str(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)
