from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

Dataset = tg.data.Dataset


def test_undoes_batch(values) -> None:
    ds = Dataset.range(7).batch(3).unbatch()
    assert values(ds) == list(range(7))
    assert ds.element_spec.shape.as_list() == []
    assert int(ds.cardinality()) == tg.data.UNKNOWN_CARDINALITY
    assert len(Dataset.range(0).batch(3).unbatch()) == 0


@pytest.mark.parametrize("element", [(np.zeros(2), np.zeros(3)), np.float32(1), (np.zeros(2), 1.0)])
def test_first_dimensions_must_agree(element: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.unbatch\].*of shape.*TG-2029"):
        list(Dataset.from_tensors(element).unbatch())
