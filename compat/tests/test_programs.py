"""Each program is upgraded and run; every number it records is computed again with NumPy, gradients by differences."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensegra.compat import UpgradeResult, upgrade_source

Run = Callable[..., dict[str, Any]]
Loss = Callable[..., float]
PROGRAMS = sorted(path.stem for path in (Path(__file__).parent / "programs").glob("*.py"))


def gradients(loss: Loss, values: list[np.ndarray]) -> list[np.ndarray]:
    """Central differences in float64."""
    found = []
    for value in values:
        slope = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            kept = value[index]
            value[index] = kept + 1e-6
            above = loss(*values)
            value[index] = kept - 1e-6
            slope[index] = (above - loss(*values)) / 2e-6
            value[index] = kept
        found.append(slope)
    return found


def descend(loss: Loss, values: list[np.ndarray], rate: float) -> float:
    """One step in place; gives the loss before it."""
    before = loss(*values)
    for value, slope in zip(values, gradients(loss, values), strict=True):
        value -= rate * slope
    return before


def softmax(logits: np.ndarray) -> np.ndarray:
    """Row by row."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def float64(*arrays: Any) -> list[np.ndarray]:
    """Copies to count with."""
    return [np.array(array, dtype=np.float64) for array in arrays]


def test_linear_regression(run_upgraded: Run) -> None:
    program = run_upgraded("linear_regression")
    xs, ys = program["train_X"], program["train_Y"]
    rng = np.random.RandomState(3)
    line = float64(rng.randn(), rng.randn())

    def cost(w: np.ndarray, b: np.ndarray, x: Any, y: Any) -> float:
        return float(np.sum((x * w + b - y) ** 2) / (2 * len(xs)))

    costs = []
    for epoch in range(5):
        for x, y in zip(xs, ys, strict=True):
            descend(lambda w, b, x=x, y=y: cost(w, b, x, y), line, 0.02)
        if (epoch + 1) % 2 == 0:
            costs.append(cost(*line, xs, ys))
    np.testing.assert_allclose(program["costs"], costs, rtol=1e-5)
    np.testing.assert_allclose(program["training_cost"], cost(*line, xs, ys), rtol=1e-5)
    np.testing.assert_allclose([program["final_W"], program["final_b"]], line, rtol=1e-5)
    assert program["stdout"].startswith(f"Epoch: 0002 cost= {program['costs'][0]:.9f} W= ")


def test_interactive(run_upgraded: Run) -> None:
    program = run_upgraded("interactive")
    features, targets = program["features"], program["targets"]
    values = float64(np.zeros((3, 1)), np.full(1, 0.1))

    def loss(w: np.ndarray, b: np.ndarray, x: np.ndarray, t: np.ndarray) -> float:
        z = x @ w + b
        return float(np.mean(np.logaddexp(0, z) - t * z))

    losses, accuracies = [], []
    for i in range(12):
        if i % 4 == 0:
            accuracies.append(np.mean((features @ values[0] + values[1] > 0) == (targets > 0.5)))
        losses.append(loss(*values, features, targets))
        x, t = features[i::4], targets[i::4]
        if len(x):
            descend(lambda w, b, x=x, t=t: loss(w, b, x, t), values, 0.5)
    np.testing.assert_allclose(program["losses"], losses, rtol=1e-5)
    np.testing.assert_allclose(program["accuracies"], accuracies, rtol=1e-6)
    np.testing.assert_allclose(program["final"], values[0], atol=1e-5)


def test_add_layer(run_upgraded: Run) -> None:
    program = run_upgraded("add_layer")
    x, y = program["data_x"], program["data_y"]
    values = float64(program["first"], np.full((1, 6), 0.1), program["second"], np.full((1, 3), 0.1))

    def predict(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> np.ndarray:
        return softmax(np.tanh(x @ w1 + b1) @ w2 + b2)

    def loss(*weights: np.ndarray) -> float:
        return float(np.mean(-np.sum(y * np.log(predict(*weights)), axis=1)))

    accuracies = []
    for i in range(20):
        descend(loss, values, 0.5)
        if i % 10 == 0:
            accuracies.append(np.mean(predict(*values).argmax(1) == y.argmax(1)))
    np.testing.assert_allclose(program["accuracies"], accuracies)
    np.testing.assert_allclose(program["last_loss"], loss(*values), rtol=1e-5)


def test_perceptron(run_upgraded: Run) -> None:
    program = run_upgraded("perceptron")
    rng = np.random.RandomState(1)
    rng.randn(32, 4), rng.randint(0, 3, size=32)
    x, y = program["samples"].astype(np.float64), program["classes"]
    h1, out = (rng.randn(4, 5).astype(np.float32), rng.randn(5, 3).astype(np.float32))
    values = float64(h1, out, np.zeros(5), np.zeros(3))

    def logits(
        rows: np.ndarray, h1: np.ndarray, out: np.ndarray, b1: np.ndarray, b2: np.ndarray
    ) -> np.ndarray:
        return np.maximum(rows @ h1 + b1, 0) @ out + b2

    history = []
    for _ in range(4):
        total = 0.0
        for i in range(4):
            rows, wanted = x[i * 8 : i * 8 + 8], y[i * 8 : i * 8 + 8]
            total += descend(
                lambda *w, rows=rows, wanted=wanted: float(
                    -np.mean(np.log(softmax(logits(rows, *w))[np.arange(8), wanted]))
                ),
                values,
                0.3,
            )
        history.append(total / 4)
    np.testing.assert_allclose(program["history"], history, rtol=1e-5)
    np.testing.assert_array_equal(program["predicted"], logits(x, *values).argmax(1))
    np.testing.assert_allclose(program["h1"], values[0], atol=1e-5)
    np.testing.assert_array_equal(program["unused"], [1, 1])


def test_two_losses(run_upgraded: Run) -> None:
    program = run_upgraded("two_losses")
    rng = np.random.RandomState(2)
    data = rng.randn(16, 3)
    encode, decode, gain = rng.randn(3, 2), rng.randn(2, 3), np.ones(3)

    def error(x: np.ndarray) -> float:
        return float(np.mean((x @ encode @ decode - x) ** 2))

    def size(x: np.ndarray) -> float:
        return float(np.mean(np.sum(np.abs(x @ encode), axis=1)))

    errors, sizes, penalties, gains = [], [], [], []
    for turn in range(3):
        x = data[turn::3]
        sizes.append(size(x))
        errors.append(descend(lambda _, x=x: error(x), [decode], 0.05))
        penalties.append(descend(lambda _, x=x: error(x) + 0.1 * size(x), [encode], 0.1))
        gains.append(descend(lambda g: float(np.mean((data * g - 2.0) ** 2)), [gain], 0.1))
    for name, values in {"errors": errors, "sizes": sizes, "penalties": penalties, "gains": gains}.items():
        np.testing.assert_allclose(program[name], values, rtol=1e-7, err_msg=name)
    assert [int(step) for step in program["steps"]] == [2, 4, 6]
    np.testing.assert_allclose(program["codes"], data[:2] @ encode, rtol=1e-7)
    np.testing.assert_allclose(program["final_gain"], gain, rtol=1e-7)


def test_convolution(run_upgraded: Run) -> None:
    program = run_upgraded("convolution")
    images, labels = program["images"].reshape(6, 4, 4), program["labels"]
    values = float64(*program["start"])

    def loss(w: np.ndarray, b: np.ndarray, dense: np.ndarray, offset: np.ndarray) -> float:
        padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
        patches = np.stack([padded[:, i : i + 4, j : j + 4] for i in range(3) for j in range(3)], axis=-1)
        maps = np.maximum(patches @ w.reshape(9, 4) + b, 0)
        pooled = maps.reshape(6, 2, 2, 2, 2, 4).max(axis=(2, 4)).reshape(6, 16)
        return float(np.mean(-np.sum(labels * np.log(softmax(pooled @ dense + offset)), axis=1)))

    losses = [descend(loss, values, 0.1) for _ in range(3)]
    np.testing.assert_allclose(program["losses"], losses, rtol=1e-5)
    for end, value in zip(program["end"], values, strict=True):
        np.testing.assert_allclose(end, value, atol=1e-5)
    # What was read before training still is what it was.
    assert not np.allclose(program["start"][0], program["end"][0], atol=1e-6)
    assert re.fullmatch(r"accuracy [01](\.\d+)?\n", program["stdout"])


def test_from_imports(run_upgraded: Run) -> None:
    program = run_upgraded("from_imports")
    batch = program["batch"]
    slope = [np.array([[1.0], [-2.0]])]

    def outputs(w: np.ndarray) -> np.ndarray:
        return np.maximum(batch @ w, 0)

    def loss(w: np.ndarray) -> float:
        return float(np.mean((outputs(w) - 1.0) ** 2))

    np.testing.assert_allclose(program["before"], [[outputs(slope[0]).sum()]], rtol=1e-6)
    np.testing.assert_allclose(program["first_loss"], descend(loss, slope, 0.25), rtol=1e-6)
    total, after = program["after"]
    np.testing.assert_allclose(total, [[outputs(slope[0]).sum()]], rtol=1e-5)
    np.testing.assert_allclose(after, loss(slope[0]), rtol=1e-5)


def test_main_guard(run_upgraded: Run) -> None:
    program = run_upgraded("main_guard")
    x, y = program["inputs"], program["wanted"]
    values = float64(*program["initial"])

    def forward(rows: np.ndarray, weights: tuple[np.ndarray, ...]) -> np.ndarray:
        for weight in weights[:-1]:
            rows = np.tanh(rows @ weight)
        return rows @ weights[-1]

    def plain(*weights: np.ndarray) -> float:
        return float(np.mean((forward(x, weights) - y) ** 2))

    losses = []
    for _ in range(5):
        before = plain(*values)
        losses.append(
            (descend(lambda *w: plain(*w) + 0.01 * float(np.sum(w[0] ** 2)) / 2, values, 0.1), before)
        )
    np.testing.assert_allclose(program["losses"], losses, rtol=1e-5)
    np.testing.assert_allclose(program["result"], forward(x[:4], tuple(values)), atol=1e-5)


def test_in_main(run_upgraded: Run) -> None:
    program = run_upgraded("in_main")
    rng = np.random.RandomState(11)
    kernel = [rng.randn(4, 1)]
    data = rng.randn(12, 4)
    losses = [
        descend(lambda k: float(np.mean((data @ k - data[:, :1] * 2.0) ** 2)), kernel, 0.05) for _ in range(6)
    ]
    np.testing.assert_allclose(program["losses"], losses[::2], rtol=1e-7)
    np.testing.assert_allclose(program["kernel_end"], kernel[0], rtol=1e-6)


def test_constants(run_upgraded: Run) -> None:
    program = run_upgraded("constants")
    assert program["addition"] == 5
    np.testing.assert_array_equal(program["result"], [[12.0]])
    np.testing.assert_array_equal(program["both"][1], [[120.0]])
    assert program["stdout"] == "a=2, b=3\nAddition with constants: 5\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_upgrading_twice_changes_nothing(upgraded: Callable[..., UpgradeResult], name: str) -> None:
    once = upgraded(name)
    twice = upgrade_source(once.text)
    assert (twice.status, twice.text) == ("unchanged", once.text)


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_of_the_graph_is_left(upgraded: Callable[..., UpgradeResult], name: str) -> None:
    text = upgraded(name).text
    for word in (
        "tensorflow",
        "Session",
        "placeholder",
        "feed_dict={",
        "_initializer",
        "Optimizer",
        "name_scope",
    ):
        assert word not in re.sub(r'""".*?"""|\'\'\'.*?\'\'\'|#.*', "", text, flags=re.DOTALL), word


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_alias_tg_gives_the_same_program(upgraded: Callable[..., UpgradeResult], name: str) -> None:
    kept, renamed = upgraded(name).text, upgraded(name, alias="tg").text
    assert "import tensegra as tg\n" in renamed
    root = "tensegra" if "import tensegra\n" in kept else "tf"
    code = re.sub(rf"(?<![\w.]){root}\.(?=[a-zA-Z])", "tg.", kept)
    code = code.replace("import tensegra as tf\n", "import tensegra as tg\n").replace(
        "import tensegra\n", "import tensegra as tg\n"
    )
    assert _squeezed(renamed) == _squeezed(code)


def _squeezed(text: str) -> str:
    """Without white space, since lines break where they are too long."""
    return re.sub(r",(?=[)\]])", "", re.sub(r"\s+", "", text))
