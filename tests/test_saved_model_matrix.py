"""Whoever writes saved models, whoever reads them: equal outputs, or a refusal that gives the reason."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import agents, lite, probability, serving
from tensegra.compat import upgrade_source

from .conftest import ROOT, Isolate

K = tg.keras
ROW = np.array([[0.5, -1.0, 2.0, 0.25]], np.float32)


class Refused(Exception):
    """A consumer does not take a model; the text has a code and the reason."""


# ---- producers: each writes a model of four numbers and gives the name of its input and the output for ROW


def sequential(directory: Path) -> tuple[str, Any]:
    K.utils.set_random_seed(1)
    model = K.Sequential([K.Input((4,), name="x"), K.layers.Dense(5, activation="relu"), K.layers.Dense(3)])
    model.compile("sgd", "mse")
    model.save(directory)
    return "x", model(tg.constant(ROW))


def functional(directory: Path) -> tuple[str, Any]:
    K.utils.set_random_seed(2)
    x = K.Input((4,), name="x")
    hidden = K.layers.Dense(4, activation="relu")(x)
    model = K.Model(x, K.layers.Dense(3)(K.layers.Add()([x, hidden])))
    model.compile("sgd", "mse")
    model.save(directory)
    return "x", model(tg.constant(ROW))


@K.utils.register_keras_serializable(package="matrix")
class Subclassed(K.Model):
    """A model with a `call` of its own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.first = K.layers.Dense(5, activation="relu")
        self.last = K.layers.Dense(3)

    def call(self, x: Any) -> Any:
        return self.last(self.first(x))


def subclassed(directory: Path) -> tuple[str, Any]:
    K.utils.set_random_seed(3)
    model = Subclassed()
    model.compile("sgd", "mse")
    output = model(tg.constant(ROW))
    model.save(directory)
    return "inputs", output


def agent(directory: Path) -> tuple[str, Any]:
    weights = tg.Variable(np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3))
    policy = agents.policies.GreedyPolicy(
        lambda x: tg.matmul(x, weights), tg.TensorSpec([None, 4], tg.float32, name="observation")
    )
    policy.save(directory)
    return "observation", policy.action(tg.constant(ROW))


def distribution(directory: Path) -> tuple[str, Any]:
    root = tg.Module()
    root.loc = tg.Variable([0.0, 1.0, 2.0, 3.0])
    normal = probability.distributions.Normal(root.loc, 2.0)
    root.log_prob = tg.function(
        lambda x: normal.log_prob(x), input_signature=[tg.TensorSpec([None, 4], tg.float32, name="x")]
    )
    tg.saved_model.save(root, directory, signatures=root.log_prob)
    return "x", root.log_prob(tg.constant(ROW))


def linear(**further: Any) -> tg.Module:
    root = tg.Module()
    root.w = tg.Variable(np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3))
    for name, value in further.items():
        setattr(root, name, value)
    return root


def module(directory: Path) -> tuple[str, Any]:
    root = linear()
    root.serve = tg.function(
        lambda x: tg.nn.softmax(x @ root.w), input_signature=[tg.TensorSpec([None, 4], tg.float32, name="x")]
    )
    tg.saved_model.save(root, directory, signatures=root.serve)
    return "x", root.serve(tg.constant(ROW))


def module_in_int8(directory: Path) -> tuple[str, Any]:
    root = linear()
    root.serve = tg.function(
        lambda x: x @ root.w, input_signature=[tg.TensorSpec([None, 4], tg.float32, name="x")]
    )
    options = tg.saved_model.SaveOptions(quantization="int8")
    tg.saved_model.save(root, directory, signatures=root.serve, options=options)
    scales = np.abs(root.w.numpy()).max(axis=0) / np.float32(127)
    return "x", tg.constant(ROW @ (np.rint(root.w.numpy() / scales) * scales).astype(np.float32))


def module_with_state(directory: Path) -> tuple[str, Any]:
    """A loop, a table and a random state."""
    table = tg.lookup.StaticHashTable(
        tg.lookup.KeyValueTensorInitializer(tg.constant([0, 1], tg.int64), [10.0, 20.0]), 0.0
    )
    root = linear(table=table, generator=tg.random.Generator.from_seed(3))

    @tg.function(input_signature=[tg.TensorSpec([None, 4], tg.float32, name="x")])
    def serve(x: Any) -> Any:
        steps = tg.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 0.5), (0, x))[1]
        return steps + table.lookup(tg.constant([0, 1, 2, 0], tg.int64)) + root.generator.normal([4])

    tg.saved_model.save(root, directory, signatures=serve)
    noise = tg.random.Generator.from_seed(3).normal([4])
    return "x", tg.constant(ROW) * 0.125 + tg.constant([10.0, 20.0, 0.0, 10.0]) + noise


PROGRAM = """
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 4])
y_ = tf.placeholder(tf.float32, [None, 3])
W = tf.Variable(tf.zeros([4, 3]))
b = tf.Variable(tf.ones([3]))
y = tf.nn.softmax(tf.matmul(x, W) + b)
loss = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1]))
step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(3):
        sess.run(step, feed_dict={x: np.eye(4), y_: np.eye(4)[:, :3]})
    print(sess.run(y, feed_dict={x: np.eye(4)}))
"""


def upgraded(directory: Path) -> tuple[str, Any]:
    """A program for TensorFlow 1.x, rewritten, run, and then saved with what it has trained."""
    result = upgrade_source(PROGRAM)
    names: dict[str, Any] = {"__name__": "upgraded"}
    source = directory.with_suffix(".py")  # tracing reads the source
    source.write_text(result.text)
    exec(compile(result.text, str(source), "exec"), names)
    root = tg.Module()
    root.w, root.b = names["W"], names["b"]
    root.serve = tg.function(
        lambda x: tg.nn.softmax(tg.matmul(x, root.w) + root.b),
        input_signature=[tg.TensorSpec([None, 4], tg.float32, name="x")],
    )
    assert np.ptp(root.w.numpy()) > 0.1  # it has learned something
    tg.saved_model.save(root, directory, signatures=root.serve)
    return "x", root.serve(tg.constant(ROW))


# ---- consumers: each gives the first output for ROW


CORE_ALONE = """
import sys
import numpy as np
import tensegra as tg
model = tg.saved_model.load(sys.argv[1])
row = np.frombuffer(bytes.fromhex(sys.argv[2]), np.float32).reshape(1, 4)
(value,) = model.signatures["serving_default"](**{sys.argv[3]: tg.constant(row)}).values()
assert not any(name.startswith(("tensegra.layers", "tensegra.agents")) for name in sys.modules)
print(value.dtype.name, *value.shape.as_list(), value.numpy().tobytes().hex())
"""


class Consumers:
    """What is made once for all cells."""

    def __init__(self, isolate: Isolate, folder: Path) -> None:
        self.alone = isolate("core", others=("numpy", "google", "protobuf"))
        self.program = folder / "run_model"
        command = [
            "cc",
            "-std=c11",
            str(ROOT / "docs" / "examples" / "c" / "run_model.c"),
            "-o",
            str(self.program),
        ]
        command += [f"-I{tg.sysconfig.get_include()}", *tg.sysconfig.get_link_flags()]
        subprocess.run(command, check=True)

    def core(self, directory: Path, name: str, expected: np.ndarray) -> np.ndarray:
        out = self.alone.output(CORE_ALONE, str(directory), ROW.tobytes().hex(), name)
        dtype, *sizes, data = out.split()
        return np.frombuffer(bytes.fromhex(data), dtype).reshape([int(size) for size in sizes])

    def c_program(self, directory: Path, name: str, expected: np.ndarray) -> np.ndarray:
        command = [str(self.program), str(directory), *map(str, ROW[0].tolist())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(done.stderr.strip())
        # The program prints the bits of what it has as float32.
        values = np.array(done.stdout.split(), np.float32)
        return values.view(expected.dtype).reshape(expected.shape)

    def server(self, directory: Path, name: str, expected: np.ndarray) -> np.ndarray:
        with serving.Server({"model": directory}, port=0) as running:
            body = json.dumps({"inputs": {name: ROW.tolist()}}).encode()
            try:
                with urllib.request.urlopen(f"{running.url}/v1/models/model:predict", body) as answer:
                    outputs = json.load(answer)["outputs"]
            except urllib.error.HTTPError as error:
                raise Refused(json.load(error)["error"]) from None
        if isinstance(outputs, dict):
            (outputs,) = outputs.values()
        return np.array(outputs, expected.dtype)

    def lite(self, directory: Path, name: str, expected: np.ndarray) -> np.ndarray:
        try:
            content = lite.Converter.from_saved_model(directory).convert()
        except lite.UnimplementedError as error:
            raise Refused(str(error)) from None
        interpreter = lite.Interpreter(model_content=content)
        (value,) = interpreter.get_signature_runner()(**{name: ROW}).values()
        return np.asarray(value)

    def fine_tuning(self, directory: Path, name: str, expected: np.ndarray) -> np.ndarray:
        try:
            model = K.models.load_model(directory)
        except tg.errors.Error as error:
            raise Refused(str(error)) from None
        found = model(tg.constant(ROW)).numpy()
        before = [variable.numpy() for variable in model.trainable_variables]
        model.fit(ROW, np.ones_like(found), verbose=0)
        assert any((a != b.numpy()).any() for a, b in zip(before, model.trainable_variables, strict=True))
        return found


PRODUCERS: dict[str, Callable[[Path], tuple[str, Any]]] = {
    each.__name__: each
    for each in (
        sequential,
        functional,
        subclassed,
        agent,
        distribution,
        module,
        module_in_int8,
        module_with_state,
        upgraded,
    )
}
CONSUMERS = ("core", "c_program", "server", "lite", "fine_tuning")

# Cells that are refused: the code, and what the message has to name. All others give equal outputs.
NOT_OF_LAYERS = (r"TG-1040", "must have been written by Model.save")
REFUSED: dict[tuple[str, str], tuple[str, str]] = {
    ("module_in_int8", "lite"): ("TG-6103", "stored in fewer bits"),
    ("module_with_state", "lite"): ("TG-6103", "a function with random_state"),
    **{
        (producer, "fine_tuning"): NOT_OF_LAYERS
        for producer in PRODUCERS
        if producer not in ("sequential", "functional", "subclassed")
    },
}
COUNTS: dict[str, int] = {}


@pytest.fixture(scope="module")
def consumers(isolate: Isolate, tmp_path_factory: pytest.TempPathFactory) -> Consumers:
    return Consumers(isolate, tmp_path_factory.mktemp("consumers"))


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str, np.ndarray]]:
    found = {}
    for producer, write in PRODUCERS.items():
        directory = tmp_path_factory.mktemp("models") / producer
        name, output = write(directory)
        found[producer] = directory, name, output.numpy()
    return found


@pytest.mark.parametrize("consumer", CONSUMERS)
@pytest.mark.parametrize("producer", PRODUCERS)
def test_cell(
    producer: str,
    consumer: str,
    consumers: Consumers,
    produced: dict[str, tuple[Path, str, np.ndarray]],
    tmp_path: Path,
) -> None:
    source, name, expected = produced[producer]
    directory = tmp_path / "model"
    shutil.copytree(source, directory)
    refusal = REFUSED.get((producer, consumer))
    try:
        found = getattr(consumers, consumer)(directory, name, expected)
    except Refused as error:
        assert refusal is not None, f"refused: {error}"
        code, reason = refusal
        assert code in str(error)
        assert reason in str(error)
        COUNTS["refused"] = COUNTS.get("refused", 0) + 1
        return
    assert refusal is None, "it is taken now: remove the cell from REFUSED"
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=1e-6)
    COUNTS["equal"] = COUNTS.get("equal", 0) + 1


def test_no_cell_is_empty(request: pytest.FixtureRequest) -> None:
    cells = sum(item.name.startswith("test_cell[") for item in request.session.items)
    print(f"saved-model matrix: {COUNTS.get('equal', 0)} equal, {COUNTS.get('refused', 0)} refused by name")
    assert sum(COUNTS.values()) == cells
