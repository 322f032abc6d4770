from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

Dataset = tg.data.Dataset


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("size", [1, 3, 4, 12, 20])
def test_batches_of_rows_and_of_records_are_the_slices_of_the_array(size: int, drop: bool, unfused) -> None:
    x, y = np.random.default_rng(0).normal(size=(12, 3, 2)), np.arange(12, dtype=np.uint8)
    expected = [(x[i : i + size], y[i : i + size]) for i in range(0, 12, size) if not drop or i + size <= 12]
    source = Dataset.from_tensor_slices((x, {"y": y}))
    for ds in (source.batch(size, drop_remainder=drop), unfused(source).batch(size, drop_remainder=drop)):
        batches = list(ds)
        assert len(batches) == len(expected)
        for (a, b), (c, d) in zip(batches, expected, strict=True):
            np.testing.assert_array_equal(a.numpy(), c)
            np.testing.assert_array_equal(b["y"].numpy(), d)
            assert (a.dtype, b["y"].dtype) == (tg.float64, tg.uint8)


def test_every_selection_gives_the_same_with_and_without_the_shortcut(unfused) -> None:
    x = np.arange(100, dtype=np.float32)
    source = Dataset.from_tensor_slices(x)

    def pipeline(ds):
        return ds.shuffle(30, seed=5).repeat(2).skip(3).cache().shard(3, 1).take(50).batch(7)

    fused, plain = pipeline(source), pipeline(unfused(source))
    for _ in range(2):
        a, b = ([batch.numpy().tolist() for batch in ds] for ds in (fused, plain))
        assert a == b
    assert len(a) == 8


def test_batches_do_not_share_memory_with_the_source() -> None:
    x = np.zeros((4, 2))
    ds = Dataset.from_tensor_slices(x).batch(2)
    for batch in ds.as_numpy_iterator():
        batch += 1
    assert not any(batch.numpy().any() for batch in ds)


def test_a_batch_of_batches(values) -> None:
    assert values(Dataset.range(4).batch(2).batch(2)) == [[[0, 1], [2, 3]]]


def test_text() -> None:
    (batch,) = Dataset.from_tensor_slices(np.array(["a", "bc"])).batch(2).as_numpy_iterator()
    assert batch.tolist() == ["a", "bc"]


def test_spec_and_size() -> None:
    ds = Dataset.from_tensor_slices(np.zeros((10, 3), np.float32))
    assert ds.batch(4).element_spec.shape.as_list() == [None, 3]
    assert ds.batch(4, drop_remainder=True).element_spec.shape.as_list() == [4, 3]
    assert (len(ds.batch(4)), len(ds.batch(4, drop_remainder=True))) == (3, 2)
    assert int(ds.repeat().batch(4).cardinality()) == tg.data.INFINITE_CARDINALITY


def test_ragged_elements_name_the_shapes() -> None:
    ds = Dataset.range(1, 4).map(lambda n: {"x": np.zeros(int(n)), "y": 0}).batch(3)
    match = r"\[data.batch\].*element\['x'\] of shape \(1,\) first and of shape \(2,\) as number 1.*TG-2027"
    with pytest.raises(tg.errors.InvalidArgumentError, match=match):
        list(ds)


def test_dtypes_are_not_mixed_silently() -> None:
    ds = Dataset.range(2).map(lambda n: np.zeros(1, np.float32 if int(n) else np.float64)).batch(2)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"float64 first and of dtype float32.*TG-2028"):
        list(ds)


def test_structures_are_not_mixed() -> None:
    ds = Dataset.range(2).map(lambda n: {"a": n} if int(n) else {"b": n}).batch(2)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"{'b': \*} first and {'a': \*}.*TG-2026"):
        list(ds)
    ds = Dataset.range(2).map(lambda n: (n, n) if int(n) else n).batch(2)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-2026"):
        list(ds)
