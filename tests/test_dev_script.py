"""`./dev` on machines that lack something: one clear sentence each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

TOOLS = ["sh", "dirname", "rm", "sed", "cat", "pwd"]


class Machine:
    """A checkout with nothing but `dev`, and a PATH with only the programs that are put there."""

    def __init__(self, home: Path) -> None:
        self.checkout = home / "checkout"
        self.bin = home / "bin"
        self.checkout.mkdir()
        self.bin.mkdir()
        shutil.copy2(ROOT / "dev", self.checkout)
        (self.checkout / "constraints.txt").write_text("")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (self.bin / tool).symlink_to(found)

    def program(self, name: str, script: str) -> None:
        """Puts a shell script on the PATH."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def dev(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Runs `./dev`."""
        command = [str(self.checkout / "dev"), *arguments]
        env = {"PATH": str(self.bin), "HOME": str(self.checkout)}
        return subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_no_python(machine: Machine) -> None:
    done = machine.dev("tests")
    assert done.returncode == 1
    assert done.stderr == "dev: no python3 was found. Install it: apt-get install python3 python3-venv\n"


def test_an_old_python_is_named_with_its_version(machine: Machine) -> None:
    machine.program("python3", 'case "$2" in *print*) echo 3.9;; *) exit 1;; esac')
    done = machine.dev("tests")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed. Found: python3 (3.9)." in done.stderr


def test_a_newer_python_beside_an_old_one_is_taken(machine: Machine) -> None:
    machine.program("python3", 'case "$2" in *print*) echo 3.9;; *) exit 1;; esac')
    lacking = "*ensurepip*|*virtualenv*) exit 1"
    machine.program("python3.12", f'case "$2" in *print*) echo 3.12;; {lacking};; *) exit 0;; esac')
    assert "apt-get install python3.12-venv" in machine.dev("tests").stderr


def test_without_the_venv_package_it_says_what_to_install(machine: Machine) -> None:
    lacking = "*ensurepip*|*virtualenv*) exit 1"
    machine.program("python3", f'case "$2" in *print*) echo 3.11;; {lacking};; *) exit 0;; esac')
    done = machine.dev("tests")
    assert done.returncode == 1
    assert "Install it: apt-get install python3.11-venv" in done.stderr
    assert not (machine.checkout / ".venv").exists()


def test_without_the_venv_package_virtualenv_serves(machine: Machine) -> None:
    machine.program(
        "python3", 'case "$2" in *print*) echo 3.11;; *ensurepip*|*virtualenv*) exit 1;; *) exit 0;; esac'
    )
    machine.program("virtualenv", 'echo "called $*"; exit 3')
    done = machine.dev("tests")
    assert done.returncode == 3
    assert "called -q -p" in done.stdout


def test_a_failed_installation_leaves_no_half_made_environment(machine: Machine) -> None:
    (machine.checkout / "constraints.txt").write_text("nox==0.0.0.dev0\n")
    machine.program("python3", f'exec "{os.path.realpath(sys.executable)}" "$@"')
    (machine.checkout / ".venv").mkdir()
    env = {
        "PATH": str(machine.bin),
        "HOME": str(machine.checkout),
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }
    command = [str(machine.checkout / "dev"), "tests"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "nox could not be installed" in done.stderr
    assert not (machine.checkout / ".venv").exists()


def test_it_works_from_any_directory_and_passes_arguments_on(machine: Machine, tmp_path: Path) -> None:
    python = machine.checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\nprintf "%s|" "$PWD" "$@"\n')
    python.chmod(0o755)
    done = machine.dev("tests", "--", "core", "-k", "a b", cwd=tmp_path)
    assert done.stdout == f"{machine.checkout}|-m|nox|-s|tests|--|core|-k|a b|"
