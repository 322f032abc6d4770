"""The examples in the documentation of all modules run."""

import doctest
import importlib
import pkgutil

import pytest

import tensegra.layers

MODULES = [info.name for info in pkgutil.walk_packages(tensegra.layers.__path__, "tensegra.layers.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0


def test_every_public_class_has_one():
    public = [
        getattr(module, name)
        for module in map(
            importlib.import_module, ["tensegra.layers", *(m for m in MODULES if "._" not in m)]
        )
        for name in module.__all__
    ]
    missing = [item for item in public if callable(item) and ">>>" not in (item.__doc__ or "")]
    assert missing == []
