from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import tensegra as tg
from tensegra import _cli


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    class Model(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            self.kernel = tg.Variable(tg.ones([30, 40]))
            self.count = tg.Variable(0, trainable=False)

        @tg.function(input_signature=[tg.TensorSpec([None, 30], tg.float32, name="images")])
        def __call__(self, images: Any) -> Any:
            return {"scores": tg.nn.softmax(images @ self.kernel)}

    tg.saved_model.save(Model(), tmp_path / "model")
    return tmp_path / "model"


def test_show(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["show", str(saved)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == f"  written by tensegra-core {tg.__version__}, format 1, profile full"
    assert lines[2].startswith("  module Model, ")
    text = "\n".join(lines)
    assert (
        "signature serving_default\n  in   images  float32  (None, 30)\n  out  scores  float32  (None, 40)"
        in text
    )
    assert "variables: 2, 4.8 kB" in text
    assert "  kernel  float32  (30, 40)  4.8 kB" in text
    assert "  count   int32    ()        4 bytes  not trainable" in text
    assert "ops: matmul 1, read_variable 1, softmax 1" in text
    assert "weights-" in text


def test_check(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["check", str(saved)]) == 0
    out = capsys.readouterr().out
    assert "the hash is right" in out
    assert out.endswith("functions: 1 valid, signatures: serving_default\nok\n")


def test_check_finds_a_changed_byte(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = saved.glob("weights-*")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    # The size is right, so that only the hash shows it.
    tg.saved_model.load(saved)
    assert _cli.main(["check", str(saved)]) == 1
    assert "its hash is" in capsys.readouterr().err
    file.write_bytes(content[:-1])
    assert _cli.main(["check", str(saved)]) == 1
    assert "its size is" in capsys.readouterr().err
    file.unlink()
    assert _cli.main(["check", str(saved)]) == 1
    assert "TG-0405" in capsys.readouterr().err


def test_check_verifies_assets(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import hashlib

    from tensegra._saved_model._messages import message_class

    path = saved / "saved_model.pb"
    message = message_class("SavedModel").FromString(path.read_bytes())
    message.assets.add(name="words.txt", size=3, sha256=hashlib.sha256(b"abc").hexdigest())
    path.write_bytes(message.SerializeToString())
    (saved / "assets").mkdir()
    (saved / "assets" / "words.txt").write_bytes(b"abc")
    assert _cli.main(["check", str(saved)]) == 0
    (saved / "assets" / "words.txt").write_bytes(b"abd")
    assert _cli.main(["check", str(saved)]) == 1
    message.assets[0].name = "../saved_model.pb"
    path.write_bytes(message.SerializeToString())
    assert _cli.main(["check", str(saved)]) == 1
    assert "leaves the directory" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["show", "check"])
def test_no_model(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main([command, str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(
        "tensegra: [saved_model] a saved model is a directory with a saved_model.pb."
    )
    assert captured.err.endswith("(TG-0401)\n")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["version"]) == 0
    rows = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert {"tensegra-core", "numpy", "python"} <= set(rows)


def test_wrong_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main([]) == 2
    assert "COMMAND" in capsys.readouterr().out
    with pytest.raises(SystemExit) as caught:
        _cli.main(["fly"])
    assert caught.value.code == 2


class _Entry:
    def __init__(self, name: str, register: Any) -> None:
        self.name = self.value = name
        self._register = register

    def load(self) -> Any:
        return self._register


def test_other_parts_add_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def register(commands: Any) -> None:
        parser = commands.add_parser("greet")
        parser.add_argument("name")
        parser.set_defaults(func=lambda options: print(f"hello {options.name}") or 3)

    def broken(commands: Any) -> None:
        raise ImportError("its library is missing")

    entries = [_Entry("greet", register), _Entry("broken", broken)]
    monkeypatch.setattr(
        metadata, "entry_points", lambda group: entries if group == "tensegra.commands" else []
    )
    assert _cli.main(["greet", "you"]) == 3
    captured = capsys.readouterr()
    assert captured.out == "hello you\n"
    assert "the command broken of broken is left out: its library is missing" in captured.err


def test_as_a_process_whose_reader_goes_away(saved: Path) -> None:
    command = [sys.executable, "-m", "tensegra._cli", "show", str(saved)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "serving_default" in done.stdout
    pipeline = f"'{sys.executable}' -m tensegra._cli show '{saved}' | true"
    piped = subprocess.run(pipeline, shell=True, capture_output=True, text=True, check=True)
    assert "Traceback" not in piped.stderr


def test_a_command_of_a_part_that_is_absent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(metadata, "entry_points", lambda group: [])
    assert _cli.main(["serve", "digits=models/digits"]) == 2
    assert "pip install tensegra-serving (TG-0602)" in capsys.readouterr().err
