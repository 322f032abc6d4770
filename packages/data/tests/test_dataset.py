from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

Dataset = tg.data.Dataset


def test_elements_are_tensors_and_each_loop_is_a_new_pass() -> None:
    ds = Dataset.from_tensor_slices({"x": np.arange(3, dtype=np.float32), "y": [1, 2, 3]})
    for _ in range(2):
        elements = list(ds)
        assert len(elements) == 3
        assert all(tg.is_tensor(e["x"]) and tg.is_tensor(e["y"]) for e in elements)
        assert elements[2]["x"].dtype == tg.float32
        assert elements[2]["y"].dtype == tg.int32
        assert int(elements[2]["y"]) == 3


def test_two_passes_do_not_disturb_each_other() -> None:
    ds = Dataset.range(3)
    a, b = iter(ds), iter(ds)
    assert [int(next(a)), int(next(a)), int(next(b)), int(next(a)), int(next(b))] == [0, 1, 0, 2, 1]


def test_numpy_iterator_gives_arrays_of_the_callers_own() -> None:
    ds = Dataset.from_tensor_slices(np.zeros((2, 2))).cache()
    for array in ds.as_numpy_iterator():
        array += 1
    assert all(not array.any() for array in ds.as_numpy_iterator())
    assert isinstance(next(Dataset.range(1).as_numpy_iterator()), np.int64)


def test_len_and_bool() -> None:
    assert len(Dataset.range(5).batch(2)) == 3
    assert bool(Dataset.range(0))
    assert len(list(Dataset.range(5).filter(lambda n: n > 2))) == 2


@pytest.mark.parametrize("dataset", [Dataset.range(3).repeat(), Dataset.range(3).filter(lambda n: n > 0)])
def test_len_of_unknown_or_infinite_size_is_a_type_error(dataset: tg.data.Dataset) -> None:
    with pytest.raises(TypeError, match="TG-2032"):
        len(dataset)


def test_cardinality_is_an_int64_tensor() -> None:
    size = Dataset.range(5).cardinality()
    assert size.dtype == tg.int64
    assert int(size) == 5
    assert int(Dataset.range(5).repeat().cardinality()) == tg.data.INFINITE_CARDINALITY
    assert int(Dataset.range(5).filter(lambda n: n > 0).cardinality()) == tg.data.UNKNOWN_CARDINALITY


def test_get_next_says_when_the_pass_is_over() -> None:
    iterator = iter(Dataset.range(1))
    assert int(iterator.get_next()) == 0
    assert iterator.element_spec.dtype == tg.int64
    with pytest.raises(tg.errors.OutOfRangeError, match="TG-2006"):
        iterator.get_next()


def test_apply() -> None:
    assert [int(e) for e in Dataset.range(9).apply(lambda ds: ds.skip(3).take(2))] == [3, 4]
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.apply\].*TG-2005"):
        Dataset.range(1).apply(3)  # type: ignore[arg-type]


def test_repr_names_the_stages_and_runs_nothing() -> None:
    ds = Dataset.range(3).map(lambda n: 1 // 0).batch(2)
    assert repr(ds) == "<tg.data.Dataset: range.map.batch>"


def test_a_dataset_is_not_constructed() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"ndarray.*TG-2007"):
        Dataset(np.zeros(3))  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [1.5, True, "3", None, np.float32(2)])
@pytest.mark.parametrize("method", ["batch", "take", "skip", "shuffle", "prefetch", "enumerate"])
def test_integers_are_asked_for(method: str, number: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"\[data.{method}\].*Received: .*TG-2001"):
        getattr(Dataset.range(3), method)(number)


@pytest.mark.parametrize("number", [np.int64(2), np.uint8(2), tg.constant(2)])
def test_integers_of_other_kinds_will_do(number: object) -> None:
    assert len(Dataset.range(4).batch(number)) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("method", ["batch", "shuffle"])
def test_sizes_are_positive(method: str, number: int) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"\[data.{method}\].*={number}\..*TG-2002"):
        getattr(Dataset.range(3), method)(number)


@pytest.mark.parametrize("method", ["take", "skip", "repeat", "prefetch"])
def test_counts_are_not_negative(method: str) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"\[data.{method}\].*=-2\..*TG-2003"):
        getattr(Dataset.range(3), method)(-2)


def test_training_pipeline_end_to_end(no_threads_left: None) -> None:
    images = np.arange(40, dtype=np.uint8).reshape(10, 2, 2)
    labels = np.arange(10)
    ds = (
        Dataset.from_tensor_slices((images, labels))
        .shuffle(10, seed=3)
        .batch(4)
        .map(lambda x, y: (tg.cast(x, tg.float32) / 255.0, y), num_parallel_calls=tg.data.AUTOTUNE)
        .prefetch(tg.data.AUTOTUNE)
    )
    seen = [(x.numpy(), y.numpy()) for x, y in ds]
    assert [len(y) for _, y in seen] == [4, 4, 2]
    x, y = (np.concatenate(parts) for parts in zip(*seen))
    np.testing.assert_array_equal(np.sort(y), labels)
    np.testing.assert_array_equal(x, (images[y] / np.float32(255)).astype(np.float32))
