from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra._saved_model._messages import message_class


class Model(tg.Module):
    """Two layers, a function with options, a large constant."""

    def __init__(self) -> None:
        super().__init__()
        rng = np.random.default_rng(0)
        self.w = tg.Variable(rng.normal(size=(3, 4)).astype(np.float32), name="w")
        self.b = tg.Variable(np.zeros(4, np.float32), name="b")
        self.steps = tg.Variable(0, dtype=tg.int64, trainable=False, name="steps")
        self.table = tg.constant(rng.normal(size=(50, 40)).astype(np.float32))

    @tg.function(input_signature=[tg.TensorSpec([None, 3], tg.float32, name="x")])
    def __call__(self, x: Any) -> Any:
        return {"logits": x @ self.w + self.b, "row": self.table[3]}

    @tg.function
    def scale(self, x: Any, factor: float = 2.0, *, square: bool = False) -> Any:
        return factor * x * x if square else factor * x


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> Path:
    """A saved `Model`, whose `scale` has two traces."""
    model.scale(tg.ones([2]))
    model.scale(tg.ones([3]), square=True)
    tg.saved_model.save(model, tmp_path / "model")
    return tmp_path / "model"


class Editor:
    """Reads and writes saved_model.pb."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "saved_model.pb"
        self.message = message_class("SavedModel").FromString(self.path.read_bytes())

    def write(self) -> None:
        self.path.write_bytes(self.message.SerializeToString())


@pytest.fixture
def editor(saved: Path) -> Editor:
    return Editor(saved)
