"""`__init__.py` is the one list of public names: complete, resolvable, documented, private elsewhere."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType

import pytest

from tensegra_devtools._pages import public_modules

from .conftest import all_packages

MODULES = [module for package in all_packages() for module in public_modules(package)]


def _names(module: ModuleType) -> list[str]:
    return list(module.__all__)


@pytest.mark.parametrize("name", MODULES)
def test_all_names_exist_once(name: str) -> None:
    module = importlib.import_module(name)
    names = _names(module)
    assert len(names) == len(set(names))
    assert [missing for missing in names if not hasattr(module, missing)] == []


@pytest.mark.parametrize("name", MODULES)
def test_all_names_are_documented(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    things = {public: getattr(module, public) for public in _names(module)}
    bare = [
        public
        for public, thing in things.items()
        if (inspect.isclass(thing) or inspect.isroutine(thing)) and not (inspect.getdoc(thing) or "").strip()
    ]
    assert bare == []
