"""The examples of the documentation run as written."""

from __future__ import annotations

import doctest
import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

import tensegra as tg

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


class NearlyEqual(doctest.OutputChecker):
    """Floating-point numbers may differ in the last bits, which depend on the machine, and so may the padding."""

    number = re.compile(r"-?\d+\.\d*(?:e[-+]?\d+)?")

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        texts = [re.sub(r"\s", "", self.number.sub("#", text)) for text in (want, got)]
        wanted, found = ([float(number) for number in self.number.findall(text)] for text in (want, got))
        return texts[0] == texts[1] and all(
            math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7) for a, b in zip(wanted, found, strict=True)
        )


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
