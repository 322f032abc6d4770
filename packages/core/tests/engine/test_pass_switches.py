"""Switches of passes, and what functions tell of their graphs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tensegra as tg

from .pass_harness import NAMES, ops, switched

DOCS = Path(__file__).parents[4] / "docs" / "graphs.md"


def test_a_switch_counts_from_the_next_call_on() -> None:
    f = tg.function(lambda x: tg.exp(x) * 2.0 + 1.0)
    x = tg.constant([1.0, 2.0])
    concrete = f.get_concrete_function(x)
    assert "_fused_elementwise" in ops(concrete)
    with switched(off=["fuse_elementwise"]):
        assert "_fused_elementwise" not in ops(concrete)
        plain = f(x).numpy()
    np.testing.assert_array_equal(f(x).numpy(), plain)


def test_names_of_tensorflow_stand_for_several() -> None:
    with switched():
        tg.config.optimizer.set_experimental_options({"remapping": False})
        assert not tg.config.optimizer.get_experimental_options()["fuse_elementwise"]
        tg.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        assert not any(tg.config.optimizer.get_experimental_options().values())
    assert all(tg.config.optimizer.get_experimental_options().values())


def test_unknown_names_and_values_are_refused() -> None:
    with pytest.raises(tg.errors.NotFoundError, match=r"fuse_elementwise.*TG-0770"):
        tg.config.optimizer.set_experimental_options({"no_such_pass": True})
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        tg.config.optimizer.set_experimental_options({"simplify": 1})  # type: ignore[dict-item]


def test_the_environment_says_how_they_begin() -> None:
    program = "import tensegra as tg; print(tg.config.optimizer.get_experimental_options())"
    for text, off in [("-simplify,-merge_common", {"simplify", "merge_common"}), ("-all +drop_dead", None)]:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "TENSEGRA_PASSES": text, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        found = {name for name, enabled in eval(done.stdout).items() if not enabled}
        assert found == (off if off is not None else set(NAMES) - {"drop_dead"})


def test_the_document_lists_them_all() -> None:
    text = DOCS.read_text()
    assert [name for name in NAMES if f"`{name}`" not in text] == []


def test_statistics_tell_what_passes_save() -> None:
    def f(x: tg.Tensor, w: tg.Tensor) -> tg.Tensor:
        y = tg.matmul(x, w)
        return tg.exp(y) * 2.0 + tg.sqrt(tg.abs(y))

    x, w = tg.ones([32, 64]), tg.ones([64, 16])
    costs = tg.function(f).get_concrete_function(x, w).statistics(x, w)
    written, optimized = costs["written"], costs["optimized"]
    assert written["operations"] >= 2 * 32 * 64 * 16
    assert optimized["instructions"] < written["instructions"]
    assert optimized["bytes"] < written["bytes"]
    assert optimized["peak_bytes"] <= written["peak_bytes"]
    assert written["arena_bytes"] >= 32 * 16 * 4


def test_errors_are_those_of_the_program_as_written() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None], tg.float32), tg.TensorSpec([None], tg.float32)])
    def f(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        return tg.exp(x + y) * 2.0

    assert f(tg.ones([3]), tg.ones([3])).shape == (3,)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[add\].*TG-0101"):
        f(tg.ones([2]), tg.ones([3]))
