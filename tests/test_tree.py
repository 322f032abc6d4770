"""The shape of the tree: every package has the same one."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from tensegra_devtools._tree import Package
from tensegra_devtools._wheels import all_requirements, published

from .conftest import ROOT, all_packages

PACKAGES = all_packages()
IDS = [package.name for package in PACKAGES]


@pytest.mark.parametrize("package", PACKAGES, ids=IDS)
@pytest.mark.parametrize(
    "name", ["pyproject.toml", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "errors.toml", "LICENSE"]
)
def test_every_package_has_its_papers(package: Package, name: str) -> None:
    assert (package.directory / name).read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("package", PACKAGES, ids=IDS)
def test_every_package_has_tests_and_change_fragments(package: Package) -> None:
    assert list(package.tests.rglob("test_*.py"))
    assert list((package.directory / "changes").glob("*.*.md"))
    assert "<!-- towncrier release notes start -->" in (package.directory / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("package", PACKAGES, ids=IDS)
def test_the_architecture_names_every_folder_of_the_source(package: Package) -> None:
    text = (package.directory / "ARCHITECTURE.md").read_text(encoding="utf-8")
    starts = [package.directory / "src"] if package.name == "core" else package.roots.values()
    folders = [
        path.name
        for start in starts
        for path in start.iterdir()
        if path.is_dir() and path.name != "__pycache__"
    ]
    assert [folder for folder in folders if folder not in text] == []


@pytest.mark.parametrize("package", published(ROOT), ids=lambda package: package.name)
def test_constraints_pin_every_requirement(package: Package) -> None:
    pinned = {
        line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line
    }
    for item in all_requirements(package):
        name = item.split("[")[0].split(">")[0].split("=")[0].strip().lower()
        assert name.startswith("tensegra") or name in pinned


def test_versions_of_the_trains() -> None:
    versions = {
        package.name: tomllib.loads((package.directory / "pyproject.toml").read_text())["project"]["version"]
        for package in PACKAGES
    }
    assert {name for name, version in versions.items() if version.startswith("2.")} == {
        "core",
        "layers",
        "data",
        "compat",
    }
    assert all(
        version.startswith("0.") for name, version in versions.items() if not versions[name].startswith("2.")
    )


def test_ci_calls_dev_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "exec ./dev tests" in script
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=False).returncode == 0


def test_the_meta_package_has_an_extra_for_every_part() -> None:
    extras = tomllib.loads((ROOT / "packages/tensegra/pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    parts = {package.name for package in PACKAGES} - {"core"}
    assert set(extras) == parts | {"linalg", "all"}
    assert all(f"tensegra-{part}" in extras[part][0] for part in parts)
    assert all(part in extras["all"][0] for part in parts)


def test_devtools_is_not_published() -> None:
    assert "Private :: Do Not Upload" in Path(ROOT / "packages/devtools/pyproject.toml").read_text()
