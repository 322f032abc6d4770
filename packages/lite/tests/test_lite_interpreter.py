"""The interpreter with wrong calls and damaged files: always an error, never a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tensegra as tg
from tensegra import lite


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    class Model(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            rng = np.random.default_rng(0)
            self.f = tg.Variable(rng.normal(size=(3, 3, 1, 4)).astype(np.float32))
            self.w = tg.Variable(rng.normal(size=(36, 3)).astype(np.float32))

        @tg.function(input_signature=[tg.TensorSpec([None, 8, 8, 1], tg.float32, name="x")])
        def __call__(self, x: tg.Tensor) -> tg.Tensor:
            h = tg.nn.max_pool2d(tg.nn.conv2d(x, self.f, 1, "VALID"), 2, 2, "VALID")
            return tg.nn.softmax(tg.matmul(tg.reshape(h, [-1, 36]), self.w))

    path = str(tmp_path_factory.mktemp("model"))
    tg.saved_model.save(Model(), path)
    converter = lite.Converter.from_saved_model(path)
    converter.optimizations = [lite.Optimize.DEFAULT]
    return converter.convert()


def test_wrong_calls(content: bytes) -> None:
    interpreter = lite.Interpreter(model_content=content)
    with pytest.raises(lite.InvalidArgumentError, match=r"float64 of shape \(1, 8, 8, 1\).*TG-6004"):
        interpreter.set_tensor(0, np.zeros((1, 8, 8, 1)))
    with pytest.raises(
        lite.InvalidArgumentError, match=r"shape \(2, 8, 8, 1\).*resize_tensor_input.*TG-6004"
    ):
        interpreter.set_tensor(0, np.zeros((2, 8, 8, 1), np.float32))
    with pytest.raises(lite.InvalidArgumentError, match="TG-6004"):
        interpreter.resize_tensor_input(0, [1, 9, 8, 1])
    with pytest.raises(lite.InvalidArgumentError, match="TG-6004"):
        interpreter.resize_tensor_input(0, [1, 8, 8])
    for call in (interpreter.get_tensor, lambda i: interpreter.set_tensor(i, 0)):
        with pytest.raises(lite.InvalidArgumentError, match="TG-6010"):
            call(5)
    with pytest.raises(lite.InvalidArgumentError, match="TG-6010"):
        interpreter.set_tensor(1, np.zeros((1, 3), np.float32))
    with pytest.raises(lite.NotFoundError, match=r"\['x'\].*TG-6011"):
        interpreter.get_signature_runner()(y=1)


def test_order_of_calls(content: bytes) -> None:
    interpreter = lite.Interpreter(model_content=content)
    interpreter.resize_tensor_input(0, [3, 8, 8, 1])
    with pytest.raises(lite.FailedPreconditionError, match="TG-6007"):
        interpreter.invoke()
    with pytest.raises(lite.FailedPreconditionError, match="TG-6007"):
        interpreter.get_tensor(0)
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, np.ones((3, 8, 8, 1), np.float32))
    interpreter.invoke()
    assert interpreter.get_tensor(1).shape == (3, 3)


def test_an_empty_batch_runs(content: bytes) -> None:
    run = lite.Interpreter(model_content=content).get_signature_runner()
    assert run(x=np.zeros((0, 8, 8, 1), np.float32))["output_0"].shape == (0, 3)


def test_a_huge_batch_is_refused(content: bytes) -> None:
    interpreter = lite.Interpreter(model_content=content)
    interpreter.resize_tensor_input(0, [2**60, 8, 8, 1])
    with pytest.raises(lite.ResourceExhaustedError, match="memory must suffice.*TG-6005"):
        interpreter.allocate_tensors()


def test_a_missing_runtime_is_one_clear_error() -> None:
    code = (
        "from pathlib import Path; from unittest import mock\n"
        "from tensegra import lite\n"
        "with mock.patch.object(Path, 'with_name', lambda self, name: Path('/nowhere') / name):\n"
        "    try:\n        lite.Interpreter(model_content=b'x')\n"
        "    except lite.UnimplementedError as error:\n        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "Reinstall tensegra-lite" in done.stdout
    assert "TG-6008" in done.stdout


def test_the_converter_says_that_it_needs_core() -> None:
    code = (
        "import sys; from tensegra import lite\n"
        "sys.modules['tensegra'] = None  # as where core is not installed\n"
        "try:\n    lite.Converter.from_saved_model('x')\n"
        "except lite.NotFoundError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "pip install tensegra-lite[converter]" in done.stdout
    assert "TG-6101" in done.stdout


def test_sources(tmp_path: Path) -> None:
    with pytest.raises(lite.NotFoundError, match=r"none\.tgl.*TG-6006"):
        lite.Interpreter(model_path=tmp_path / "none.tgl")
    with pytest.raises(lite.InvalidArgumentError, match="TG-6009"):
        lite.Interpreter()
    (tmp_path / "empty.tgl").write_bytes(b"")
    with pytest.raises(lite.DataLossError, match="TG-6001"):
        lite.Interpreter(model_path=tmp_path / "empty.tgl")


def test_every_truncation_is_refused(content: bytes) -> None:
    for size in range(0, len(content), max(1, len(content) // 150)):
        with pytest.raises(lite.LiteError):
            lite.Interpreter(model_content=content[:size])


def test_newer_format_and_unknown_op(content: bytes) -> None:
    with pytest.raises(lite.FailedPreconditionError, match="format_version=2.*TG-6003"):
        lite.Interpreter(model_content=content.replace(b"\x08\x01\x12", b"\x08\x02\x12", 1))
    with pytest.raises(lite.NotFoundError, match="op=sofzzax.*TG-6002"):
        lite.Interpreter(model_content=content.replace(b"softmax", b"sofzzax"))


FUZZ = """
import sys
import numpy as np
from tensegra import lite
content = np.frombuffer(open(sys.argv[1], "rb").read(), np.uint8)
rng = np.random.default_rng(int(sys.argv[2]))
x = np.ones((2, 8, 8, 1), np.float32)
refused = ran = 0
end = int.from_bytes(content[8:16].tobytes(), "little") + int.from_bytes(content[16:24].tobytes(), "little")
for _ in range(4000):
    damaged = content.copy()
    for _ in range(rng.integers(1, 4)):
        damaged[rng.integers(0, end)] = rng.integers(0, 256)
    try:
        lite.Interpreter(model_content=damaged.tobytes()).get_signature_runner()(x=x)
        ran += 1
    except (lite.LiteError, ValueError):
        refused += 1
print(refused, ran)
"""


def test_damaged_bytes_never_crash(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.tgl"
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(path), "0"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    refused, ran = map(int, done.stdout.split())
    assert refused + ran == 4000
    assert refused > 1000
