"""Ops that are built out of tree against the headers and loaded into the process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

from .programs import HERE, build

X = np.linspace(-1.5, 1.5, 7, dtype=np.float32)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("op_library") / "op_library.so"
    build(HERE / "op_library.cc", target, ["-shared", "-fPIC"])
    _native.load_plugin(str(target))
    return target


def hyperbolic(x: Any, scale: float = 1.0) -> Any:
    return _native.execute("test::hyperbolic", (x,), {"scale": scale})


def truncate(x: Any) -> Any:
    return _native.execute("test::truncate", (x,))


def test_runs_eagerly(library: Path) -> None:
    np.testing.assert_allclose(hyperbolic(tg.constant(X), 0.5), np.sinh(0.5 * X), rtol=1e-6)
    np.testing.assert_array_equal(truncate(tg.constant(X)), np.trunc(X))
    total = _native.execute("test::sum_all", ([tg.constant(X)] * 3,))
    np.testing.assert_array_equal(total, X + X + X)
    op = _native.find_op("test::hyperbolic")
    assert (op.differentiable, op.composite, op.version) == (True, False, 1)


def test_loading_again_does_nothing(library: Path) -> None:
    _native.load_plugin(str(library))


def test_runs_in_a_function(library: Path) -> None:
    @tg.function
    def f(x: Any) -> Any:
        return hyperbolic(truncate(x * 2.0) + 0.5)

    for values in (X, X[:3]):
        np.testing.assert_array_equal(
            f(tg.constant(values)), hyperbolic(truncate(tg.constant(values) * 2.0) + 0.5)
        )
    text = f.get_concrete_function(tg.TensorSpec([7], tg.float32)).graph
    assert "test::hyperbolic" in text
    assert _native.Function.parse(text).text() == text


@pytest.mark.parametrize("traced", [False, True])
def test_has_gradients_of_both_orders(library: Path, traced: bool) -> None:
    f = tg.function(lambda x: hyperbolic(x, 0.5)) if traced else lambda x: hyperbolic(x, 0.5)
    x = tg.constant(X)
    with tg.GradientTape() as outer:
        outer.watch(x)
        with tg.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        dy = inner.gradient(y, x)
    np.testing.assert_allclose(dy, 0.5 * np.cosh(0.5 * X), rtol=1e-6)
    np.testing.assert_allclose(outer.gradient(dy, x), 0.25 * np.sinh(0.5 * X), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("traced", [False, True])
def test_an_op_without_gradient_is_named_when_its_gradient_is_asked_for(library: Path, traced: bool) -> None:
    def both(x: Any) -> Any:
        return truncate(x), tg.square(x)

    f = tg.function(both) if traced else both
    x = tg.constant(X)
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        steps, smooth = f(x)
        behind = steps * 2.0
    np.testing.assert_allclose(tape.gradient(smooth, x), 2 * X)
    for target in (steps, behind):
        with pytest.raises(tg.errors.UnimplementedError, match=r"test::truncate.*TG-0113"):
            tape.gradient(target, x)


def test_an_error_of_its_kernel_names_it(library: Path) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[test::hyperbolic\].*TG-0106"):
        hyperbolic(tg.constant(X), 0.0)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"test::truncate.*TG-0102"):
        truncate(tg.constant([1]))


def test_what_is_no_plug_in_is_refused(tmp_path: Path) -> None:
    with pytest.raises(tg.errors.FailedPreconditionError, match=r"missing\.so.*TG-0503"):
        _native.load_plugin(str(tmp_path / "missing.so"))
    text = tmp_path / "text.so"
    text.write_text("not a library")
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0503"):
        _native.load_plugin(str(text))
    source = tmp_path / "empty.cc"
    source.write_text("int nothing;\n")
    empty = build(source, tmp_path / "empty.so", ["-shared", "-fPIC"])
    with pytest.raises(tg.errors.FailedPreconditionError, match=r"tg_plugin_init.*TG-0503"):
        _native.load_plugin(str(empty))


BAD = """
#include "tensegra/op.hpp"
namespace {{
void infer(tg::InferContext& c) {{ c.set_output(0, c.dtype(0), c.dims(0)); }}
void kernel(tg::KernelContext& c) {{ c.output<float>(0)[0] = 0; }}
TG_OP("{signature}").infer<infer>(){kernel};
}}
TG_PLUGIN()
"""


@pytest.mark.parametrize(
    ("signature", "kernel", "rule"),
    [
        ("add(x: float32) -> float32", ".kernel<kernel>()", "must be free"),
        ("test::broken(x: float33) -> float32", ".kernel<kernel>()", "float33"),
        ("test::broken(x float32)", ".kernel<kernel>()", "grammar"),
        ("test::empty(x: float32) -> float32", "", "kernel"),
    ],
)
def test_a_wrong_definition_is_refused(tmp_path: Path, signature: str, kernel: str, rule: str) -> None:
    source = tmp_path / "bad.cc"
    # A definition without its callbacks must not warn of unused functions.
    source.write_text(BAD.format(signature=signature, kernel=kernel))
    bad = build(source, tmp_path / "bad.so", ["-shared", "-fPIC", "-Wno-unused-function"])
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"{rule}.*TG-0120"):
        _native.load_plugin(str(bad))
    assert not any(op.name in ("test::broken", "test::empty") for op in _native.all_ops())
