"""The list of what TensorFlow 2.15 offers in the namespaces that core takes over: `ops_required.csv`.

    required.py                     prints the rows by namespace and state, and the ops with their gradients and dtypes
    required.py --from WHEEL        writes the list anew from the files of TensorFlow's wheel

A row has the symbol, its parameters (those with a default end in "="), the state, and for what is refused the reason.
The state of the others follows from the tree, and `gen.py` writes it: `done` (an op with a kernel, or a class),
`composite` (written with ops), `missing`.
"""

from __future__ import annotations

import argparse
import ast
import csv
import io
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import FunctionType
from typing import Any

CORE = Path(__file__).resolve().parents[1]
TABLE = CORE / "ops_required.csv"
STATES = ("done", "composite", "refused", "missing")
API = "tensorflow/_api/v2/"
SPACES = (
    "",
    "autodiff",
    "autograph",
    "autograph.experimental",
    "bitwise",
    "config",
    "debugging",
    "image",
    "io",
    "linalg",
    "math",
    "nest",
    "nn",
    "ragged",
    "random",
    "sets",
    "signal",
    "sparse",
    "strings",
)
IMPORT = re.compile(r"^from (tensorflow\.python[\w.]*) import (?:(\w+) as )?(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    symbol: str
    parameters: str
    state: str = "missing"
    reason: str = ""

    @property
    def space(self) -> str:
        return self.symbol.rpartition(".")[0]


def rows_of_wheel(path: Path) -> Iterator[Row]:
    """The symbols of the namespaces, with their parameters where the wheel's sources show them."""
    wheel = zipfile.ZipFile(path)
    for space in SPACES:
        text = wheel.read(f"{API}{space.replace('.', '/')}/__init__.py" if space else f"{API}v2.py").decode()
        found = {name: (module, original or name) for module, original, name in IMPORT.findall(text)}
        for name, (module, original) in sorted(found.items()):
            if not name.startswith("_"):
                symbol = f"{space}.{name}".lstrip(".")
                yield Row(symbol, _parameters(wheel, module, original))


def _parameters(wheel: zipfile.ZipFile, module: str, name: str) -> str:
    try:
        tree = ast.parse(wheel.read(module.replace(".", "/") + ".py"))
    except (KeyError, SyntaxError):
        return ""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    if not functions:
        return ""
    arguments = functions[0].args
    names = [argument.arg for argument in arguments.args]
    required = len(names) - len(arguments.defaults)
    words = [word + ("=" if i >= required else "") for i, word in enumerate(names)]
    words += [f"{argument.arg}=" for argument in arguments.kwonlyargs]
    return " ".join(words)


def read(path: Path = TABLE) -> list[Row]:
    with path.open(newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


def written(rows: list[Row]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("symbol", "parameters", "state", "reason"))
    table.writerows((row.symbol, row.parameters, row.state, row.reason) for row in rows)
    return out.getvalue()


def with_states(rows: list[Row]) -> list[Row]:
    """The rows with the states that follow from the package as it can be imported here."""
    from tensegra import _native

    made_of_ops = {name for op in _native.all_ops() if op.composite for name in op.names.split()}

    def state(row: Row) -> str:
        thing = find(row.symbol)
        if thing is None and row.symbol != "newaxis":
            return "refused" if row.reason else "missing"
        if not isinstance(thing, FunctionType):
            return "done"
        written = not thing.__module__.startswith("tensegra._ops.")
        return "composite" if written or row.symbol in made_of_ops else "done"

    return [replace(row, state=state(row)) for row in rows]


def find(symbol: str) -> Any:
    """The public object of that name, or None."""
    import tensegra

    thing: Any = tensegra
    for name in symbol.split("."):
        thing = getattr(thing, name, None)
    return thing


def by_space(rows: list[Row]) -> str:
    """A table of the states in each namespace."""
    counts = {space: Counter(row.state for row in rows if row.space == space) for space in SPACES}
    lines = [f"{'namespace':12}{'rows':>6}" + "".join(f"{state:>11}" for state in STATES) + f"{'there':>9}"]
    for space, count in [*counts.items(), ("all", Counter(row.state for row in rows))]:
        total = sum(count.values())
        share = (count["done"] + count["composite"]) / total
        cells = "".join(f"{count[state]:>11}" for state in STATES)
        lines.append(
            f"{'tg.' + space if space and space != 'all' else space or 'tg':12}{total:>6}{cells}{share:>9.1%}"
        )
    return "\n".join(lines)


def ops() -> str:
    """A table of the ops: gradient, whether written with other ops, dtypes."""
    from tensegra import _native

    lines = [f"{'op':44}{'gradient':10}{'kernel':11}dtypes"]
    for op in _native.all_ops():
        gradient = "yes" if op.differentiable else "no"
        lines.append(f"{op.name:44}{gradient:10}{'composite' if op.composite else 'own':11}{op.types}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--from", dest="wheel", type=Path, metavar="WHEEL", help="write the list anew from the wheel"
    )
    parser.add_argument("--update", action="store_true", help="write the states")
    parser.add_argument("--check", action="store_true", help="fail where a state is out of date")
    parser.add_argument(
        "--missing", action="store_true", help="print the symbols that are missing, and nothing else"
    )
    options = parser.parse_args()
    # The Python of the tree, which may have been generated this moment, over the extension module that is installed.
    sys.path.insert(0, str(CORE / "src"))
    sys.dont_write_bytecode = True
    if options.wheel:
        reasons = {row.symbol: row.reason for row in read()} if TABLE.is_file() else {}
        found = [replace(row, reason=reasons.get(row.symbol, "")) for row in rows_of_wheel(options.wheel)]
        TABLE.write_text(written(with_states(found)))
    rows = read()
    now = with_states(rows)
    if options.missing:
        print("\n".join(row.symbol for row in now if row.state == "missing"))
    elif options.check or options.update:
        if now != rows:
            print(f"{TABLE.name}: {'out of date' if options.check else 'written'}")
            if options.check:
                return 1
            TABLE.write_text(written(now))
    else:
        print(ops(), by_space(now), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
