from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
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


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    np.save(tmp_path / "x.npy", np.ones((2, 30), np.float32))
    np.save(tmp_path / "flat.npy", np.ones(30, np.float32))
    np.save(tmp_path / "text.npy", np.array(["a"]))
    (tmp_path / "broken.npy").write_bytes(b"no array")
    return tmp_path


def test_run(saved: Path, arrays: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = arrays / "out"
    command = ["run", str(saved), "--inputs", f"images={arrays / 'x.npy'}", "--outputs", str(out)]
    assert _cli.main(command) == 0
    text = capsys.readouterr().out
    assert text.startswith("scores  float32  (2, 40)\n")
    assert f"written: {out / 'scores.npy'}" in text
    np.testing.assert_allclose(np.load(out / "scores.npy"), np.full((2, 40), 1 / 40), rtol=1e-6)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([], "nothing for images"),
        (["images"], r"NAME=FILE\.npy"),
        (["image=x.npy"], "did you mean 'images'"),
        (["images=x.npy", "images=x.npy"], "twice"),
        (["images=nowhere.npy"], r"must be a \.npy file"),
        (["images=broken.npy"], r"must be a \.npy file"),
        (["images=flat.npy"], r"must have shape \(None, 30\)"),
        (["images=text.npy"], "must hold float32"),
    ],
)
def test_run_with_wrong_inputs(
    saved: Path, arrays: Path, inputs: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [text.replace("=", f"={arrays}/") for text in inputs]
    assert _cli.main(["run", str(saved), "--inputs", *given]) == 1
    error = capsys.readouterr().err
    assert re.search(message, error)
    # What the signature takes is always told.
    assert "images (float32 (None, 30))" in error
    assert error.endswith("(TG-0453)\n")


def test_run_of_another_signature(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["run", str(saved), "--signature", "train"]) == 1
    assert "There are: serving_default" in capsys.readouterr().err


def test_run_with_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    f = tg.function(
        lambda s: tg.strings.upper(s), input_signature=[tg.TensorSpec([None], tg.string, name="s")]
    )
    tg.saved_model.save(f, tmp_path / "m")
    np.save(tmp_path / "s.npy", np.array(["one", "zwölf"]))
    command = ["run", str(tmp_path / "m"), "--inputs", f"s={tmp_path / 's.npy'}", "--outputs", str(tmp_path)]
    assert _cli.main(command) == 0
    assert np.load(tmp_path / "output_0.npy")[0] == b"ONE"
    assert "string" in capsys.readouterr().out


def test_show_as_json(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["show", str(saved), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["signatures"]["serving_default"]["inputs"] == [
        {"name": "images", "dtype": "float32", "shape": [None, 30]}
    ]
    assert found["variables"]["kernel"]["elements"] == 1200
    assert found["required_ops"]["matmul"] == {"version": 1, "package": "tensegra-core"}


def test_show_as_a_picture(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.svg"
    assert _cli.main(["show", str(saved), "--graph", str(path)]) == 0
    assert capsys.readouterr().out == f"written: {path}\n"
    texts = [each.text for each in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
    assert {"matmul", "softmax", "images", "result 0", "float32 [?, 40]"} <= set(texts)
    assert _cli.main(["show", str(saved), "--graph", str(tmp_path / "no" / "model.svg")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_picture_of_inner_functions_and_odd_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    @tg.function(input_signature=[tg.TensorSpec([], name="a<b&c")])
    def looping(x: Any) -> Any:
        return tg.while_loop(lambda y: y < 100.0, lambda y: (y * 2.0,), (x,))

    tg.saved_model.save(looping, tmp_path / "m")
    assert _cli.main(["show", str(tmp_path / "m"), "--graph", str(tmp_path / "m.svg")]) == 0
    titles = [
        each.text or "" for each in ElementTree.parse(tmp_path / "m.svg").iter() if each.get("class") == "t"
    ]
    assert len(titles) == 3
    capsys.readouterr()


def test_diff(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["diff", str(saved), str(saved)]) == 0
    assert capsys.readouterr().out == "no differences\n"
    model = tg.saved_model.load(saved)
    model.kernel.assign_add(tg.ones([30, 40]) * 0.5)
    model.extra = tg.Variable(1.0)
    del model.count
    tg.saved_model.save(model, tmp_path / "other", options=tg.saved_model.SaveOptions(metadata={"by": "me"}))
    assert _cli.main(["diff", str(saved), str(tmp_path / "other")]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "metadata by: only in the second",
        "variable count: only in the first",
        "variable extra: only in the second",
        "value of kernel: 1200 of 1200 elements differ, by up to 0.5",
    ]
    assert _cli.main(["diff", str(saved), str(tmp_path / "nothing")]) == 1
    assert "TG-0401" in capsys.readouterr().err
