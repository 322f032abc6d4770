from __future__ import annotations

import gzip

import numpy as np
import pytest

from tensegra.data.catalog._converters import digits_from_csv_gz


def _file(rows: list[list[object]]) -> bytes:
    return gzip.compress("\n".join(",".join(map(str, row)) for row in rows).encode())


def test_pixels_and_labels() -> None:
    rows: list[list[object]] = [[*range(256), *[0] * 528, 7], [*[255.0] * 784, 3]]
    arrays = digits_from_csv_gz(_file(rows))
    np.testing.assert_array_equal(arrays["labels"], np.array([7, 3], np.uint8))
    assert arrays["images"].shape == (2, 28, 28)
    assert arrays["images"].dtype == np.uint8
    np.testing.assert_array_equal(arrays["images"][0].ravel()[:256], np.arange(256))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no gzip",
        _file([[1] * 785])[:-9],
        _file([[1] * 784]),
        _file([[0.5] * 785]),
        _file([["x"] * 785]),
        _file([[256] * 785]),
        _file([[-1] * 785]),
        _file([["nan"] * 785]),
        _file([]),
    ],
)
def test_anything_else_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):
        digits_from_csv_gz(raw)
