"""Limits and statistics of memory, what happens where it runs out, and after a fork."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

import tensegra as tg

MEGABYTE = 1 << 20


@pytest.fixture(autouse=True)
def default_limit() -> Iterator[None]:
    yield
    tg.config.set_memory_limit(None)


def test_the_limit_is_kept_and_the_error_says_what_is_asked_for_and_held() -> None:
    tg.config.trim_memory()
    held = tg.config.memory_info()["current"]
    tg.config.set_memory_limit(held + 64 * MEGABYTE)
    kept = tg.zeros([8 * MEGABYTE])  # 32 MB
    with pytest.raises(tg.errors.ResourceExhaustedError, match="TG-0119") as caught:
        tg.zeros([16 * MEGABYTE])
    text = str(caught.value)
    assert f"bytes={64 * MEGABYTE}" in text
    stated = re.search(r"held by tensors=(\d+)", text)
    assert stated is not None
    assert 32 * MEGABYTE <= int(stated[1]) - held < 33 * MEGABYTE
    assert f"limit={held + 64 * MEGABYTE}" in text
    del kept
    assert tg.zeros([12 * MEGABYTE]).shape == [12 * MEGABYTE]


def test_what_is_cached_makes_way_below_a_limit() -> None:
    x = tg.zeros([16 * MEGABYTE])
    del x
    assert tg.config.memory_info()["cached"] >= 64 * MEGABYTE
    tg.config.set_memory_limit(tg.config.memory_info()["current"] + 96 * MEGABYTE)
    y = tg.zeros([20 * MEGABYTE])  # another size, so that nothing cached fits
    info = tg.config.memory_info()
    assert info["current"] + info["cached"] <= info["limit"]
    del y


def test_a_function_that_runs_out_of_memory_can_be_called_again() -> None:
    f = tg.function(lambda x: tg.reduce_sum(tg.ones([1024, 1]) * x) + tg.reduce_sum(x))
    x = tg.ones([1, 16 * 1024])
    expected = float(f(x))
    tg.config.trim_memory()
    tg.config.set_memory_limit(tg.config.memory_info()["current"] + MEGABYTE)
    with pytest.raises(tg.errors.ResourceExhaustedError, match="TG-0119"):
        f(x)
    tg.config.set_memory_limit(None)
    assert float(f(x)) == expected


def test_the_peak_can_be_reset() -> None:
    x = tg.zeros([4 * MEGABYTE])
    high = tg.config.memory_info()["peak"]
    del x
    tg.config.reset_memory_stats()
    info = tg.config.memory_info()
    assert info["peak"] == info["current"] < high
    y = tg.zeros([2 * MEGABYTE])
    assert tg.config.memory_info()["peak"] >= info["peak"] + 8 * MEGABYTE
    del y
    assert tg.config.experimental.get_memory_info("CPU:0")["peak"] == tg.config.memory_info()["peak"]


@pytest.mark.parametrize("limit", [0, -1, 1.5, "1 GB", True, 1 << 63])
def test_wrong_limits(limit: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0601"):
        tg.config.set_memory_limit(limit)  # type: ignore[arg-type]


def test_wrong_devices() -> None:
    for name in ("CPU:0", "/CPU:0", "/device:CPU:0", "cpu"):
        assert tg.config.memory_info(name)["limit"] > 0
    with pytest.raises(tg.errors.NotFoundError, match=r"GPU:0.*TG-0502"):
        tg.config.memory_info("GPU:0")


def test_a_device_of_a_plug_in_keeps_its_own_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tensegra._native.devices", lambda: ["CPU:0", "NULL:0"])
    with pytest.raises(tg.errors.UnimplementedError, match=r"NULL:0.*TG-0740"):
        tg.config.reset_memory_stats("NULL:0")


@pytest.mark.parametrize("shape", [[1 << 31, 1 << 31], [1 << 40, 1 << 22, 4], [1 << 62, 2]])
def test_sizes_that_overflow_are_caught_before_anything_is_allocated(shape: list[int]) -> None:
    before = tg.config.memory_info()["current"]
    with pytest.raises(
        (tg.errors.InvalidArgumentError, tg.errors.ResourceExhaustedError), match="TG-01(09|19)"
    ):
        tg.fill(tg.constant(shape, tg.int64), 1.0)
    with pytest.raises(
        (tg.errors.InvalidArgumentError, tg.errors.ResourceExhaustedError), match="TG-01(09|19)"
    ):
        tg.broadcast_to(1.0, tg.constant(shape, tg.int64))
    assert tg.config.memory_info()["current"] == before


def test_what_threads_hold_is_counted_wherever_it_is_dropped() -> None:
    before = tg.config.memory_info()["current"]
    made: list[tg.Tensor] = []

    def work() -> None:
        made.extend(tg.ones([64]) for _ in range(500))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tg.config.memory_info()["current"] - before == 2000 * 256
    made.clear()
    assert tg.config.memory_info()["current"] == before


def test_tensors_go_with_their_last_use_in_a_function() -> None:
    @tg.function
    def f(x: tg.Tensor) -> tg.Tensor:
        for _ in range(20):
            x = tg.tanh(x)
        return x

    x = tg.ones([MEGABYTE])
    f(x)
    tg.config.reset_memory_stats()
    before = tg.config.memory_info()["current"]
    y = f(x)
    # The arena and the result: not twenty intermediates of 4 MB.
    assert tg.config.memory_info()["peak"] - before <= 20 * MEGABYTE
    del y


FORK = """
import os, sys, threading
import numpy as np
import tensegra as tg

a = tg.constant(np.random.default_rng(0).normal(size=(300, 300)).astype("float32"))
expected = tg.matmul(a, a).numpy()
stop = threading.Event()

def keep_busy():
    while not stop.is_set():
        tg.matmul(a, a)
        tg.reduce_sum(tg.tanh(a))

threads = [threading.Thread(target=keep_busy) for _ in range(2)]
for thread in threads:
    thread.start()
ok = True
for turn in range(10):
    child = os.fork()
    if child == 0:
        good = np.array_equal(tg.matmul(a, a).numpy(), expected)
        f = tg.function(lambda x: tg.reduce_sum(x @ x))
        with tg.GradientTape() as tape:
            tape.watch(a)
            y = f(a)
        good = good and tape.gradient(y, a).shape == (300, 300) and tg.config.memory_info()["current"] > 0
        os._exit(0 if good else 1)
    ok = ok and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
stop.set()
for thread in threads:
    thread.join()
sys.exit(0 if ok else 1)
"""


def test_a_forked_child_works_while_threads_of_its_parent_are_busy() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK], timeout=300, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_process_ends_cleanly_with_tapes_and_tensors_alive() -> None:
    program = """
import threading, tensegra as tg
x = tg.ones([100])
tape = tg.GradientTape(persistent=True)
tape.__enter__()
tape.watch(x)
y = tg.reduce_sum(x * x)
threading.Thread(target=lambda: [tg.ones([100]) + x for _ in range(1000)], daemon=True).start()
print(float(y))
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=120, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "100.0\n", "")


def test_arrays_and_tensors_that_share_memory_keep_it() -> None:
    x = tg.constant(np.arange(1000, dtype=np.float32))
    view = np.asarray(x)
    before = tg.config.memory_info()["current"]
    del x
    assert tg.config.memory_info()["current"] == before
    assert view[999] == 999.0
