from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg

_SPEC = tg.TensorSpec([None], tg.float32, name="x")


def test_kinds_of_signatures(tmp_path: Path) -> None:
    v = tg.Variable(2.0)
    several = tg.function(lambda x, y: (x + y, v * x))
    named = tg.function(
        lambda b, a: {"z": b - a, "m": v * a}, input_signature=[_SPEC, tg.TensorSpec([], name="a")]
    )
    traced = tg.function(lambda x: v * x)
    traced(tg.constant([1.0]))
    signatures = {
        "several": several.get_concrete_function(_SPEC, tg.TensorSpec([None], tg.float32)),
        "named": named,
        "traced": traced,
    }
    tg.saved_model.save(tg.Module(), tmp_path, signatures=signatures)
    loaded = tg.saved_model.load(tmp_path)
    assert list(loaded.signatures) == ["several", "named", "traced"]
    x, y = tg.constant([1.0, 2.0]), tg.constant([10.0, 20.0])
    result = loaded.signatures["several"](x=x, y=y)
    assert {name: value.numpy().tolist() for name, value in result.items()} == {
        "output_0": [11.0, 22.0],
        "output_1": [2.0, 4.0],
    }
    result = loaded.signatures["named"](a=3.0, x=x)
    assert {name: value.numpy().tolist() for name, value in result.items()} == {"z": [-2.0, -1.0], "m": 6.0}
    function = loaded.signatures["named"]
    assert function.structured_input_signature == ((), {"a": tg.TensorSpec([], name="a"), "x": _SPEC})
    assert function.structured_outputs == {
        "m": tg.TensorSpec([], tg.float32, name="m"),
        "z": tg.TensorSpec([None], tg.float32, name="z"),
    }
    assert [variable.numpy() for variable in function.variables] == [2.0]


def test_one_function_is_serving_default(tmp_path: Path) -> None:
    f = tg.function(lambda x: x, input_signature=[_SPEC])
    tg.saved_model.save(tg.Module(), tmp_path, signatures=f)
    assert list(tg.saved_model.load(tmp_path).signatures) == ["serving_default"]


def test_the_engine_alone_runs_a_signature(tmp_path: Path, saved: Path, model: Any) -> None:
    from tensegra import _native

    reader = _native.Model.load(str(saved))
    assert reader.signatures() == ["serving_default"]
    assert reader.signature_inputs("serving_default") == [("x", 12, (-2, 3))]
    x = tg.ones([2, 3])
    logits, row = reader.run("serving_default", [x])
    np.testing.assert_array_equal(logits, model(x)["logits"])
    np.testing.assert_array_equal(row, model.table[3])


def test_a_name_that_does_not_exist(saved: Path) -> None:
    signatures = tg.saved_model.load(saved).signatures
    with pytest.raises(tg.errors.NotFoundError, match=r"'predict'.*There are: serving_default.*TG-0406"):
        signatures["predict"]
    assert "predict" not in signatures
    assert signatures.get("predict") is None


@pytest.mark.parametrize(
    "kwargs",
    [{}, {"y": [[1.0, 2.0, 3.0]]}, {"x": [[1.0, 2.0]]}, {"x": tg.constant([[1, 2, 3]])}, {"x": "text"}],
)
def test_wrong_tensors(saved: Path, kwargs: Any) -> None:
    serve = tg.saved_model.load(saved).signatures["serving_default"]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
        serve(**kwargs)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
        serve([[1.0, 2.0, 3.0]])


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda x: x, "must be a tg.function"),
        (tg.function(lambda x: x), "exactly one trace, this one has 0"),
        (tg.function(lambda x: None, input_signature=[_SPEC]), "must return a tensor"),
        (tg.function(lambda x: {}, input_signature=[_SPEC]), "must return a tensor"),
        (tg.function(lambda x: {"a": [x]}, input_signature=[_SPEC]), "must return a tensor"),
        (tg.function(lambda x: {1: x}, input_signature=[_SPEC]), "must return a tensor"),
        (tg.function(lambda x: (x, None), input_signature=[_SPEC]), "must return a tensor"),
    ],
)
def test_what_is_no_signature(function: Any, text: str, tmp_path: Path) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"signature 's': .*{text}.*TG-0409"):
        tg.saved_model.save(tg.Module(), tmp_path / "m", signatures={"s": function})
    assert not (tmp_path / "m").exists()


def test_wrong_signature_arguments(tmp_path: Path) -> None:
    f = tg.function(lambda x: x, input_signature=[_SPEC])
    for signatures in ([f], {1: f}, {"": f}):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0409"):
            tg.saved_model.save(tg.Module(), tmp_path, signatures=signatures)  # type: ignore[arg-type]
