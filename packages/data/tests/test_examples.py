"""The examples of the docstrings and of the README run as written."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import tensegra.data

_MODULES = [
    module.name
    for module in pkgutil.walk_packages(tensegra.data.__path__, "tensegra.data.")
    if any(test.examples for test in doctest.DocTestFinder().find(importlib.import_module(module.name)))
]


@pytest.mark.parametrize("name", _MODULES)
def test_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_readme() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL):
        exec(compile(block, "README.md", "exec"), {})
