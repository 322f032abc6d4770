"""The examples of the documentation run as written."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import tensegra as tg
from tensegra_devtools._nearly_equal import NearlyEqual

# What belongs to core; other wheels put their parts beside it.
_PARTS = {"agents", "compat", "data", "keras", "layers", "lite", "probability", "serving"}


def modules(package: ModuleType = tg) -> Iterator[ModuleType]:
    yield package
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        name = info.name.rpartition(".")[2]
        if (package is tg and name in _PARTS) or name in ("_native", "__main__") or name.endswith("_pb2"):
            continue
        module = importlib.import_module(info.name)
        if info.ispkg:
            yield from modules(module)
        else:
            yield module


def examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found: dict[str, doctest.DocTest] = {}
    for module in modules():
        for test in finder.find(module, module.__name__):
            if test.examples:
                found.setdefault(test.name, test)
    return [found[name] for name in sorted(found)]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_example(example: doctest.DocTest) -> None:
    output: list[str] = []
    result = doctest.DocTestRunner(NearlyEqual()).run(example, out=output.append)
    assert result.failed == 0, "".join(output)


def test_public_functions_have_examples() -> None:
    without = []
    for module in (tg, tg.math, tg.nn, tg.linalg, tg.bitwise):
        for name in module.__all__:
            value = getattr(module, name)
            if (inspect.isfunction(value) or inspect.isclass(value)) and ">>>" not in (
                inspect.getdoc(value) or ""
            ):
                without.append(f"{module.__name__}.{name}")
    assert not without
