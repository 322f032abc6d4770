from __future__ import annotations

import pytest

import tensegra as tg

Dataset = tg.data.Dataset


def test_shards_are_a_partition(values) -> None:
    parts = [Dataset.range(10).shard(3, i) for i in range(3)]
    assert [values(part) for part in parts] == [[0, 3, 6, 9], [1, 4, 7], [2, 5, 8]]
    assert [len(part) for part in parts] == [4, 3, 3]
    assert int(Dataset.range(2).repeat().shard(2, 0).cardinality()) == tg.data.INFINITE_CARDINALITY


@pytest.mark.parametrize("index", [-1, 3])
def test_the_index_is_one_of_the_shards(index: int) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"index={index}, num_shards=3.*TG-2030"):
        Dataset.range(3).shard(3, index)


def test_there_is_at_least_one_shard() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"num_shards=0.*TG-2002"):
        Dataset.range(3).shard(0, 0)
