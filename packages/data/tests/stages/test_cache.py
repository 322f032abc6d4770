from __future__ import annotations

import tensegra as tg

Dataset = tg.data.Dataset


def test_the_first_complete_pass_is_kept(values) -> None:
    calls = []

    def fn(n):
        calls.append(int(n))
        return n + 1

    ds = Dataset.range(3).map(fn).cache()
    next(iter(ds))
    assert len(calls) == 1
    assert values(ds) == [1, 2, 3]
    assert len(calls) == 4  # the pass that was left early kept nothing
    assert values(ds) == [1, 2, 3]
    assert len(calls) == 4
    assert len(ds) == 3


def test_it_keeps_the_order_of_a_shuffle_before_it(values, unfused) -> None:
    for source in (Dataset.range(20), unfused(Dataset.range(20))):
        ds = source.shuffle(20).cache()
        first = values(ds)
        assert values(ds) == first
        assert [n for batch in values(ds.batch(6)) for n in batch] == first


def test_repeat_after_cache(values) -> None:
    assert values(Dataset.range(2).cache().repeat(3)) == [0, 1] * 3
