"""Functions take what TensorFlow's of the same name take, in the same order: `ops_required.csv` says what."""

from __future__ import annotations

import csv
import inspect
from pathlib import Path
from typing import Any

import tensegra as tg

_ROWS = Path(__file__).resolve().parents[1] / "ops_required.csv"
# Symbols that differ on purpose: why, and the parameters that are not there.
_LAYOUT = ("layouts are of TensorFlow's distributed tensors", {"layout"})
_SPARSE = (
    "hints for a sparse kernel; products of integers keep their dtype",
    {"a_is_sparse", "b_is_sparse", "output_type"},
)
_DTYPE = ("the dtype follows from that of the input", {"Treal", "Tcomplex"})
_DIFFERENT: dict[str, tuple[str, set[str]]] = {
    "fill": _LAYOUT,
    "ones": _LAYOUT,
    "ones_like": _LAYOUT,
    "zeros": _LAYOUT,
    "zeros_like": _LAYOUT,
    "matmul": _SPARSE,
    "linalg.matmul": _SPARSE,
    "irfftnd": _DTYPE,
    "rfftnd": _DTYPE,
}

# Parameters that have a default there and none here, since nothing can be computed without them.
_NEEDED = {"nn.sigmoid_cross_entropy_with_logits": ["labels", "logits"], "custom_gradient": ["f"]}


def _rows() -> list[dict[str, str]]:
    with _ROWS.open(newline="") as file:
        return [
            row for row in csv.DictReader(file) if row["parameters"] and row["state"] in ("done", "composite")
        ]


def _find(symbol: str) -> Any:
    thing: Any = tg
    for name in symbol.split("."):
        thing = getattr(thing, name)
    return thing


def _difference(row: dict[str, str]) -> tuple[list[str], list[str]]:
    """TensorFlow's parameters, without those left out on purpose; and ours among them, in our order."""
    left_out = _DIFFERENT.get(row["symbol"], ("", set()))[1]
    theirs = [word.rstrip("=") for word in row["parameters"].split()]
    ours = list(inspect.signature(_find(row["symbol"])).parameters)
    return [name for name in theirs if name not in left_out], [name for name in ours if name in theirs]


def test_functions_take_the_parameters_of_tensorflow() -> None:
    differing = {row["symbol"]: found for row in _rows() if (found := _difference(row))[0] != found[1]}
    assert differing == {}


def test_what_is_optional_there_is_optional_here() -> None:
    needed = {}
    for row in _rows():
        parameters = inspect.signature(_find(row["symbol"])).parameters
        optional = [word.rstrip("=") for word in row["parameters"].split() if word.endswith("=")]
        missing = [
            name
            for name in optional
            if name in parameters and parameters[name].default is inspect.Parameter.empty
        ]
        if missing:
            needed[row["symbol"]] = missing
    assert needed == _NEEDED


def test_the_list_of_differences_holds_nothing_that_is_equal() -> None:
    rows = {row["symbol"]: row for row in _rows()}
    for symbol, (_, left_out) in _DIFFERENT.items():
        theirs = {word.rstrip("=") for word in rows[symbol]["parameters"].split()}
        assert left_out & theirs - set(inspect.signature(_find(symbol)).parameters), symbol
