"""A writer that is killed at any moment, or whose disk is full, leaves the old model or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tensegra as tg
from tensegra._saved_model._check import check

ROUNDS = 200

# Forks writers, so that none of them has to start Python, and kills each after a random part of the time a save takes.
# All numbers of a model, in several files, and the text of its asset are one counter.
_KILLER = """
import os, random, signal, sys, time
import tensegra as tg

directory, rounds = sys.argv[1], int(sys.argv[2])
model, words = os.path.join(directory, "model"), os.path.join(directory, "words.txt")
options = tg.saved_model.SaveOptions(shard_bytes=50_000)
random.seed(0)

def write(number):
    with open(words + "-new", "w") as file:
        file.write(str(number))
    os.replace(words + "-new", words)
    root = tg.Module()
    root.v = [tg.Variable(tg.zeros([10_000]) + float(number)) for _ in range(3)]
    root.words = tg.saved_model.Asset(words)
    checkpoint = tg.train.Checkpoint(root)
    tg.saved_model.save(root, model, options=options)
    checkpoint.save(os.path.join(directory, "ckpt"))

def found():
    loaded = tg.saved_model.load(model)
    numbers = {float(x) for v in loaded.v for x in (v[0], v[5000], v[-1])}
    with open(loaded.words) as file:
        numbers.add(float(file.read()))
    assert len(numbers) == 1, numbers
    latest = tg.train.latest_checkpoint(directory)
    values = {float(tg.train.load_variable(latest, f"v/{i}")[7]) for i in range(3)}
    assert len(values) == 1, values
    return int(numbers.pop())

write(0)
number, times, left = 0, [], {"old": 0, "new": 0}
for _ in range(5):
    began = time.monotonic()
    number += 1
    if (writer := os.fork()) == 0:
        write(number)
        os._exit(0)
    os.waitpid(writer, 0)
    times.append(time.monotonic() - began)
longest = 1.2 * sorted(times)[2]
for _ in range(rounds):
    number += 1
    writer = os.fork()
    if writer == 0:
        write(number)
        os._exit(0)
    time.sleep(random.uniform(0, longest))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    is_there = found()
    assert number - 1 <= is_there <= number, (number, is_there)
    left["new" if is_there == number else "old"] += 1
    if is_there != number:
        number -= 1
write(number + 1)
print(left["old"], left["new"])
"""


def test_a_killed_writer_leaves_the_old_model_or_the_new_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _KILLER, str(tmp_path), str(ROUNDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    old, new = (int(word) for word in done.stdout.split())
    print(f"{ROUNDS} writers killed: {old} left the old model, {new} the new one")
    assert old + new == ROUNDS
    # Moments before the commit and after it: else nothing was tried.
    assert old >= 10
    assert new >= 10
    # What killed writers have left is removed by the next one that succeeds.
    names = sorted(path.name for path in (tmp_path / "model").iterdir())
    assert names[0] == "assets"
    assert len(names) == 5
    assert len(list((tmp_path / "model" / "assets").rglob("*.txt"))) == 1
    assert list(check(str(tmp_path / "model")))


def root_of(number: int, words: Path) -> tg.Module:
    root = tg.Module()
    root.v = [tg.Variable(tg.zeros([3000]) + float(number)) for _ in range(2)]
    root.words = tg.saved_model.Asset(words)
    return root


OPTIONS = tg.saved_model.SaveOptions(shard_bytes=5000)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("old")
    return path


@pytest.fixture
def old(tmp_path: Path, words: Path) -> Path:
    tg.saved_model.save(root_of(1, words), tmp_path / "model", options=OPTIONS)
    words.write_text("new")
    return tmp_path / "model"


def is_old(directory: Path) -> None:
    loaded = tg.saved_model.load(directory)
    assert {float(v[0]) for v in loaded.v} == {1.0}
    assert Path(loaded.words).read_text() == "old"
    # Nothing of the new one is left behind.
    assert len(list(check(str(directory)))) == 5
    names = [path.name for path in directory.rglob("*") if path.is_file()]
    assert len(names) == 4, names


@contextlib.contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, name: str, when: int, number: int) -> Iterator[list[int]]:
    """Lets the call `when` of a function of the system fail."""
    original, calls = getattr(os, name), [0]

    def instead(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if calls[0] == when:
            raise OSError(number, os.strerror(number))
        return original(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(os, name, instead)
        yield calls


@pytest.mark.parametrize(
    ("name", "number"),
    [("pwrite", errno.ENOSPC), ("fsync", errno.EIO), ("replace", errno.ENOSPC), ("open", errno.EDQUOT)],
)
def test_a_disk_that_is_full_at_any_call(
    old: Path, words: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    root = root_of(2, words)
    failures = 0
    for when in range(1, 60):
        with failing(monkeypatch, name, when, number) as calls:
            try:
                tg.saved_model.save(root, old, options=OPTIONS)
            except tg.errors.UnavailableError as error:
                assert error.error_code == "TG-0408"
                assert os.strerror(number) in str(error)
                failures += 1
            else:
                if calls[0] < when:  # no call was left to fail
                    break
        committed = {float(v[0]) for v in tg.saved_model.load(old).v} == {2.0}
        if committed:  # what failed came after the commit: the new model is there, whole
            assert Path(tg.saved_model.load(old).words).read_text() == "new"
            assert failures > 1 or name == "open"
            break
        is_old(old)
    assert failures >= 1


def test_a_limit_on_the_size_of_files(old: Path, words: Path) -> None:
    code = f"""
import resource
import tensegra as tg
root = tg.Module()
root.v = [tg.Variable(tg.zeros([100_000]) + 2.0) for _ in range(2)]
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    tg.saved_model.save(root, {str(old)!r})
except tg.errors.UnavailableError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "File too large" in done.stdout
    assert "(TG-0408)" in done.stdout
    is_old(old)


def test_a_directory_that_cannot_be_written() -> None:
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        words = Path(place) / "words.txt"
        words.write_text("old")
        directory = Path(place) / "model"
        tg.saved_model.save(root_of(1, words), directory, options=OPTIONS)
        for path in directory.rglob("*"):
            os.chmod(path, 0o755 if path.is_dir() else 0o644)
        os.chmod(directory, 0o555)
        root = root_of(2, words)
        said = Path(place) / "said"
        said.touch()
        os.chmod(said, 0o666)
        writer = os.fork()
        if writer == 0:  # root may write everywhere; nobody may not
            try:
                if os.getuid() == 0:
                    os.setuid(65534)
                tg.saved_model.save(root, directory, options=OPTIONS)
            except tg.errors.UnavailableError as error:
                said.write_text(str(error))
            finally:
                os._exit(0)
        os.waitpid(writer, 0)
        assert "Permission denied" in said.read_text()
        assert said.read_text().endswith("(TG-0408)")
        is_old(directory)
        os.chmod(directory, 0o755)


def test_a_place_where_no_directory_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(tg.errors.UnavailableError, match="TG-0408"):
        tg.saved_model.save({"v": tg.Variable(1)}, tmp_path / "file" / "model")
    with pytest.raises(tg.errors.UnavailableError, match="TG-0408"):
        tg.saved_model.save({"v": tg.Variable(1)}, tmp_path / "file")
