from __future__ import annotations

import pytest

import tensegra as tg

Dataset = tg.data.Dataset


@pytest.mark.parametrize("count", [0, 1, 4, 9])
def test_the_rest(count: int, values) -> None:
    ds = Dataset.range(5).skip(count)
    assert values(ds) == list(range(5))[count:]
    assert len(ds) == max(5 - count, 0)


def test_minus_one_is_all(values) -> None:
    assert values(Dataset.range(3).skip(-1)) == []
    assert len(Dataset.range(3).skip(-1)) == 0


def test_cardinality_of_endless() -> None:
    assert int(Dataset.range(3).repeat().skip(7).cardinality()) == tg.data.INFINITE_CARDINALITY
