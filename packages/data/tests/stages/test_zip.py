from __future__ import annotations

import pytest

import tensegra as tg

Dataset = tg.data.Dataset


def test_side_by_side_until_the_shortest_ends() -> None:
    a, b = Dataset.range(3), Dataset.range(10, 20)
    for ds in (Dataset.zip((a, b)), Dataset.zip(a, b), Dataset.zip(datasets=(a, b))):
        assert [(int(x), int(y)) for x, y in ds] == [(0, 10), (1, 11), (2, 12)]
        assert len(ds) == 3


def test_nests() -> None:
    ds = Dataset.zip({"a": Dataset.range(2), "b": (Dataset.range(2).batch(1), Dataset.range(5))})
    element = list(ds)[1]
    assert int(element["a"]) == 1
    assert element["b"][0].numpy().tolist() == [1]
    assert ds.element_spec["b"][0].shape.as_list() == [None]


def test_cardinality() -> None:
    a, unknown = Dataset.range(3), Dataset.range(3).filter(lambda n: n > 0)
    assert len(Dataset.zip((a, a.repeat()))) == 3
    assert int(Dataset.zip((a.repeat(), a.repeat())).cardinality()) == tg.data.INFINITE_CARDINALITY
    assert int(Dataset.zip((a, unknown)).cardinality()) == tg.data.UNKNOWN_CARDINALITY
    assert len(Dataset.zip((unknown, Dataset.range(0)))) == 0


@pytest.mark.parametrize("datasets", [None, (), (Dataset.range(1), 3), [Dataset.range(1)]])
def test_only_data_sets(datasets: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.zip\].*TG-2008"):
        Dataset.zip(datasets=datasets)
