from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg


def test_threads_change_the_speed_and_not_the_result() -> None:
    rng = np.random.default_rng(0)
    a = tg.constant(rng.normal(size=(200, 300)).astype(np.float32))
    b = tg.constant(rng.normal(size=(300, 100)).astype(np.float32))
    before = tg.config.threading.get_intra_op_parallelism_threads()
    results = []
    try:
        for threads in (1, 2, 3):
            tg.config.threading.set_intra_op_parallelism_threads(threads)
            assert tg.config.threading.get_intra_op_parallelism_threads() == threads
            results.append(tg.matmul(a, b).numpy().tobytes())
    finally:
        tg.config.threading.set_intra_op_parallelism_threads(0)
    assert len(set(results)) == 1
    assert tg.config.threading.get_intra_op_parallelism_threads() == before


@pytest.mark.parametrize("count", [-1, 1.5, "2", True, 5000])
def test_wrong_numbers_of_threads(count: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"0 to 4096.*TG-0601"):
        tg.config.threading.set_intra_op_parallelism_threads(count)  # type: ignore[arg-type]


def test_memory_is_counted() -> None:
    before = tg.config.memory_info()
    kept = tg.zeros([1000, 1000])
    during = tg.config.memory_info()
    assert during["current"] >= before["current"] + 4_000_000
    assert during["peak"] >= during["current"]
    del kept
    assert tg.config.memory_info()["current"] < during["current"]


def test_functions_run_as_plain_python_on_request() -> None:
    calls = []

    @tg.function
    def f(x: tg.Tensor) -> tg.Tensor:
        calls.append(tg.executing_eagerly())
        return x * 2.0

    f(tg.constant(1.0))
    tg.config.run_functions_eagerly(True)
    try:
        assert tg.config.functions_run_eagerly()
        for number in (1.0, 2.0):
            assert f(tg.constant(number)).numpy() == 2.0 * number
    finally:
        tg.config.run_functions_eagerly(False)
    assert f(tg.constant(3.0)).numpy() == 6.0
    assert calls == [False, True, True]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0601"):
        tg.config.run_functions_eagerly(1)  # type: ignore[arg-type]
