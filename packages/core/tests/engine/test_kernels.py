"""Builds and runs the program that compares the kernels with plain loops, at every ISA level of this processor."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .programs import CORE

PROJECT = """
cmake_minimum_required(VERSION 3.20)
project(kernels_test LANGUAGES CXX)
set(CMAKE_BUILD_TYPE Release)
enable_testing()
add_subdirectory({core}/src/kernels kernels)
add_subdirectory({core}/tests/kernels test)
"""


@pytest.mark.full
def test_kernels_agree_with_plain_loops(tmp_path: Path) -> None:
    cmake = shutil.which("cmake")
    assert cmake is not None, "cmake is needed"
    (tmp_path / "CMakeLists.txt").write_text(PROJECT.format(core=CORE.as_posix()))
    configure = [cmake, "-S", str(tmp_path), "-B", str(tmp_path / "build")]
    if ccache := shutil.which("ccache"):
        configure.append(f"-DCMAKE_CXX_COMPILER_LAUNCHER={ccache}")
    for command in (configure, [cmake, "--build", str(tmp_path / "build"), "-j2"]):
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
    program = tmp_path / "build" / "test" / "kernels_test"
    result = subprocess.run([program], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    levels = dict(line.split(": ") for line in result.stdout.splitlines())
    assert levels
    assert set(levels.values()) == {"ok"}
