"""Memory stays where it is: no op, function, tape or tensor leaves anything behind."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

MEGABYTE = 1 << 20


def resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def held() -> int:
    gc.collect()
    return _native.memory_info()[0]


def grows(run: Callable[[], Any], times: int) -> int:
    """How much resident memory `times` runs add, once they have been warmed up."""
    for _ in range(times // 10):
        run()
    before = resident()
    for _ in range(times):
        run()
    return resident() - before


def test_eager_ops() -> None:
    x, y = tg.ones([16, 16]), tg.ones([16, 16])
    before = held()
    assert grows(lambda: x + y, 100_000) < 4 * MEGABYTE
    assert held() == before


def test_function_calls() -> None:
    f = tg.function(lambda x: tg.reduce_sum(tg.tanh(x @ x + 1.0)))
    x = tg.ones([32, 32])
    f(x)
    before = held()
    assert grows(lambda: f(x), 2000) < 4 * MEGABYTE
    assert held() == before


def test_gradients() -> None:
    v = tg.Variable(tg.ones([16, 16]))
    f = tg.function(lambda x: tg.reduce_sum(tg.tanh(x @ v)))
    x = tg.ones([16, 16])

    def run() -> None:
        with tg.GradientTape() as outer:
            with tg.GradientTape() as inner:
                y = f(x) + tg.reduce_sum(v * v)
            gradient = inner.gradient(y, v)
        outer.gradient(gradient, v)

    run()
    before = held()
    assert grows(run, 500) < 4 * MEGABYTE
    assert held() == before


def test_errors() -> None:
    x, y = tg.ones([2]), tg.ones([3])

    def run() -> None:
        with pytest.raises(tg.errors.InvalidArgumentError):
            x + y

    before = held()
    assert grows(run, 1000) < 4 * MEGABYTE
    assert held() == before


def test_traces_go_with_their_function() -> None:
    def run() -> None:
        v = tg.Variable(np.ones(1000, np.float32))
        f = tg.function(lambda x: tg.reduce_sum(x * v))
        with tg.GradientTape() as tape:
            y = f(tg.ones([1000]))
        tape.gradient(y, v)

    run()
    before = held()
    assert grows(run, 100) < 8 * MEGABYTE
    assert held() == before


def test_memory_info_follows_what_is_held() -> None:
    before = held()
    size = 8 * MEGABYTE
    x = tg.zeros([size // 4])
    current, peak = _native.memory_info()[:2]
    assert size <= current - before < 1.3 * size
    assert peak >= current
    view = tg.reshape(x, [2, -1])
    assert _native.memory_info()[0] == current  # shared
    del x
    assert held() == current
    del view
    assert held() == before
    assert _native.memory_info()[2] >= size  # kept for reuse


def test_a_tensor_that_cannot_be_had_is_refused_and_nothing_is_lost() -> None:
    before = held()
    for _ in range(3):
        with pytest.raises(tg.errors.ResourceExhaustedError, match="TG-0119"):
            tg.zeros([1 << 30, 1 << 12])
    assert held() == before
    assert float(tg.reduce_sum(tg.ones([1000]))) == 1000.0


def mixed(times: int) -> None:
    """Ops of many kinds, with tapes, functions, variables, literals, errors and several sizes."""
    v = tg.Variable(tg.ones([8, 8]))
    x, y = tg.ones([8, 8]), tg.ones([1000])
    f = tg.function(lambda a: tg.reduce_sum(tg.tanh(a @ v)))
    done = 0
    while done < times:
        for _ in range(10):
            z = x @ x + 1.0
            z = tg.reshape(tg.transpose(z), (4, 16))[1:3, ::2] * 0.5
            tg.concat([z, z], axis=0)
            tg.reduce_max(tg.exp(-y)), y[10], tg.cast(y, tg.float64)
            tg.constant([1, 2, 3]) // 2
        with tg.GradientTape() as tape:
            loss = f(x) + tg.reduce_sum(tg.nn.softmax(v) * z[0, 0])
        gradient = tape.gradient(loss, v)
        v.assign_sub(0.0 * gradient)
        with pytest.raises(tg.errors.InvalidArgumentError):
            x + y
        done += 130


@pytest.mark.parametrize("times", [100_000, pytest.param(1_000_000, marks=pytest.mark.full)])
def test_mixed_ops(times: int) -> None:
    mixed(times // 10)
    before, resident_before = held(), resident()
    mixed(times)
    assert resident() - resident_before < 4 * MEGABYTE
    assert held() <= before
