"""On the real digits: the first run on a machine fetches them, later ones read the cache."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from tensegra import errors
from tensegra.data import catalog
from tensegra.data.catalog import _cache
from tensegra.data.catalog._info import find


def test_all_digits_in_file_order() -> None:
    images, labels = catalog.mnist5k()
    assert images.shape == (5000, 784)
    assert images.dtype == np.float64
    assert labels.dtype == np.int64
    np.testing.assert_array_equal(labels, np.repeat(np.arange(10), 500))
    assert images.min() == 0
    assert images.max() == 255
    np.testing.assert_array_equal(images, np.round(images))
    # Facts of the source, taken with numpy.genfromtxt from the file in the wheel.
    assert images.sum() == 131267102
    assert images[0].sum() == 31095
    assert images[-1].sum() == 33540


def test_the_split_is_stratified_and_fixed() -> None:
    train, train_labels = catalog.mnist5k(split="train")
    test, test_labels = catalog.mnist5k(split="test")
    assert train.shape == (4000, 28, 28)
    assert test.shape == (1000, 28, 28)
    assert train.dtype == test.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(train_labels), np.full(10, 400))
    np.testing.assert_array_equal(np.bincount(test_labels), np.full(10, 100))
    images, _ = catalog.mnist5k()
    both = np.concatenate([train, test]).reshape(5000, 784)
    np.testing.assert_array_equal(np.unique(both, axis=0), np.unique(images.astype(np.uint8), axis=0))
    assert (
        hashlib.sha256(test.tobytes()).hexdigest()
        == "11d279732746a944ece8ce2004d271e1ecc65e61b5952f9d07badd1ed1464a13"
    )


def test_the_rule_of_the_split() -> None:
    images, labels = catalog.mnist5k()
    test, test_labels = catalog.mnist5k(split="test")
    for digit in range(10):
        rows = sorted(
            hashlib.sha256(row.astype(np.uint8).tobytes()).digest() for row in images[labels == digit]
        )
        chosen = sorted(hashlib.sha256(image.tobytes()).digest() for image in test[test_labels == digit])
        assert chosen == rows[:100]


def test_the_licence_lies_beside_the_data() -> None:
    catalog.mnist5k(split="test")
    _, licence = _cache.paths(find("mnist5k"), None)
    assert "Redistribution and use in source and binary forms" in licence.read_text()


@pytest.mark.parametrize("split", ["validation", "", 3])
def test_an_unknown_split(split: object) -> None:
    with pytest.raises(errors.InvalidArgumentError, match=r"split=.*TG-2041"):
        catalog.mnist5k(split=split)  # type: ignore[arg-type]
