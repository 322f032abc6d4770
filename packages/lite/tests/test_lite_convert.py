"""From a saved model through the converter and the C runtime, compared with core."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import lite


class Network(tg.Module):
    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.filters = tg.Variable((rng.normal(size=(3, 3, 2, 8)) * 0.3).astype(np.float32))
        self.bias = tg.Variable(rng.normal(size=8).astype(np.float32))
        self.w = tg.Variable((rng.normal(size=(6 * 6 * 8, 5)) * 0.1).astype(np.float32))

    @tg.function(input_signature=[tg.TensorSpec([None, 12, 12, 2], tg.float32, name="images")])
    def __call__(self, images: tg.Tensor) -> tg.Tensor:
        h = tg.nn.relu(tg.nn.conv2d(images, self.filters, strides=1, padding="SAME") + self.bias)
        h = tg.nn.max_pool2d(h, 2, 2, "VALID")
        return tg.nn.softmax(tg.matmul(tg.reshape(h, [-1, 6 * 6 * 8]), self.w))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Network]:
    path = str(tmp_path_factory.mktemp("network"))
    model = Network()
    tg.saved_model.save(model, path)
    return path, model


IMAGES = np.random.default_rng(1).random((7, 12, 12, 2), np.float32)


def convert(path: str, *optimizations: lite.Optimize) -> bytes:
    converter = lite.Converter.from_saved_model(path)
    converter.optimizations = list(optimizations)
    return converter.convert()


def test_float_model_gives_the_same_numbers(saved: tuple[str, Network]) -> None:
    path, model = saved
    run = lite.Interpreter(model_content=convert(path)).get_signature_runner()
    got = run(images=IMAGES)["output_0"]
    np.testing.assert_allclose(got, model(IMAGES).numpy(), rtol=1e-6, atol=1e-7)


def test_int8_weights_run_in_int8_and_stay_close(saved: tuple[str, Network]) -> None:
    path, model = saved
    content = convert(path, lite.Optimize.DEFAULT)
    assert len(content) < 0.5 * len(convert(path))
    interpreter = lite.Interpreter(model_content=content)
    arithmetic = {step.op: step.arithmetic for step in interpreter.steps}
    assert arithmetic["conv2d"] == arithmetic["matmul"] == "int8"
    assert arithmetic["softmax"] == "float32"
    got = interpreter.get_signature_runner()(images=IMAGES)["output_0"]
    want = model(IMAGES).numpy()
    assert np.abs(got - want).max() < 0.02
    assert (got.argmax(1) == want.argmax(1)).all()


def test_int8_results_do_not_depend_on_the_batch(saved: tuple[str, Network]) -> None:
    run = lite.Interpreter(model_content=convert(saved[0], lite.Optimize.DEFAULT)).get_signature_runner()
    whole = run(images=IMAGES)["output_0"]
    single = np.concatenate([run(images=IMAGES[i : i + 1])["output_0"] for i in range(len(IMAGES))])
    np.testing.assert_array_equal(whole, single)


def test_conversion_is_reproducible(saved: tuple[str, Network]) -> None:
    assert convert(saved[0], lite.Optimize.DEFAULT) == convert(saved[0], lite.Optimize.DEFAULT)


def test_a_file_is_mapped(saved: tuple[str, Network], tmp_path: Path) -> None:
    path = tmp_path / "network.tgl"
    path.write_bytes(convert(saved[0]))
    interpreter = lite.Interpreter(model_path=path)
    details = interpreter.get_input_details()[0]
    assert details["name"] == "images"
    assert details["dtype"] == np.float32
    assert tuple(details["shape"]) == (1, 12, 12, 2)
    interpreter.set_tensor(0, IMAGES[:1])
    interpreter.invoke()
    output = interpreter.get_output_details()[0]
    np.testing.assert_allclose(interpreter.get_tensor(output["index"]).sum(), 1, rtol=1e-6)


CASES: dict[str, Any] = {
    "unary": lambda x: tg.tanh(x) + tg.exp(-tg.abs(x)) * tg.sigmoid(x) - tg.math.erf(x),
    "binary": lambda x: tg.maximum(x * 2.0, x / 3.0) - tg.minimum(x, tg.constant([0.5, -0.5, 0.0])),
    "reductions": lambda x: (
        tg.reduce_mean(x, axis=1, keepdims=True) + tg.reduce_max(x, axis=1, keepdims=True)
    ),
    "layout": lambda x: tg.transpose(tg.concat([x, x + 1.0], axis=1), perm=[1, 0]),
    "pad": lambda x: tg.pad(x, [[0, 0], [1, 2]], constant_values=7.0),
    "views": lambda x: tg.squeeze(tg.expand_dims(tg.reshape(x, [-1, 3, 1]), axis=0), axis=[0, 3]),
    "argmax": lambda x: tg.argmax(x, axis=1),
    "cast": lambda x: tg.cast(tg.cast(x * 10.0, tg.int32), tg.float32),
    "log_softmax": lambda x: tg.nn.log_softmax(x),
    "average_pool": lambda x: tg.nn.avg_pool2d(tg.reshape(x, [-1, 3, 1, 1]), [2, 1], 1, "SAME"),
    "transposed": lambda x: tg.matmul(
        x, tg.constant(np.arange(12, dtype=np.float32).reshape(4, 3)), transpose_b=True
    ),
}


@pytest.mark.parametrize("optimizations", [[], [lite.Optimize.DEFAULT]], ids=["float32", "int8"])
@pytest.mark.parametrize("name", list(CASES))
def test_ops_equal_core(name: str, optimizations: list[lite.Optimize], tmp_path: Path) -> None:
    function = CASES[name]

    class Model(tg.Module):
        @tg.function(input_signature=[tg.TensorSpec([None, 3], tg.float32, name="x")])
        def __call__(self, x: tg.Tensor) -> tg.Tensor:
            return function(x)

    model = Model()
    tg.saved_model.save(model, str(tmp_path))
    x = np.random.default_rng(2).normal(size=(5, 3)).astype(np.float32)
    run = lite.Interpreter(model_content=convert(str(tmp_path), *optimizations)).get_signature_runner()
    got = run(x=x)["output_0"]
    want = model(tg.constant(x)).numpy()
    assert got.dtype == want.dtype
    loose = bool(optimizations) and name == "transposed"
    np.testing.assert_allclose(got, want, rtol=2e-2 if loose else 1e-6, atol=0.2 if loose else 1e-6)


def test_what_the_profile_lacks_is_listed_at_once(tmp_path: Path) -> None:
    class Model(tg.Module):
        @tg.function(input_signature=[tg.TensorSpec([None, 3], tg.float32, name="x")])
        def __call__(self, x: tg.Tensor) -> tg.Tensor:
            return tg.math.cumsum(tg.gather(x, [0, 1], axis=1), axis=1)

    tg.saved_model.save(Model(), str(tmp_path))
    with pytest.raises(lite.UnimplementedError, match=r"cumsum \(1 times\), gather \(1 times\).*TG-6103"):
        convert(str(tmp_path))


def test_dtypes_that_the_profile_lacks(tmp_path: Path) -> None:
    class Model(tg.Module):
        @tg.function(input_signature=[tg.TensorSpec([None], tg.float64, name="x")])
        def __call__(self, x: tg.Tensor) -> tg.Tensor:
            return x * x

    tg.saved_model.save(Model(), str(tmp_path))
    with pytest.raises(lite.UnimplementedError, match="dtype number 13.*TG-6103"):
        convert(str(tmp_path))


def test_wrong_arguments(saved: tuple[str, Network], tmp_path: Path) -> None:
    with pytest.raises(lite.NotFoundError, match=r"serving_default.*TG-6102"):
        lite.Converter.from_saved_model(saved[0], signature_key="no")
    with pytest.raises(tg.errors.NotFoundError, match="TG-0401"):
        lite.Converter.from_saved_model(tmp_path)
    converter = lite.Converter.from_saved_model(saved[0])
    converter.optimizations = ["DEFAULT"]  # type: ignore[list-item]
    with pytest.raises(lite.InvalidArgumentError, match="TG-6104"):
        converter.convert()
