"""The op library of the documentation: loaded, used, and taken through the conformance suite."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import tensegra as tg

REFERENCES = {
    "example::softsign": lambda x, sharpness=1.0: x / (1 + np.abs(np.asarray(sharpness, x.dtype) * x)),
    "example::run_lengths": lambda x: (
        x[np.r_[True, x[1:] != x[:-1]]],
        np.diff(np.r_[np.flatnonzero(np.r_[True, x[1:] != x[:-1]]), x.size]),
    ),
}


def test_its_functions_look_like_those_of_core(example_ops: ModuleType) -> None:
    assert example_ops.__all__ == ["run_lengths", "softsign"]
    assert str(inspect.signature(example_ops.softsign)) == "(x, sharpness=None, name=None)"
    assert example_ops.softsign.__doc__.startswith("x / (1 + |sharpness * x|).")
    np.testing.assert_allclose(
        example_ops.softsign([1.0, -3.0], sharpness=0.5), [1 / 1.5, -3 / 2.5], rtol=1e-6
    )
    values, lengths = example_ops.run_lengths(tg.constant([3, 3, 1, 3], tg.int64), name="runs")
    assert (values.numpy().tolist(), lengths.numpy().tolist()) == ([3, 1, 3], [2, 1, 1])
    with pytest.raises(TypeError, match="missing a required argument"):
        example_ops.softsign()
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[example::softsign\].*TG-0123"):
        example_ops.softsign([1.0], sharpness=0.0)


def test_loading_again_gives_the_same_module(example_ops: ModuleType) -> None:
    assert tg.load_op_library(example_ops.__file__) is example_ops
    tg.load_library(Path(example_ops.__file__).parent)


def test_conformance(example_ops: ModuleType) -> None:
    checks = tg.testing.op_conformance(example_ops, REFERENCES)
    names = [str(check) for check in checks]
    assert "example::softsign (sample 0): gradient" in names
    assert "example::run_lengths (sample 1): values" in names
    for check in checks:
        check()


WRONG = {
    "square": lambda x: x + 1,  # other values
}


def test_conformance_finds_what_is_wrong() -> None:
    (check, *_) = tg.testing.op_conformance(["square"], WRONG)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check()
    with pytest.raises(tg.errors.NotFoundError, match="TG-0112"):
        tg.testing.op_conformance(["example::nothing"])
    with pytest.raises(ValueError, match="has no samples"):
        tg.testing.op_conformance(["assign_variable"])


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    for load in (tg.load_op_library, tg.load_library):
        with pytest.raises(tg.errors.NotFoundError, match=r"missing\.so.*TG-0755"):
            load(tmp_path / "missing.so")
    with pytest.raises(tg.errors.NotFoundError, match="TG-0755"):
        tg.load_library(tmp_path)
    (tmp_path / "text.so").write_text("not a library")
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0503"):
        tg.load_library(tmp_path)
