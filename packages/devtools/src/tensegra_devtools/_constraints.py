"""Writes constraints.txt: the exact versions of everything the tasks and the packages install."""

from __future__ import annotations

import json
import re
import tempfile
import tomllib
from pathlib import Path

from ._environments import group
from ._run import run, say
from ._tree import packages
from ._wheels import requirements

_HEAD = """\
# The exact versions that every task of this repository installs with, on the oldest Python it supports.
# Generated: ./dev gen -- --constraints   (needs the network; run it to move to newer versions)
"""


def wanted(root: Path) -> list[str]:
    """Returns every requirement of the workspace: dependency groups, packages with all extras, build systems."""
    groups = tomllib.loads((root / "pyproject.toml").read_text())["dependency-groups"]
    found = {item for name in groups for item in group(root, name)}
    for package in packages(root):
        found |= set(requirements(package, extras=True))
        found |= set(
            tomllib.loads((package.directory / "pyproject.toml").read_text())["build-system"]["requires"]
        )
    return sorted(found)


def write_constraints(root: Path, python: Path) -> Path:
    """Resolves all requirements together with the pip of `python` and writes constraints.txt."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        options = (
            "-qq",
            "--dry-run",
            "--ignore-installed",
            "--disable-pip-version-check",
            "--report",
            report,
        )
        run(python, "-m", "pip", "install", *options, *wanted(root))
        installed = json.loads(report.read_text())["install"]
    versions = {_normal(item["metadata"]["name"]): item["metadata"]["version"] for item in installed}
    path = root / "constraints.txt"
    path.write_text(_HEAD + "".join(f"{name}=={versions[name]}\n" for name in sorted(versions)))
    say(f"{path.name}: {len(versions)} versions")
    return path


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
