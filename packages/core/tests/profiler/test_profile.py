"""What the profiler records."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

import tensegra as tg


def test_records_of_eager_ops_and_functions(tmp_path: Path) -> None:
    x = tg.ones((32, 32))

    @tg.function
    def f(x: tg.Tensor) -> tg.Tensor:
        return tg.tanh(tg.matmul(x, x))

    f(x)
    with tg.profiler.Profile() as profile:
        y = tg.exp(x)
        f(x)
    assert profile.records[0].op == "exp"
    by_op = {record.op: record for record in profile.records}
    assert by_op["_fused_matmul"].in_graph
    assert not by_op["exp"].in_graph
    assert by_op["exp"].bytes == 2 * 4 * 32 * 32
    assert all(record.end_ns >= record.start_ns for record in profile.records)
    assert profile.dropped == 0
    totals = {total.op: total for total in profile.totals()}
    assert totals["exp"].calls == 1
    assert "_fused_matmul" in profile.table()
    profile.save(tmp_path / "trace.json")
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert {event["name"] for event in events} == set(by_op)
    assert all(event["ph"] == "X" and event["dur"] >= 0 for event in events)
    np.testing.assert_allclose(y.numpy(), np.e, rtol=1e-6)


def test_only_the_first_runs_are_kept() -> None:
    x = tg.ones(3)
    with tg.profiler.Profile(max_records=2) as profile:
        for _ in range(5):
            x = x + 1.0
    assert len(profile.records) == 2
    assert profile.dropped == 3
    assert "3 runs" in profile.table()


def test_other_threads_are_recorded() -> None:
    with tg.profiler.Profile() as profile:
        thread = threading.Thread(target=lambda: tg.exp(tg.ones(3)))
        thread.start()
        thread.join()
        tg.sin(tg.ones(3))
    assert len({record.thread for record in profile.records if record.op in ("exp", "sin")}) == 2


def test_one_at_a_time() -> None:
    with tg.profiler.Profile(), pytest.raises(tg.errors.FailedPreconditionError, match="TG-0710"):
        tg.profiler.Profile().start()
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0710"):
        tg.profiler.Profile().stop()
    with tg.profiler.Profile() as again:
        tg.exp(tg.ones(2))
    assert again.records
