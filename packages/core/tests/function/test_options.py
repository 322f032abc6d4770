"""The options of `tg.function`, and what it says about its traces."""

from __future__ import annotations

import collections
import threading
from typing import Any, NamedTuple

import numpy as np
import pytest

import tensegra as tg


def test_retraces_say_why(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TENSEGRA_LOG", "retrace")
    thing = object()

    @tg.function(reduce_retracing=False)
    def f(x: Any, options: Any = None, *, flag: Any = False) -> Any:
        return x

    x = tg.ones([2, 3])
    f(x)
    f(tg.ones([2, 4]))
    f(tg.constant([1]))
    f(x, [1, {"a": 2.0}])
    f(x, [1, {"a": 3.0}])
    with pytest.warns(RuntimeWarning, match=r"\[f\] traced 6 times"):
        f(x, x)
    f(x, thing, flag=True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "[retrace] f, trace 2: argument x has shape (2, 4) instead of (2, 3)"
    assert lines[1] == "[retrace] f, trace 3: argument x has dtype int32 instead of float32"
    assert lines[2].endswith("argument options is [1, {'a': 2.0}] instead of None")
    assert lines[3].endswith("argument options[1]['a'] is 3.0 instead of 2.0")
    assert lines[4].endswith("argument options is a tensor instead of [1, {'a': 3.0}]")
    assert "argument options is <object" in lines[5] and "argument flag is True instead of False" in lines[5]


def test_nothing_is_said_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    f = tg.function(lambda x: x)
    for size in range(9):
        f(tg.ones([size]))
    assert capsys.readouterr().err == ""


def test_options_of_other_compilers_are_refused() -> None:
    with pytest.raises(tg.errors.UnimplementedError, match="experimental_implements.*TG-0531"):
        tg.function(lambda x: x, experimental_implements="embedded")
    with pytest.raises(tg.errors.UnimplementedError, match="experimental_attributes.*TG-0531"):
        tg.function(lambda x: x, experimental_attributes={"a": 1})
    with pytest.raises(tg.errors.UnimplementedError, match="experimental_get_compiler_ir.*TG-0531"):
        tg.function(lambda x: x).experimental_get_compiler_ir(1.0)


def test_old_names_of_options() -> None:
    f = tg.function(
        lambda x: x,
        experimental_relax_shapes=False,
        experimental_compile=True,
        experimental_follow_type_hints=True,
    )
    for size in (1, 2, 3):
        f(tg.ones([size]))
    assert f.experimental_get_tracing_count() == 3
    assert tg.function(lambda x: x + 1.0, jit_compile=True)(tg.constant(1.0)).numpy() == 2.0
    with pytest.raises(tg.errors.InvalidArgumentError, match="old name of jit_compile.*TG-0532"):
        tg.function(lambda x: x, jit_compile=True, experimental_compile=False)


def test_signatures_are_printed() -> None:
    @tg.function
    def f(x: Any, y: Any) -> Any:
        return x + y, None

    assert f.pretty_printed_concrete_signatures() == ""
    f(tg.ones([2]), 1.0)
    f(tg.ones([2, 2]), tg.ones([2, 2]))
    assert f.pretty_printed_concrete_signatures(verbose=False).splitlines() == [
        "f(x: float32 (2,)) -> float32 (2,)",
        "f(x: float32 (2, 2), y: float32 (2, 2)) -> float32 (2, 2)",
    ]
    assert f.pretty_printed_concrete_signatures().splitlines()[:5] == [
        "f",
        "  Args:",
        "    x: float32 (2,)",
        "  Returns:",
        "    float32 (2,)",
    ]
    assert list(f.function_type.parameters) == ["x", "y"]


class Pair(NamedTuple):
    left: Any
    right: Any


def test_nests_and_composites_go_in_and_out() -> None:
    @tg.function
    def f(pair: Pair, table: Any, ragged: Any, sparse: Any) -> Any:
        doubled = collections.OrderedDict((key, value * 2) for key, value in table.items())
        return Pair(pair.right, None), doubled, ragged * 2, sparse, [1, "text"]

    ragged = tg.ragged.constant([[1], [2, 3]])
    sparse = tg.sparse.from_dense([0, 5])
    pair, table, tripled, same, rest = f(
        Pair(tg.constant(1), tg.constant(2)), {"b": 1.0, "a": [2.0]}, ragged, sparse
    )
    assert type(pair) is Pair and pair.left.numpy() == 2 and pair.right is None
    assert table["b"].numpy() == 2.0
    assert tripled.to_list() == [[2], [4, 6]]
    np.testing.assert_array_equal(tg.sparse.to_dense(same), [0, 5])
    assert (rest[0].numpy(), rest[1].numpy()) == (1, b"text")


def test_threads_trace_once() -> None:
    traced = []

    @tg.function
    def f(x: Any) -> Any:
        traced.append(x)
        if x > 0:
            return x + 1.0
        return x

    results: list[float] = []
    threads = [
        threading.Thread(target=lambda: results.extend(f(tg.constant(1.0)).numpy().item() for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [2.0] * 200
    assert len(traced) == 1
