"""`tg.train.Checkpoint`, its status, single values, asynchronous writing."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra._train import _writer


class Dense(tg.Module):
    """Makes its variables when it is first called."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = units

    def __call__(self, x: Any) -> Any:
        if not hasattr(self, "w"):
            size = int(x.shape[-1])
            self.w = tg.Variable(lambda: tg.ones([size, self.units]))
            self.b = tg.Variable(lambda: tg.zeros([self.units]))
        return x @ self.w + self.b


def network() -> tg.Module:
    module = tg.Module()
    module.layers = [Dense(3), Dense(2)]
    module.shared = module.layers[0]
    module.counts = {"seen": tg.Variable(0)}
    return module


def run(module: Any) -> Any:
    return module.layers[1](module.layers[0](tg.ones([1, 4]))).numpy()


def trained() -> tg.Module:
    module = network()
    run(module)
    rng = np.random.default_rng(3)
    for variable in module.variables:
        if variable.dtype == tg.float32:
            variable.assign(rng.normal(size=variable.shape.as_list()).astype(np.float32))
    module.counts["seen"].assign(5)
    return module


def test_what_exists_is_restored_at_once(tmp_path: Path) -> None:
    module = trained()
    checkpoint = tg.train.Checkpoint(net=module, step=tg.Variable(7))
    path = checkpoint.save(tmp_path / "ckpt")
    assert path == f"{tmp_path}/ckpt-1"
    wanted = run(module)
    other = network()
    run(other)
    new = tg.train.Checkpoint(net=other, step=tg.Variable(0))
    new.restore(path).assert_consumed().assert_existing_objects_matched().assert_nontrivial_match()
    np.testing.assert_array_equal(run(other), wanted)
    assert (int(new.step), int(other.counts["seen"])) == (7, 5)
    # The counter goes on, and is no part of what is asserted.
    assert new.save(tmp_path / "ckpt").endswith("ckpt-2")
    assert tg.train.latest_checkpoint(tmp_path) == f"{tmp_path}/ckpt-2"
    state = tg.train.get_checkpoint_state(tmp_path)
    assert state is not None
    assert [Path(each).name for each in state.all_model_checkpoint_paths] == ["ckpt-1", "ckpt-2"]


def test_what_comes_later_is_restored_then(tmp_path: Path) -> None:
    path = tg.train.Checkpoint(net=trained()).write(tmp_path / "c")
    wanted = run(trained())
    other = network()
    status = tg.train.Checkpoint(net=other).read(path)
    assert int(other.counts["seen"]) == 5
    status.assert_existing_objects_matched()
    with pytest.raises(AssertionError, match=r"nothing for.*TG-0831"):
        status.assert_consumed()
    np.testing.assert_array_equal(run(other), wanted)
    status.assert_consumed()
    from tensegra import _deferred

    assert all(each is not status._restoration for each in _deferred.pending)


def test_what_is_attached_later(tmp_path: Path) -> None:
    path = tg.train.Checkpoint(v=tg.Variable(3.0), items=[tg.Variable(1.0), tg.Variable(2.0)]).write(
        tmp_path / "c"
    )
    items = [tg.Variable(0.0)]
    checkpoint = tg.train.Checkpoint(items=items)
    status = checkpoint.read(path)
    assert float(items[0]) == 1.0
    late = tg.Variable(0.0)
    checkpoint.v = late
    assert float(late) == 3.0
    items.append(tg.Variable(0.0))
    status.assert_consumed()
    assert float(items[1]) == 2.0


def test_later_inside_of_a_function(tmp_path: Path) -> None:
    path = tg.train.Checkpoint(net=trained()).write(tmp_path / "c")
    wanted = run(trained())
    other = network()
    status = tg.train.Checkpoint(net=other).read(path)
    f = tg.function(lambda x: other.layers[1](other.layers[0](x)))
    np.testing.assert_allclose(f(tg.ones([1, 4])).numpy(), wanted, rtol=1e-6)
    status.assert_consumed()


def test_a_root(tmp_path: Path) -> None:
    module = trained()
    path = tg.train.Checkpoint(module, step=tg.Variable(1)).write(tmp_path / "c")
    names = dict(tg.train.list_variables(path))
    assert names["shared/w/.ATTRIBUTES/VARIABLE_VALUE"] == [4, 3]
    assert names["layers/1/w/.ATTRIBUTES/VARIABLE_VALUE"] == [3, 2]
    assert "step/.ATTRIBUTES/VARIABLE_VALUE" in names
    np.testing.assert_array_equal(tg.train.load_variable(path, "layers/0/w"), module.layers[0].w)
    reader = tg.train.load_checkpoint(path)
    assert reader.has_tensor("step")
    assert not reader.has_tensor("stop")
    assert not reader.has_tensor("layers")
    assert reader.get_variable_to_dtype_map()["counts/seen/.ATTRIBUTES/VARIABLE_VALUE"] == tg.int32
    with pytest.raises(tg.errors.NotFoundError, match=r"TG-0834"):
        reader.get_tensor("stop")
    other = network()
    run(other)
    tg.train.Checkpoint(other).read(path).expect_partial().assert_existing_objects_matched()
    np.testing.assert_array_equal(run(other), run(module))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0835"):
        tg.train.Checkpoint(other, layers=tg.Variable(1))


def test_a_saved_model_is_a_checkpoint_too(tmp_path: Path) -> None:
    module = trained()
    tg.saved_model.save(module, tmp_path / "m")
    other = network()
    run(other)
    tg.train.Checkpoint(other).read(tmp_path / "m").assert_consumed()
    np.testing.assert_array_equal(run(other), run(module))


def test_tables_generators_and_the_global_stream(tmp_path: Path) -> None:
    def objects() -> dict[str, Any]:
        return {
            "table": tg.lookup.experimental.MutableHashTable(tg.string, tg.float32, [0.0, 0.0]),
            "generator": tg.random.Generator.from_seed(1),
            "stream": tg.random.GlobalState(),
        }

    tg.random.set_seed(4)
    tg.random.normal([3])
    held = objects()
    held["table"].insert(tg.constant(["a"]), [[1.0, 2.0]])
    held["generator"].normal([5])
    path = tg.train.Checkpoint(**held).save(tmp_path / "c")
    wanted = held["generator"].normal([2]).numpy(), tg.random.normal([2]).numpy()
    other = objects()
    other["table"].insert(tg.constant(["z"]), [[9.0, 9.0]])
    tg.train.Checkpoint(**other).restore(path).assert_consumed()
    np.testing.assert_array_equal(wanted[1], tg.random.normal([2]))
    np.testing.assert_array_equal(wanted[0], other["generator"].normal([2]))
    assert other["table"][tg.constant(["a", "z"])].numpy().tolist() == [[1.0, 2.0], [0.0, 0.0]]
    tg.random.set_seed(None)


def test_what_does_not_fit(tmp_path: Path) -> None:
    path = tg.train.Checkpoint(v=tg.Variable([1.0, 2.0]), w=tg.Variable(1)).write(tmp_path / "c")
    for wrong in (tg.Variable([1.0]), tg.Variable([1, 2]), [tg.Variable(1.0)]):
        with pytest.raises(ValueError, match="TG-0832"):
            tg.train.Checkpoint(v=wrong).read(path)
    more = tg.train.Checkpoint(v=tg.Variable([0.0, 0.0]), w=tg.Variable(0), x=tg.Variable(0)).read(path)
    with pytest.raises(tg.errors.FailedPreconditionError, match=r"nothing for x.*TG-0831"):
        more.assert_consumed()
    with pytest.raises(AssertionError, match="TG-0831"):
        tg.train.Checkpoint(y=tg.Variable(0)).read(path).assert_nontrivial_match()
    with pytest.raises(tg.errors.NotFoundError, match="TG-0830"):
        tg.train.Checkpoint(v=tg.Variable(0)).restore(tmp_path / "nothing")
    with pytest.raises(tg.errors.NotFoundError, match="TG-0830"):
        tg.train.list_variables(tmp_path)
    for nothing in (3, "text", lambda: 0, object()):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0835"):
            tg.train.Checkpoint(x=nothing)
    status = tg.train.Checkpoint(v=tg.Variable(0)).restore(None)
    status.initialize_or_restore()
    status.run_restore_ops()
    with pytest.raises(AssertionError, match="TG-0831"):
        status.assert_consumed()


def test_values_that_nobody_wants_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tg.train.Checkpoint(v=tg.Variable(1.0, name="v"), w=tg.Variable(1.0, name="w")).write(
        tmp_path / "c"
    )
    with caplog.at_level(logging.WARNING, "tensegra"):
        tg.train.Checkpoint(v=tg.Variable(0.0)).read(path)
    assert "were not used: w." in caplog.text
    caplog.clear()
    tg.train.Checkpoint(v=tg.Variable(0.0)).read(path).expect_partial()
    assert caplog.text == ""


def test_an_object_that_is_gone_waits_for_nothing(tmp_path: Path) -> None:
    from tensegra import _deferred

    path = tg.train.Checkpoint(net=trained()).write(tmp_path / "c")
    before = len(_deferred.pending)
    tg.train.Checkpoint(net=network()).read(path).expect_partial()
    tg.Variable(0)
    assert len(_deferred.pending) <= before


ASYNC = tg.train.CheckpointOptions(enable_async=True)


def test_asynchronous_writing_keeps_the_values_of_the_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, original = threading.Event(), _writer.Snapshot.write

    def slow(self: Any, directory: str) -> None:
        assert go.wait(60)
        original(self, directory)

    monkeypatch.setattr(_writer.Snapshot, "write", slow)
    v = tg.Variable(tg.zeros([1000]))
    checkpoint = tg.train.Checkpoint(v=v)
    path = checkpoint.save(tmp_path / "c", options=ASYNC)
    # The disk stands still; steps do not.
    for _ in range(100):
        v.assign_add(tg.ones([1000]))
    assert not os.path.exists(path)
    assert tg.train.latest_checkpoint(tmp_path) is None
    go.set()
    checkpoint.sync()
    assert tg.train.latest_checkpoint(tmp_path) == path
    np.testing.assert_array_equal(tg.train.load_variable(path, "v"), np.zeros(1000))
    assert float(v[0]) == 100.0
    seen: list[str] = []
    options = tg.train.CheckpointOptions(enable_async=True, experimental_write_callbacks=[seen.append])
    second = checkpoint.save(tmp_path / "c", options=options)
    checkpoint.restore(second).assert_consumed()  # waits for what is being written
    assert seen == [second]


def test_asynchronous_saving_takes_little_of_a_step(tmp_path: Path) -> None:
    # 64 MB in 16 variables. What a step waits for is the snapshot, not the disk.
    held = [tg.Variable(tg.ones([1024, 1024])) for _ in range(16)]
    checkpoint = tg.train.Checkpoint(held=held)
    began = time.perf_counter()
    checkpoint.write(tmp_path / "warm")
    written = time.perf_counter() - began
    began = time.perf_counter()
    checkpoint.write(tmp_path / "c", options=ASYNC)
    blocked = time.perf_counter() - began
    checkpoint.sync()
    assert blocked < 0.25 * written, f"blocked for {blocked:.4f} s of {written:.4f} s"
    assert tg.train.list_variables(tmp_path / "c")


def test_errors_of_the_background_come_out(tmp_path: Path) -> None:
    checkpoint = tg.train.Checkpoint(v=tg.Variable(0))
    (tmp_path / "file").write_text("")
    checkpoint.write(tmp_path / "file" / "c", options=ASYNC)
    with pytest.raises(tg.errors.UnavailableError, match="TG-0408"):
        checkpoint.sync()
    checkpoint.write(tmp_path / "good", options=ASYNC)
    checkpoint.sync()


def test_a_program_that_ends_finishes_its_checkpoint(tmp_path: Path) -> None:
    code = f"""
import tensegra as tg
checkpoint = tg.train.Checkpoint(v=tg.Variable(tg.ones([1000, 1000])))
checkpoint.save({str(tmp_path / "c")!r}, options=tg.train.CheckpointOptions(enable_async=True))
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert tg.train.load_variable(tmp_path, "v").sum() == 1e6
