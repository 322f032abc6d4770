"""What the cross-package tests share: the built wheels, and interpreters that see only some of them."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tensegra_devtools._tree import Package, find_root
from tensegra_devtools._wheels import closure, published

ROOT = find_root(Path(__file__).parent)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository root."""
    return ROOT


@pytest.fixture(scope="session")
def wheels() -> dict[str, Path]:
    """Each published package's built wheel, by the package's name."""
    found = {}
    for package in published(ROOT):
        (found[package.name],) = (ROOT / "build" / "wheels" / package.name).glob("*.whl")
    return found


class Isolated:
    """An interpreter that sees the standard library, chosen wheels of ours and chosen packages of others."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = list(paths)

    def run(
        self, program: str | Path, *arguments: str, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program, given as text or as a file, and returns what it printed."""
        what = [str(program)] if isinstance(program, Path) else ["-c", program]
        env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        env |= {"PYTHONPATH": os.pathsep.join(map(str, self.paths)), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-S", "-W", "error", *what, *arguments]
        return subprocess.run(
            command, env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=300
        )

    def output(self, program: str | Path, *arguments: str, cwd: Path | None = None) -> str:
        """As `run`, but the program has to succeed; returns its output without the last line end."""
        done = self.run(program, *arguments, cwd=cwd)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()


Isolate = Callable[..., Isolated]


@pytest.fixture(scope="session")
def isolate(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Isolate:
    """Makes an `Isolated`: `isolate("core", "lite", others=("numpy",))`; `others=None` means all others."""
    unpacked: dict[str, Path] = {}
    site = Path(sysconfig.get_paths()["purelib"])

    def make(*names: str, others: tuple[str, ...] | None = None) -> Isolated:
        for name in names:
            if name not in unpacked:
                unpacked[name] = tmp_path_factory.mktemp(f"wheel_{name}")
                zipfile.ZipFile(wheels[name]).extractall(unpacked[name])
                compileall.compile_dir(unpacked[name], quiet=2)  # as an installer does
        links = tmp_path_factory.mktemp("others")
        for path in site.iterdir():
            ours = path.name.startswith("tensegra") or path.name == "__pycache__" or path.suffix == ".pth"
            wanted = others is None or path.name.split(".")[0].split("-")[0].lower() in others
            if wanted and not ours:
                (links / path.name).symlink_to(path)
        return Isolated([*(unpacked[name] for name in names), links])

    return make


def needed(name: str) -> list[str]:
    """Returns the names of the package and of those of ours it needs, core first."""
    return [package.name for package in closure(ROOT, [name])]


def all_packages() -> list[Package]:
    """Returns the published packages that ship modules."""
    return [package for package in published(ROOT) if package.name != "tensegra"]
