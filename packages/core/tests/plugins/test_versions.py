"""Plug-ins of older headers load into today's core; older cores refuse plug-ins that need more than they have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tensegra as tg
from tensegra import _native

from .projects import HERE, LIBRARY, build_program, build_project

KEPT = sorted(path.name for path in (HERE / "headers").iterdir() if path.is_dir())


def version(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.split(".")))


def test_copies_are_kept() -> None:
    assert KEPT
    assert all(
        version(name) <= _native.abi_version and version(name)[0] == _native.abi_version[0] for name in KEPT
    )


USE = """
import sys, numpy as np, tensegra as tg
ops = tg.load_op_library(sys.argv[1])
x = tg.constant([1.0, -3.0])
with tg.GradientTape() as tape:
    tape.watch(x)
    y = ops.softsign(x)
assert y.numpy().tolist() == [0.5, -0.75], y
assert tape.gradient(y, x).numpy().tolist() == [0.25, 0.0625]
assert [t.numpy().tolist() for t in ops.run_lengths([7, 7, 1])] == [[7, 1], [2, 1]]
"""


@pytest.mark.parametrize("kept", KEPT)
def test_a_library_of_older_headers_runs(kept: str, tmp_path: Path) -> None:
    library = build_project("op_library", tmp_path / "build", HERE / "headers" / kept)
    done = subprocess.run(
        [sys.executable, "-c", USE, str(library)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_an_older_core_says_what_a_plug_in_needs(tmp_path: Path) -> None:
    older = build_program(HERE / "older_core.c", tmp_path / "older")
    major, minor = _native.abi_version

    def ask(library: Path, of: int) -> str:
        command = [older, LIBRARY, library, str(of)]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    newest = build_project("op_library", tmp_path / "newest")
    assert ask(newest, minor) == ""
    refused = ask(newest, minor - 1)
    assert refused.startswith("TG-0753")
    assert f"minor={minor}, and tensegra-core {tg.__version__} has {major}.{minor - 1}" in refused
    assert f"-DTG_PLUGIN_MINOR={minor - 1}" in refused
    modest = build_project(
        "op_library", tmp_path / "modest", None, f"-DCMAKE_CXX_FLAGS=-DTG_PLUGIN_MINOR={minor - 1}"
    )
    assert ask(modest, minor - 1) == ""


def test_a_plug_in_of_the_future_is_refused(tmp_path: Path) -> None:
    future = build_project("device", tmp_path / "future", None, "-DCMAKE_CXX_FLAGS=-DTG_PLUGIN_MINOR=99")
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0753"):
        tg.load_library(future)
