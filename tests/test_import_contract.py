"""What importing costs and pulls in."""

from __future__ import annotations

import json
import statistics

import pytest

from .conftest import Isolate, all_packages, needed

_MODULES = """
import json, sys, numpy
known = set(sys.modules)
import {module}
tops = {{name.split(".")[0] for name in set(sys.modules) - known}}
print(json.dumps(sorted(top for top in tops if top not in sys.stdlib_module_names and not top.startswith("_"))))
"""
_TIME = """
import numpy, time
start = time.perf_counter()
import tensegra
print((time.perf_counter() - start) * 1e3)
"""
_ALL_MODULES = """
import importlib, pkgutil, tensegra
for module in pkgutil.walk_packages(tensegra.__path__, "tensegra."):
    importlib.import_module(module.name)
print("ok")
"""


def test_tensegra_imports_numpy_and_nothing_else(isolate: Isolate) -> None:
    assert json.loads(isolate("core").output(_MODULES.format(module="tensegra"))) == ["tensegra"]


def test_importing_tensegra_costs_little_beyond_numpy(isolate: Isolate) -> None:
    core = isolate("core", others=("numpy",))
    core.output(_TIME)
    # The bar is 40 ms; `./dev install_matrix` holds it. Here twice that, since other work may be running.
    assert statistics.median(float(core.output(_TIME)) for _ in range(5)) < 80


def test_every_module_of_core_works_with_numpy_and_protobuf_alone(isolate: Isolate) -> None:
    assert isolate("core", others=("numpy", "google", "protobuf")).output(_ALL_MODULES) == "ok"


@pytest.mark.parametrize("name", [package.name for package in all_packages() if package.name != "core"])
def test_a_package_imports_only_the_packages_it_requires(isolate: Isolate, name: str) -> None:
    program = f"""
import importlib, pkgutil, tensegra.{name} as package
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    # A library for ctypes is a file that only looks like a module.
    if not module.name.rpartition(".")[2].startswith(("__main__", "lib")):
        importlib.import_module(module.name)
print("ok")
"""
    assert isolate(*needed(name)).output(program) == "ok"
