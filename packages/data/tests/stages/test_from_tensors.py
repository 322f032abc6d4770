from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg


def test_one_element() -> None:
    ds = tg.data.Dataset.from_tensors({"x": np.arange(3), "y": 2.5})
    (element,) = list(ds)
    np.testing.assert_array_equal(element["x"].numpy(), [0, 1, 2])
    assert float(element["y"]) == 2.5
    assert len(ds) == 1
    assert ds.element_spec["x"].shape.as_list() == [3]


def test_nothing() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.from_tensors\].*TG-2010"):
        tg.data.Dataset.from_tensors(())
