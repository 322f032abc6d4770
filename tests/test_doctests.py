"""The examples in docstrings run, and print what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from tensegra_devtools._nearly_equal import NearlyEqual

from .conftest import all_packages

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _modules() -> list[str]:
    tensegra = importlib.import_module("tensegra")
    found = ["tensegra"]
    for module in pkgutil.walk_packages(tensegra.__path__, "tensegra.", onerror=lambda name: None):
        # A library for ctypes is a file that only looks like a module.
        if not module.name.rpartition(".")[2].startswith(("__main__", "lib")):
            found.append(module.name)
    return found


@pytest.mark.parametrize("name", _modules())
def test_examples(name: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    module = importlib.import_module(name)
    failed = []
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        output: list[str] = []
        result = doctest.DocTestRunner(NearlyEqual(), optionflags=FLAGS).run(test, out=output.append)
        if result.failed:
            failed.append("".join(output))
    assert not failed, "\n".join(failed)


def test_every_package_is_covered() -> None:
    names = set(_modules())
    assert {f"tensegra.{package.name}" for package in all_packages() if package.name != "core"} <= names
