"""The C interface, used by a C11 program that is compiled against the package's headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from .programs import HERE, build, run

SECTIONS = [
    "versions",
    "errors",
    "tensors",
    "shared_memory",
    "strings",
    "events",
    "resources",
    "devices",
    "graphs",
    "tapes",
    "schemas",
    "long_runs",
    "memory_limits",
    "wrong_arguments",
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("c_abi") / "c_abi_test"
    return build(HERE / "c_abi_test.c", target, ["-D_DEFAULT_SOURCE"])


@pytest.mark.parametrize("section", SECTIONS)
def test_c_program(program: Path, section: str) -> None:
    result = run(program, section)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_section_is_run() -> None:
    listed = (HERE / "c_abi_test.c").read_text().partition("sections[] = {")[2].partition(";")[0]
    assert sorted(part.partition('"')[0] for part in listed.split('{"')[1:]) == sorted(SECTIONS)
