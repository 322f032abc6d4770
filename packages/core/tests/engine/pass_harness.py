"""What tests of passes share: switches, and functions run in every way that there is."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

import tensegra as tg
from tensegra import _native

NAMES = [name for name, *_ in _native.passes()]
EXACT = {name for name, _, exact, _ in _native.passes() if exact}


@contextlib.contextmanager
def switched(on: Sequence[str] | None = None, off: Sequence[str] = ()) -> Iterator[None]:
    """With these passes only (None: all), less those that are off; as before afterwards."""
    before = tg.config.optimizer.get_experimental_options()
    wanted = {name: (on is None or name in on) and name not in off for name in NAMES}
    try:
        tg.config.optimizer.set_experimental_options(wanted)
        yield
    finally:
        tg.config.optimizer.set_experimental_options(before)


def arrays(results: Any) -> list[Any]:
    return [np.asarray(result) for result in tg.nest.flatten(results)]


def ops(concrete: Any) -> list[str]:
    """The ops of the graph that runs, in order."""
    names = []
    for line in concrete.optimized_graph.splitlines():
        head, found, rest = line.strip().partition(" = ")
        call = rest if found else head
        if "(" in call and head.startswith(("%", "return")) is bool(found):
            names.append(call.split("(")[0])
    return [name for name in names if name]


def assert_bits(results: Sequence[Any], expected: Sequence[Any], where: str) -> None:
    assert len(results) == len(expected), where
    for result, reference in zip(results, expected):
        assert result.dtype == reference.dtype and result.shape == reference.shape, where
        if result.dtype == object:
            assert (result == reference).all(), where
        elif result.dtype.kind in "fc":
            np.testing.assert_array_equal(np.isnan(result), np.isnan(reference), err_msg=where)
            clean = np.where(np.isnan(result), 0, result), np.where(np.isnan(reference), 0, reference)
            assert clean[0].tobytes() == clean[1].tobytes(), where
        else:
            np.testing.assert_array_equal(result, reference, err_msg=where)


def assert_close(results: Sequence[Any], plain: Sequence[Any], wide: Sequence[Any], where: str) -> None:
    """The error against a float64 run is at most twice that of the unplanned run (with room for one rounding)."""
    for result, reference, exact in zip(results, plain, wide):
        if result.dtype.kind != "f":
            np.testing.assert_array_equal(result, reference, err_msg=where)
            continue
        scale = float(np.max(np.abs(exact), initial=0.0))
        room = scale * float(np.finfo(result.dtype).eps)
        error = np.max(np.abs(result.astype(np.float64) - exact), initial=0.0)
        allowed = 2 * np.max(np.abs(reference.astype(np.float64) - exact), initial=0.0) + room
        assert error <= allowed, f"{where}: {error} > {allowed}"


def saved_and_loaded(concrete: Any, specs: Sequence[Any]) -> Callable[..., Any]:
    module = tg.Module()
    module.f = tg.function(lambda *args: concrete(*args), input_signature=list(specs))
    with tempfile.TemporaryDirectory() as path:
        tg.saved_model.save(module, path)
        return tg.saved_model.load(path).f  # type: ignore[no-any-return]
