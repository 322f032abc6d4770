"""The frozen table agrees with itself and with the installed Tensegra."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import tensegra as tg
from tensegra.compat.upgrade._symbols import canonical, namespaces, symbol_table

TARGETS = sorted({s.target for s in symbol_table().values() if s.target})
ROLES = {
    "op", "random", "value", "placeholder", "variable", "session", "graph", "scope", "config", "optimizer",
    "initializer", "group", "seed", "dropped", "layer", "cell", "collection", "summary", "summaries", "writer",
}  # fmt: skip


def lookup(dotted: str) -> object:
    """The thing that a name of the table means."""
    thing: object = tg
    for part in dotted.split("."):
        thing = getattr(thing, part)
    return thing


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_exists(target: str) -> None:
    lookup(target)  # fails where a part of the name is not there; newaxis is None


@pytest.mark.parametrize("name", sorted(symbol_table()))
def test_every_argument_that_is_carried_over_exists(name: str) -> None:
    symbol = symbol_table()[name]
    if (
        symbol.role not in ("op", "random", "variable", "seed", "layer", "cell")
        or symbol.template
        or not symbol.new
    ):
        return
    target = lookup(str(symbol.target))
    # Of a class what __init__ takes: what its signature is, where there is a __new__ too, differs between Pythons.
    maker: Any = target.__init__ if inspect.isclass(target) else target  # type: ignore[misc]
    parameters = [each for each in inspect.signature(maker).parameters if each != "self"]
    if inspect.isclass(target) and issubclass(target, tg.layers.Layer):
        parameters += inspect.signature(tg.layers.Layer.__init__).parameters  # what **kwargs hands on
    assert set(symbol.new) <= set(parameters), (symbol.target, parameters)
    # Arguments given by place must find the same place.
    places = [parameters.index(p) for p in symbol.new]
    assert places == sorted(places), (symbol.target, parameters)


@pytest.mark.parametrize("name", sorted(symbol_table()))
def test_every_line_of_the_table_is_consistent(name: str) -> None:
    symbol = symbol_table()[name]
    assert symbol.role in ROLES
    assert canonical(name) == name
    assert set(symbol.rename) <= set(symbol.old)
    assert {v for v in symbol.rename.values() if v} <= set(symbol.new)
    assert set(re.findall(r"{(\w+)}", symbol.template)) <= {"tf", *symbol.old}
    assert name.rpartition(".")[0] in namespaces()


def test_canonical_names() -> None:
    assert canonical("tensorflow.compat.v1.nn.relu") == "tf.nn.relu"
    assert canonical("tf.compat.v1.placeholder") == "tf.placeholder"
    assert canonical("tf.nn.relu") == "tf.nn.relu"


def test_the_page_of_symbols_is_up_to_date() -> None:
    root = Path(__file__).parents[2]
    spec = importlib.util.spec_from_file_location("symbol_page", root / "compat" / "tools" / "symbol_page.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (root / "docs" / "migration_symbols.md").read_text(encoding="utf-8")
    assert written == module.page(), "run python compat/tools/symbol_page.py"
