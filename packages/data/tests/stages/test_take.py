from __future__ import annotations

import pytest

import tensegra as tg

Dataset = tg.data.Dataset


@pytest.mark.parametrize("count", [0, 1, 4, 9])
def test_the_first_elements(count: int, values) -> None:
    ds = Dataset.range(5).take(count)
    assert values(ds) == list(range(5))[:count]
    assert len(ds) == min(count, 5)


def test_minus_one_is_all(values) -> None:
    assert values(Dataset.range(3).take(-1)) == [0, 1, 2]
    assert len(Dataset.range(3).take(-1)) == 3


def test_cardinality_of_endless_and_unknown() -> None:
    endless, unknown = Dataset.range(3).repeat(), Dataset.range(3).filter(lambda n: n > 0)
    assert len(endless.take(7)) == 7
    assert int(unknown.take(2).cardinality()) == tg.data.UNKNOWN_CARDINALITY
    assert len(unknown.take(0)) == 0


def test_it_reads_no_further_than_it_must(values) -> None:
    def source():
        yield 1
        raise AssertionError("read too far")

    ds = Dataset.from_generator(source, output_signature=tg.TensorSpec([], tg.int32))
    assert values(ds.take(1)) == [1]
