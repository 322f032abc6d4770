from __future__ import annotations

from typing import Any

from tensegra_devtools._pages import pages, public_modules
from tensegra_devtools._tree import packages


def test_modules_without_an_underscore_are_public(tree: Any) -> None:
    tree.write("packages/data/src/tensegra/data/catalog/__init__.py", "")
    tree.write("packages/data/src/tensegra/data/_stages/batch.py", "")
    tree.write("packages/core/src/tensegra/math.py", "")
    found = {package.name: public_modules(package) for package in packages(tree.root)}
    assert found["data"] == ["tensegra.data", "tensegra.data.catalog"]
    assert found["core"] == ["tensegra", "tensegra.math"]


def test_pages_of_architecture_reference_and_errors(tree: Any) -> None:
    tree.write(
        "packages/data/ARCHITECTURE.md",
        "# Data\nSee [the file](src/x.py) and [the paper](https://example.org).\n",
    )
    tree.write(
        "packages/data/errors.toml",
        '[TG-2001]\nstatus = "INVALID_ARGUMENT"\nrule = "a | b"\ncure = "Say which."\n',
    )
    made = {name: text for _, _, name, text in pages(tree.root)}
    assert set(made) == {
        "packages/data.md",
        "reference/tensegra.md",
        "reference/tensegra.data.md",
        "errors/data.md",
    }
    assert made["packages/data.md"] == "# Data\nSee the file and [the paper](https://example.org).\n"
    assert "::: tensegra.data\n" in made["reference/tensegra.data.md"]
    assert "TG-2001 | INVALID_ARGUMENT | a \\| b | Say which. |" in made["errors/data.md"]
