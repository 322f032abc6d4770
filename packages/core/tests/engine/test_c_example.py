"""The C programs of the documentation: one runs a model that Python saved, one builds a graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tensegra as tg

from .programs import CORE, build, run

EXAMPLES = CORE.parents[1] / "docs" / "examples" / "c"
SOURCE = EXAMPLES / "run_model.c"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(SOURCE, tmp_path_factory.mktemp("example") / "run_model")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    class Linear(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = tg.Variable(np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3))

        @tg.function(input_signature=[tg.TensorSpec([None, 4], tg.float32, name="x")])
        def predict(self, x: tg.Tensor) -> tg.Tensor:
            return tg.nn.softmax(x @ self.w)

    module = Linear()
    directory = tmp_path_factory.mktemp("models") / "linear"
    tg.saved_model.save(module, str(directory), signatures={"serving_default": module.predict})
    return directory, module.predict(tg.constant([[5.1, 3.5, 1.4, 0.2]])).numpy()


def test_it_gives_the_same_bits(program: Path, model: tuple[Path, np.ndarray]) -> None:
    directory, expected = model
    result = run(program, directory, 5.1, 3.5, 1.4, 0.2)
    assert result.returncode == 0, result.stderr
    np.testing.assert_array_equal(np.array(result.stdout.split(), np.float32), expected[0])


def test_its_errors_are_clear(program: Path, model: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    result = run(program, tmp_path / "nothing", 1)
    assert (result.returncode, "(TG-0401)" in result.stderr) == (1, True)
    result = run(program, model[0], 1, 2)
    assert (result.returncode, "(TG-0303)" in result.stderr) == (1, True), result.stderr


def test_it_is_short() -> None:
    assert len(SOURCE.read_text().splitlines()) <= 40


def test_a_graph_is_built_and_run(tmp_path: Path) -> None:
    result = run(build(EXAMPLES / "build_graph.c", tmp_path / "build_graph"))
    assert result.returncode == 0, result.stderr
    *graph, first, again, second = result.stdout.splitlines()
    assert "matmul" in "".join(graph)
    assert [first, again, second] == ["15 0", "15 0", "0 15"]
