from __future__ import annotations

from typing import Any

import pytest

from tensegra_devtools._imports import check_imports


def _texts(tree: Any, package: str, text: str) -> list[str]:
    folder = "" if package == "core" else f"{package}/"
    tree.write(f"packages/{package}/src/tensegra/{folder}_a.py", text)
    return [finding.text for finding in check_imports(tree.root)]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np",
        "import os.path",
        "import tensegra as tg",
        "from tensegra.data import x",
        "from . import a",
    ],
)
def test_what_data_may_import(tree: Any, text: str) -> None:
    assert _texts(tree, "data", text) == []


@pytest.mark.parametrize(
    "text", ["import tensegra.data", "from tensegra import data", "from tensegra.data.x import y"]
)
def test_core_imports_no_other_package(tree: Any, text: str) -> None:
    assert _texts(tree, "core", text) == ["core may not import data"]


def test_an_import_inside_a_function_counts(tree: Any) -> None:
    tree.package("layers", '"tensegra-core"')
    assert _texts(tree, "data", "def f():\n    import tensegra.layers\n") == ["data may not import layers"]


def test_an_undeclared_requirement_is_found(tree: Any) -> None:
    assert _texts(tree, "data", "import PIL.Image") == ["pillow is not among the requirements"]
    tree.package("agents", '"tensegra-core"')
    text = "from tensegra.data import Dataset"
    assert "tensegra-data is not among the requirements" in _texts(tree, "agents", text)


def test_a_second_folder_belongs_to_its_package(tree: Any) -> None:
    tree.write("packages/data/src/tensegra/extra/__init__.py", "")
    assert _texts(tree, "data", "import tensegra.extra") == []
    assert _texts(tree, "core", "import tensegra.extra") == ["core may not import data"]
