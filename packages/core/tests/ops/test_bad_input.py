"""Whatever an op is given, it gives a result or an error of the catalogue that names it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

from .calls import OPS, Call, attributes_of, samples

EXTREME_INTS = (0, -1, 1, -2, 9, -9, 255, 2**31 - 1, -(2**31), 2**31, 2**62, 2**63 - 1, -(2**63))
EXTREME_FLOATS = (0.0, -1.0, 1e-45, 1e308, float("nan"), float("inf"), float("-inf"))
DTYPES = ("bool", "int8", "int64", "uint8", "uint64", "float16", "float32", "float64", "complex64", "object")
# More elements than memory has bytes, by one size or by the product of several; what multiplies must see it first.
HUGE = ([2**62], [2**40, 2**40], [2**31, 2**31, 4], [0, 2**62, 2**62], [2**63 - 1])


def first_samples() -> list[Call]:
    return [calls[0] for op in OPS if (calls := samples(op))]


def may_refuse(call: Call) -> None:
    """Runs it; an error must be one of the catalogue."""
    try:
        results = call.outputs()
    except tg.errors.Error as error:
        assert error.error_code, (call, error)
        assert error.error_code != "TG-0001", (call, error)
        return
    for result in results:
        if result is not None and result._dtype_number != tg.resource._number:
            result._numpy()


def changed_inputs(
    call: Call, change: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
) -> Iterator[Call]:
    """The call with one input changed, each in turn, and with all of them changed."""
    for i in range(len(call.inputs)):
        inputs = list(call.inputs)
        inputs[i] = change(inputs[i])
        yield replace(call, inputs=tuple(inputs))
    if len(call.inputs) > 1:
        yield replace(call, inputs=tuple(map(change, call.inputs)))


def to(dtype: str) -> Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]:
    def change(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if dtype == "object":
            return x.astype(str).astype(object)
        return x if x.dtype == object else x.astype(dtype)

    return change


def fill(value: float) -> Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]:
    def change(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.full_like(x, value) if x.dtype.kind in "fc" else x

    return change


def whole(value: int) -> Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]:
    def change(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if x.dtype.kind not in "iu":
            return x
        info = np.iinfo(x.dtype)
        return np.full_like(x, min(max(value, info.min), info.max))

    return change


CHANGES: dict[str, Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]] = {
    "a rank more": lambda x: x[None] if x.ndim < 8 else x,
    "a rank less": lambda x: x.reshape(x.shape[1:]) if x.ndim and x.shape[0] == 1 else x.reshape(-1),
    "rank 8": lambda x: x.reshape((1,) * (8 - x.ndim) + x.shape),
    "rank 0": lambda x: x.reshape(-1)[:1].reshape(()) if x.size else np.zeros((), x.dtype),
    "empty": lambda x: x[:0] if x.ndim else x,
    "empty behind": lambda x: x[..., :0] if x.ndim else x,
    "a row more": lambda x: np.concatenate([x, x[:1]]) if x.ndim else x,
    "a column less": lambda x: x[..., 1:] if x.ndim else x,
    **{f"dtype {name}": to(name) for name in DTYPES},
    **{f"floats {value}": fill(value) for value in EXTREME_FLOATS},
    **{f"ints {value}": whole(value) for value in (0, -1, 9, 2**31 - 1, -(2**63), 2**62)},
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*cast")  # of NumPy, where the arrays are made
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_changed_inputs(change: str) -> None:
    for call in first_samples():
        for changed in changed_inputs(call, CHANGES[change]):
            may_refuse(changed)


def extremes(kind: str) -> list[Any]:
    return {
        "int": list(EXTREME_INTS),
        "float": list(EXTREME_FLOATS),
        "str": ["", "nothing", "x" * 300],
        "dtype": ["float32", "bool", "string", "complex64", "uint8", "resource"],
        "ints": [[value] for value in EXTREME_INTS] + [[], [0] * 9, [1] * 40, [2**62, 2**62]],
        "floats": [[value] for value in EXTREME_FLOATS] + [[], [0.5] * 40],
    }.get(kind, [])


@pytest.mark.parametrize("kind", ["int", "float", "str", "dtype", "ints", "floats"])
def test_extreme_attributes(kind: str) -> None:
    for call in first_samples():
        for name, found, _ in attributes_of(call.op):
            if found != kind:
                continue
            for value in extremes(kind):
                may_refuse(replace(call, attributes={**call.attributes, name: value}))
                given = call.attributes.get(name)
                if isinstance(given, list) and given and kind == "ints" and value:
                    may_refuse(replace(call, attributes={**call.attributes, name: [*given[:-1], value[0]]}))


@pytest.mark.parametrize("shape", HUGE, ids=str)
def test_sizes_that_overflow_are_caught_before_memory_is_asked_for(shape: list[int]) -> None:
    tg.config.reset_memory_stats()
    before = tg.config.memory_info()["peak"]
    one = tg.constant([1.0])
    wide = np.array(shape, np.int64)
    calls: list[Callable[[], Any]] = [
        lambda: tg.fill(wide, 1.0),
        lambda: tg.zeros(shape),
        lambda: tg.broadcast_to(one, wide),
        lambda: tg.tile(tg.reshape(one, [1] * len(shape)), wide),
        lambda: tg.reshape(one, wide),
        lambda: tg.random.stateless_uniform(wide, [1, 2]),
        lambda: tg.pad(tg.reshape(one, [1] * len(shape)), [[0, size] for size in shape]),
        lambda: tg.one_hot([0], shape[0]),
        lambda: tg.eye(shape[0]),
    ]
    for call in calls:
        try:
            result = call()
        except tg.errors.Error as error:
            assert error.error_code not in ("", "TG-0001"), error
        else:
            assert 0 in result.shape.as_list()
    assert tg.config.memory_info()["peak"] - before < 2**26


def test_strided_reversed_and_read_only_arrays() -> None:
    for call in first_samples():
        if OPS[call.op].effects:
            continue
        expected = call.outputs()
        for layout in (strided, backwards, read_only, fortran, other_endian):
            inputs = tuple(layout(x) for x in call.inputs)
            for result, want in zip(replace(call, inputs=inputs).outputs(), expected, strict=True):
                np.testing.assert_array_equal(result._numpy(), want._numpy(), strict=True, err_msg=str(call))


def strided(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.repeat(x[..., None], 3, axis=-1)[..., 1]


def backwards(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.ascontiguousarray(x[::-1])[::-1] if x.ndim else x


def read_only(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    kept = x.copy()
    kept.flags.writeable = False
    return kept


def fortran(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asfortranarray(x) if x.ndim else x


def other_endian(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return x if x.dtype == object else x.astype(x.dtype.newbyteorder())


@pytest.mark.parametrize("name", ["square", "concat", "reshape"])
def test_wrong_numbers_of_inputs(name: str) -> None:
    for inputs in ((), (1.0, 2.0, 3.0, 4.0, 5.0)):
        with pytest.raises(tg.errors.InvalidArgumentError, match=rf"{name}.*TG-0110"):
            _native.execute(name, inputs)


def test_text_that_is_not_utf8_is_no_graph() -> None:
    f = tg.function(lambda x: x + 1.0).get_concrete_function(tg.TensorSpec([2], tg.float32))
    text = f.graph
    function = _native.Function.parse(text)
    message = function.serialize()
    name = function.name.encode()
    with pytest.raises(tg.errors.DataLossError, match="UTF-8.*TG-0402"):
        _native.Function.deserialize(message.replace(name, b"\xff" * len(name)), [])


@pytest.mark.parametrize("name", ["argsort", "sort", "cumsum", "softmax", "reverse"])
def test_no_loop_over_rows_without_elements(name: str) -> None:
    vast = tg.reshape(tg.zeros([0]), np.array([2**62, 0], np.int64))
    attributes = {"axis": [1]} if name == "reverse" else {}
    assert _native.execute(name, (vast,), attributes)._shape == (2**62, 0)
    if name == "cumsum":
        assert _native.execute(name, (vast,), {"axis": 1})._shape == (2**62, 0)


@pytest.mark.parametrize("name", ["svd", "qr", "matrix_inverse", "cholesky", "self_adjoint_eig", "lu"])
def test_no_loop_over_matrices_without_elements(name: str) -> None:
    vast = tg.reshape(tg.zeros([0]), np.array([2**40, 0, 0], np.int64))
    result = _native.execute(name, (vast,))
    first = result[0] if isinstance(result, (list, tuple)) else result
    assert first._shape[0] == 2**40


@pytest.mark.parametrize("shape", [[2**40, 0, 3], [2**40, 3, 0], [0, 2**31]])
def test_no_loop_over_diagonals_without_elements(shape: list[int]) -> None:
    vast = tg.reshape(tg.zeros([0]), np.array(shape, np.int64))
    assert tg.linalg.diag_part(vast, k=0)._shape[0] == shape[0]
    assert tg.linalg.set_diag(vast, tg.linalg.diag_part(vast))._shape == tuple(shape)
    none = tg.reshape(tg.zeros([0]), np.array([2**40, 0], np.int64))
    assert tg.linalg.diag(none)._shape == (2**40, 0, 0)


def test_an_index_of_too_many_keys_is_refused() -> None:
    graph = _native.Graph("vast")
    keys = graph.add_input("keys", tg.int64._number, (2**63 - 1,))
    graph.enter()
    try:
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"slots.*TG-0109"):
            _native.execute("table_index", (keys,))
    finally:
        graph.leave()


def test_splits_that_point_behind_the_data_are_not_followed() -> None:
    for splits in ([0, 2**31, 3, 4], [0, 3, 2**31 - 1, 4], [0, -1, 4]):
        attributes = {"ngram_widths": [2]}
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0634"):
            _native.execute("string_ngrams", (list("abcd"), np.array(splits)), attributes)


def test_sizes_that_overflow_are_refused_in_graphs_too() -> None:
    most = 2**63 - 1

    @tg.function
    def samples(logits: tg.Tensor) -> tg.Tensor:
        return _native.execute("stateless_categorical", (logits, [1, 2]), {"num_samples": most})

    with pytest.raises(tg.errors.InvalidArgumentError, match=r"stateless_categorical.*\(2, 9223.*TG-0109"):
        samples(tg.zeros([2, 3]))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0109"):
        _native.execute("stateless_categorical", (tg.zeros([2, 3]), [1, 2]), {"num_samples": most})


def test_inputs_of_graphs_whose_sizes_overflow_are_refused() -> None:
    graph = _native.Graph("vast")
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"63 bits.*4611.*TG-0109"):
        graph.add_input("x", tg.float32._number, (2**62, 3))
    assert graph.add_input("x", tg.float32._number, (2**62, -1))._shape[0] == 2**62


@pytest.mark.parametrize("k", [[-(2**63), 2**32], [0, 2**63 - 1], [-(2**63), -(2**63)]])
@pytest.mark.parametrize("name", ["matrix_diag", "matrix_diag_part"])
def test_diagonals_that_overflow_are_refused(name: str, k: list[int]) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"32 bits.*TG-0106"):
        _native.execute(name, (tg.zeros([3, 3]),), {"k": k})


@pytest.mark.parametrize("summarize", [2**62, 2**63 - 1])
def test_more_may_be_shown_than_there_is(summarize: int) -> None:
    attributes = {"template": "{}", "summarize": summarize}
    assert _native.execute("format_tensors", ([tg.constant([1, 2, 3])],), attributes).numpy() == b"[1 2 3]"


def test_a_source_begins_behind_a_blank() -> None:
    text = tg.function(lambda x: x + 1.0).get_concrete_function(tg.TensorSpec([2], tg.float32)).graph
    assert '"add:0" ' in text
    with pytest.raises(tg.errors.InvalidArgumentError, match="blank.*TG-0306"):
        _native.Function.parse(text.replace('"add:0" ', '"add:0"\ufffd'))


def test_the_fuzzer_runs_and_tells_a_failure(tmp_path: Path) -> None:
    tool = Path(__file__).resolve().parents[2] / "tools" / "fuzz.py"
    run = [sys.executable, str(tool), "ops"]
    done = subprocess.run([*run, "--seconds", "3"], capture_output=True, text=True, timeout=120)
    assert "cases from seed 0" in done.stdout
    assert done.returncode == 0, done.stdout
    done = subprocess.run([*run, "--seed", "7"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "->" in done.stdout  # what it did
