from __future__ import annotations

import numpy as np

import tensegra as tg

Dataset = tg.data.Dataset


def test_numbers_and_elements() -> None:
    ds = Dataset.from_tensor_slices(np.array([5.0, 6.0])).enumerate(start=-1)
    assert [(int(n), float(e)) for n, e in ds] == [(-1, 5.0), (0, 6.0)]
    assert ds.element_spec[0].dtype == tg.int64
    assert ds.element_spec[1].dtype == tg.float64
    assert len(ds) == 2
