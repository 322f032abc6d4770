from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tensegra_devtools._tree import find_root, packages


def test_root_is_found_from_any_depth(tree: Any) -> None:
    assert find_root(tree.root / "packages" / "data" / "src") == tree.root


def test_outside_a_checkout_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="Received: directory=.*TG-9001"):
        find_root(tmp_path)


def test_core_comes_first_and_every_package_knows_its_source(tree: Any) -> None:
    tree.package("agents", '"tensegra-core"')
    tree.write("compat/pyproject.toml", "")
    tree.write("compat/src/tensegra/compat/__init__.py", "")
    found = packages(tree.root)
    assert [package.name for package in found] == ["core", "agents", "compat", "data"]
    assert found[0].roots == {"tensegra": tree.root / "packages/core/src/tensegra"}
    assert found[2].roots == {"tensegra.compat": tree.root / "compat/src/tensegra/compat"}


def test_a_package_may_own_more_than_one_folder(tree: Any) -> None:
    tree.write("packages/data/src/tensegra/extra/__init__.py", "")
    assert list(packages(tree.root)[1].roots) == ["tensegra.data", "tensegra.extra"]
