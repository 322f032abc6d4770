"""Errors of the engine that no other test of a Python part meets."""

from __future__ import annotations

from pathlib import Path

import pytest

import tensegra as tg
from tensegra import _native


def test_a_variable_without_a_value(tmp_path: Path) -> None:
    handle = _native.variable_create("empty", tg.float32._number, (2,), True, None)
    variable = tg.Variable._from_handle(handle, "empty", tg.float32, [2], True)
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0115"):
        variable.numpy()
    # It is saved and loaded as it is.
    tg.saved_model.save(variable, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0115"):
        loaded.numpy()
    loaded.assign([1.0, 2.0])
    assert loaded.numpy().tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "function",
        'function "f" {',
        'function "f" {\n  %0 = input "x" float33[]\n  return %0\n}',
        "\0\1\2",
    ],
)
def test_text_that_is_no_graph(text: str) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0306"):
        _native.Function.parse(text)


def test_the_text_of_a_graph_is_read_back() -> None:
    function = tg.function(lambda x, y: (tg.matmul(x, y, transpose_b=True), tg.reduce_sum(x, axis=[0])))
    concrete = function.get_concrete_function(tg.TensorSpec([None, 3]), tg.TensorSpec([2, 3]))
    again = _native.Function.parse(concrete.graph)
    assert again.text() == concrete.graph
    x, y = tg.random.normal([4, 3]), tg.random.normal([2, 3])
    for one, other in zip(again.call([x, y]), concrete(x, y)):
        assert one.numpy().tobytes() == other.numpy().tobytes()


def test_a_resource_of_another_kind() -> None:
    variable = tg.Variable(1.0)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"random_uniform.*TG-0501"):
        _native.execute("random_uniform", (variable.handle, [2]))
    state = _native.execute("random_state", (), {"seed": 1, "seed2": 2})
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0501"):
        _native.variable_read(state)


def test_a_plug_in_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "plugin.so").write_bytes(b"not a library")
    for path in (tmp_path / "plugin.so", tmp_path / "missing.so"):
        with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0503"):
            _native.load_plugin(str(path))


def test_more_memory_than_there_is() -> None:
    with pytest.raises(tg.errors.ResourceExhaustedError, match="TG-0119"):
        tg.zeros([1 << 30, 1 << 25])


def test_a_gradient_through_an_op_without_one() -> None:
    limit = tg.constant(3.0)
    assert not _native.find_op("range").differentiable
    with tg.GradientTape() as tape:
        tape.watch(limit)
        y = tg.range(0.0, limit, 1.0)
    with pytest.raises(tg.errors.UnimplementedError, match=r"range.*TG-0113"):
        tape.gradient(y, limit)


def test_a_graph_that_breaks_a_rule() -> None:
    concrete = tg.function(lambda x: tg.exp(tg.exp(x))).get_concrete_function(tg.TensorSpec([2]))
    assert '"exp:1"' in concrete.graph
    with pytest.raises(tg.errors.InternalError, match=r"node 'exp:0'.*TG-0301"):
        _native.Function.parse(concrete.graph.replace('"exp:1"', '"exp:0"'))
