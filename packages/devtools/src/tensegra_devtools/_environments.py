"""The virtual environments under `build/venvs/`, made once and reused while their requirements are the same.

Standard library only: the noxfile imports it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ._run import run, step

PIP_QUIET = ("-qq", "--disable-pip-version-check", "--no-input", "--no-warn-script-location")


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    directory: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.directory / "bin" / "python"

    def program(self, name: str) -> Path:
        """A console script installed in it."""
        return self.directory / "bin" / name

    @property
    def stamp(self) -> Path:
        """The file that records what was installed."""
        return self.directory / "tensegra-stamp.json"

    def create(self) -> None:
        """Makes it anew, empty but for pip."""
        if self.directory.exists():
            shutil.rmtree(self.directory)
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        run(sys.executable, "-m", "virtualenv", "-q", "--no-download", "--no-periodic-update", self.directory)

    def pip(self, *arguments: str | Path) -> None:
        """Runs pip inside."""
        run(self.python, "-m", "pip", *arguments)


def group(root: Path, name: str) -> list[str]:
    """Returns the requirements of a dependency group of the workspace, nested groups included."""
    groups = tomllib.loads((root / "pyproject.toml").read_text())["dependency-groups"]
    found: list[str] = []
    for item in groups[name]:
        found += group(root, item["include-group"]) if isinstance(item, dict) else [item]
    return found


def ensure(
    root: Path, name: str, requirements: Iterable[str], wheels: Mapping[Path, str] | None = None
) -> Environment:
    """Returns the environment `build/venvs/<name>` with these requirements and wheels installed.

    Nothing is done when they are already there. When only wheels changed, only those are installed again.

    Args:
        root: The repository root.
        name: The environment's name.
        requirements: What pip installs, in the versions that constraints.txt gives.
        wheels: Our own wheels, each with the hash of the sources it was built from.
    """
    env = Environment(root / "build" / "venvs" / name)
    wanted = sorted(set(requirements))
    wheels = dict(wheels or {})
    constraints = root / "constraints.txt"
    key = _digest([sys.version, str(env.directory), constraints.read_text(), *wanted])
    installed = json.loads(env.stamp.read_text()) if env.stamp.is_file() else {}
    if installed.get("key") != key:
        with step(f"environment {name}: {len(wanted)} requirements"):
            env.create()
            if wanted:
                env.pip("install", *PIP_QUIET, "-c", constraints, *wanted)
        installed = {"key": key, "wheels": {}}
    changed = [wheel for wheel, sources in wheels.items() if installed["wheels"].get(wheel.name) != sources]
    if changed:
        with step(f"environment {name}: installing {', '.join(_distribution(wheel) for wheel in changed)}"):
            env.pip("install", *PIP_QUIET, "--force-reinstall", "--no-deps", "--no-index", *changed)
        installed["wheels"] |= {wheel.name: wheels[wheel] for wheel in changed}
    env.stamp.write_text(json.dumps(installed, indent=1))
    return env


def _distribution(wheel: Path) -> str:
    return wheel.name.split("-")[0].replace("_", "-")


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
