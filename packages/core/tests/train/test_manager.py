"""`tg.train.CheckpointManager` and the file that says which checkpoints there are."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import tensegra as tg
from tensegra._train import _manager


@pytest.fixture
def step() -> tg.Variable:
    return tg.Variable(0, name="step")


def names(paths: Any) -> list[str]:
    return [os.path.basename(path) for path in paths]


def test_so_many_are_kept(tmp_path: Path, step: tg.Variable) -> None:
    manager = tg.train.CheckpointManager(tg.train.Checkpoint(step=step), tmp_path, max_to_keep=2)
    assert manager.latest_checkpoint is None
    for number in range(1, 5):
        step.assign(number)
        assert manager.save() == f"{tmp_path}/ckpt-{number}"
    assert names(manager.checkpoints) == ["ckpt-3", "ckpt-4"]
    assert sorted(os.listdir(tmp_path)) == ["checkpoint", "ckpt-3", "ckpt-4"]
    # Another manager goes on with what is there.
    again = tg.Variable(0)
    other = tg.train.CheckpointManager(tg.train.Checkpoint(step=again), tmp_path, max_to_keep=3)
    assert names(other.checkpoints) == ["ckpt-3", "ckpt-4"]
    assert other.restore_or_initialize() == manager.latest_checkpoint
    assert int(again) == 4
    assert names([other.save()]) == ["ckpt-5"]
    assert names(other.checkpoints) == ["ckpt-3", "ckpt-4", "ckpt-5"]
    assert names([other.save(checkpoint_number=40)]) == ["ckpt-40"]
    assert (other.directory, other.checkpoint_interval) == (str(tmp_path), None)
    assert int(other.checkpoint.save_counter) == 6


def test_all_are_kept(tmp_path: Path, step: tg.Variable) -> None:
    manager = tg.train.CheckpointManager(
        tg.train.Checkpoint(step=step), tmp_path, max_to_keep=None, checkpoint_name="model"
    )
    for _ in range(4):
        manager.save()
    assert names(manager.checkpoints) == ["model-1", "model-2", "model-3", "model-4"]


def test_some_are_kept_for_good(tmp_path: Path, step: tg.Variable, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1e9
    monkeypatch.setattr(_manager.time, "time", lambda: now)
    manager = tg.train.CheckpointManager(
        tg.train.Checkpoint(step=step), tmp_path, max_to_keep=1, keep_checkpoint_every_n_hours=2
    )
    for _ in range(7):
        now += 3600
        manager.save()
    kept = sorted(name for name in os.listdir(tmp_path) if name.startswith("ckpt"))
    # One each two hours, and the latest.
    assert kept == ["ckpt-2", "ckpt-4", "ckpt-6", "ckpt-7"]
    state = tg.train.get_checkpoint_state(tmp_path)
    assert state is not None
    assert state.last_preserved_timestamp == 1e9 + 6 * 3600
    assert names(manager.checkpoints) == ["ckpt-7"]


def test_an_interval(tmp_path: Path, step: tg.Variable) -> None:
    manager = tg.train.CheckpointManager(
        tg.train.Checkpoint(step=step), tmp_path, 5, step_counter=step, checkpoint_interval=3
    )
    saved = []
    for _ in range(7):
        saved.append(manager.save() is not None)
        step.assign_add(1)
    assert saved == [True, False, False, True, False, False, True]
    assert manager.save(check_interval=False) is not None


def test_initialized_where_there_is_none(tmp_path: Path, step: tg.Variable) -> None:
    manager = tg.train.CheckpointManager(
        tg.train.Checkpoint(step=step), tmp_path, 1, init_fn=lambda: step.assign(9)
    )
    assert manager.restore_or_initialize() is None
    assert int(step) == 9


def test_wrong_arguments(tmp_path: Path, step: tg.Variable) -> None:
    checkpoint = tg.train.Checkpoint(step=step)
    for bad in (
        {"max_to_keep": 0},
        {"max_to_keep": 1, "checkpoint_interval": 5},
        {"max_to_keep": 1, "checkpoint_interval": 0, "step_counter": step},
    ):
        with pytest.raises(ValueError, match="TG-0833"):
            tg.train.CheckpointManager(checkpoint, tmp_path, **bad)


def test_asynchronously(tmp_path: Path, step: tg.Variable) -> None:
    manager = tg.train.CheckpointManager(tg.train.Checkpoint(step=step), tmp_path, max_to_keep=2)
    options = tg.train.CheckpointOptions(enable_async=True)
    for number in range(6):
        step.assign(number)
        manager.save(options=options)
    manager.sync()
    assert sorted(os.listdir(tmp_path)) == ["checkpoint", "ckpt-5", "ckpt-6"]
    assert tg.train.load_variable(tmp_path, "step") == 5


def test_a_directory_that_cannot_be_written(tmp_path: Path, step: tg.Variable) -> None:
    manager = tg.train.CheckpointManager(tg.train.Checkpoint(step=step), tmp_path / "d", max_to_keep=1)
    first = manager.save()
    (tmp_path / "d" / "ckpt-2").write_text("a file in its way")
    with pytest.raises(tg.errors.UnavailableError, match="TG-0408"):
        manager.save()
    assert manager.latest_checkpoint == first == tg.train.latest_checkpoint(tmp_path / "d")
    assert names([manager.save()]) == ["ckpt-3"]


def test_the_state_file_is_one_of_tensorflow(tmp_path: Path, step: tg.Variable) -> None:
    tg.train.Checkpoint(step=step).save(tmp_path / "a b")
    first, second, *_ = (tmp_path / "checkpoint").read_text().splitlines()
    assert first == 'model_checkpoint_path: "a b-1"'
    assert second == 'all_model_checkpoint_paths: "a b-1"'
    (tmp_path / "checkpoint").write_text("nonsense\nmodel_checkpoint_path: {\n")
    assert tg.train.get_checkpoint_state(tmp_path) is None
    assert tg.train.latest_checkpoint(tmp_path) is None


def test_waiting_for_checkpoints(tmp_path: Path, step: tg.Variable) -> None:
    def write() -> None:
        for _ in range(2):
            time.sleep(0.2)
            checkpoint.save(tmp_path / "c")

    checkpoint = tg.train.Checkpoint(step=step)
    writer = threading.Thread(target=write)
    writer.start()
    found = names(tg.train.checkpoints_iterator(tmp_path, timeout=3))
    writer.join()
    assert found[-1] == "c-2"
    asked: list[int] = []
    list(
        tg.train.checkpoints_iterator(
            tmp_path / "no", timeout=0, timeout_fn=lambda: asked.append(1) or len(asked) > 1
        )
    )
    assert len(asked) == 2
