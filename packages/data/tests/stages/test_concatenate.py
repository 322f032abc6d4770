from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

Dataset = tg.data.Dataset


def test_one_after_the_other(values) -> None:
    ds = Dataset.range(2).concatenate(Dataset.range(7, 9))
    assert values(ds) == [0, 1, 7, 8]
    assert values(ds.batch(3)) == [[0, 1, 7], [8]]
    assert len(ds) == 4


def test_spec_holds_both() -> None:
    a, b = (Dataset.from_tensors(np.zeros((n, 2))) for n in (3, 4))
    assert a.concatenate(b).element_spec.shape.as_list() == [None, 2]
    assert a.concatenate(Dataset.from_tensors(np.zeros(3))).element_spec.shape.rank is None


def test_cardinality() -> None:
    a, unknown = Dataset.range(3), Dataset.range(3).filter(lambda n: n > 0)
    assert int(a.concatenate(unknown).cardinality()) == tg.data.UNKNOWN_CARDINALITY
    assert int(unknown.concatenate(a.repeat()).cardinality()) == tg.data.INFINITE_CARDINALITY


@pytest.mark.parametrize(
    "other", [Dataset.from_tensors(1.0), Dataset.zip((Dataset.range(1), Dataset.range(1)))]
)
def test_elements_of_another_kind(other: tg.data.Dataset) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.concatenate\].*TG-2031"):
        Dataset.range(2).concatenate(other)


def test_only_a_data_set() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.concatenate\].*list.*TG-2009"):
        Dataset.range(2).concatenate([1])  # type: ignore[arg-type]
