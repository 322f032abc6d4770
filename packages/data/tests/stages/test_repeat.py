from __future__ import annotations

import tensegra as tg

Dataset = tg.data.Dataset


def test_passes_one_after_the_other(values) -> None:
    assert values(Dataset.range(2).repeat(3)) == [0, 1] * 3
    assert values(Dataset.range(2).repeat(0)) == []
    assert values(Dataset.range(2).repeat().take(5)) == [0, 1, 0, 1, 0]
    assert values(Dataset.range(2).repeat(-1).batch(3).take(2)) == [[0, 1, 0], [1, 0, 1]]


def test_an_endless_repetition_of_nothing_ends(values) -> None:
    assert values(Dataset.range(0).repeat()) == []
    assert values(Dataset.range(3).filter(lambda n: n > 5).repeat()) == []


def test_cardinality() -> None:
    unknown = Dataset.range(3).filter(lambda n: n > 0)
    assert len(Dataset.range(3).repeat(4)) == 12
    assert len(unknown.repeat(0)) == 0
    assert len(Dataset.range(0).repeat()) == 0
    assert int(Dataset.range(3).repeat().cardinality()) == tg.data.INFINITE_CARDINALITY
    assert int(unknown.repeat(2).cardinality()) == tg.data.UNKNOWN_CARDINALITY
