"""A miniature of the repository that the tests of the checks change."""

from __future__ import annotations

from pathlib import Path

import pytest

_PYPROJECT = """
[project]
name = "tensegra-{name}"
version = "1.0.0"
dependencies = [{dependencies}]
"""


class Tree:
    """A small repository under a temporary directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("noxfile.py", "")
        self.write(
            "pyproject.toml", "[tool.tensegra.size]\nsoft = 4\nhard = 8\n[tool.tensegra.size.waivers]\n"
        )
        self.package("core", '"numpy"')
        self.package("data", '"tensegra-core>=2", "numpy"')

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def package(self, name: str, dependencies: str) -> None:
        self.write(f"packages/{name}/pyproject.toml", _PYPROJECT.format(name=name, dependencies=dependencies))
        folder = "src/tensegra" if name == "core" else f"src/tensegra/{name}"
        self.write(f"packages/{name}/{folder}/__init__.py", "")
        self.write(f"packages/{name}/errors.toml", "")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)
