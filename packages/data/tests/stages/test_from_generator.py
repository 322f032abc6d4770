from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

from_generator = tg.data.Dataset.from_generator
PAIR = (tg.TensorSpec([None, 2], tg.float32), {"label": tg.TensorSpec([], tg.int64)})


def test_values_and_passes() -> None:
    calls = []

    def generate():
        calls.append(1)
        for n in range(3):
            yield np.full((n, 2), n, np.float32), {"label": n}

    ds = from_generator(generate, output_signature=PAIR)
    for _ in range(2):
        elements = list(ds)
        assert [x.numpy().shape for x, _ in elements] == [(0, 2), (1, 2), (2, 2)]
        assert [int(y["label"]) for _, y in elements] == [0, 1, 2]
        assert elements[0][1]["label"].dtype == tg.int64
    assert len(calls) == 2
    assert ds.element_spec == PAIR


def test_python_numbers_take_the_dtype_of_the_signature() -> None:
    for dtype, value in [(tg.float64, 1), (tg.uint8, 255), (tg.float32, [1, 2.5]), (tg.int8, [True, -3])]:
        ds = from_generator(lambda value=value: [value], output_signature=tg.TensorSpec(None, dtype))
        (element,) = ds
        assert element.dtype == dtype
        np.testing.assert_array_equal(element.numpy(), value)


def test_a_buffer_that_the_generator_fills_again_is_copied(values) -> None:
    def generate():
        buffer = np.zeros(1, np.int32)
        for n in range(3):
            buffer[:] = n
            yield buffer

    ds = from_generator(generate, output_signature=tg.TensorSpec([1], tg.int32))
    assert values(ds.batch(3)) == [[[0], [1], [2]]]


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (np.float64(1), tg.float32),
        (np.zeros((), np.int32), tg.int64),
        (1.5, tg.int32),
        (256, tg.uint8),
        (-1, tg.uint8),
        (1, tg.bool),
        (object(), tg.float32),
        ("text", tg.float32),
        (tg.constant(1), tg.int64),
    ],
)
def test_another_dtype(value: object, dtype: tg.DType) -> None:
    ds = from_generator(lambda: [value], output_signature=tg.TensorSpec([], dtype))
    with pytest.raises(
        tg.errors.InvalidArgumentError, match=rf"\[data.from_generator\].*{dtype.name}.*TG-2018"
    ):
        list(ds)


@pytest.mark.parametrize("shape", [(3,), (2, 2, 1), ()])
def test_another_shape(shape: tuple[int, ...]) -> None:
    ds = from_generator(lambda: [np.zeros(shape)], output_signature=tg.TensorSpec([None, 2], tg.float64))
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"shape \(None, 2\).*element 0.*TG-2019"):
        list(ds)


def test_another_structure() -> None:
    ds = from_generator(lambda: [(np.zeros((1, 2), np.float32), 3)], output_signature=PAIR)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\(\*, {'label': \*}\).*\(\*, \*\).*TG-2017"):
        list(ds)


def test_an_error_in_the_generator_names_the_stage_and_the_element() -> None:
    def broken():
        yield 1
        raise ValueError("no more files")

    ds = from_generator(broken, output_signature=tg.TensorSpec([], tg.int32)).batch(2).prefetch(1)
    with pytest.raises(
        tg.errors.InvalidArgumentError,
        match=r"\[data.from_generator\].*element 1.*ValueError: no more files.*broken.*TG-2016",
    ):
        list(ds)


def test_an_error_in_the_call_that_makes_the_generator() -> None:
    def broken():
        raise OSError("disk")

    ds = from_generator(broken, output_signature=tg.TensorSpec([], tg.int32))
    with pytest.raises(Exception, match=r"element 0.*OSError: disk.*TG-2016"):
        list(ds)


@pytest.mark.parametrize("signature", [None, (), "float32", (tg.TensorSpec([], tg.int32), tg.int32)])
def test_a_signature_is_needed(signature: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="output_signature.*TG-2015"):
        from_generator(lambda: [1], output_signature=signature)


def test_a_generator_must_be_callable() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.from_generator\].*TG-2005"):
        from_generator([1, 2], output_signature=tg.TensorSpec([], tg.int32))  # type: ignore[arg-type]
