"""Sets of labelled images in IDX files, and their batches."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import errors
from tensegra.compat import input_data, upgrade_source

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx(array: np.ndarray[Any, Any]) -> bytes:
    """An array of bytes as an IDX file."""
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with ten training and four test examples; the value of each pixel is its example's number."""
    for prefix, count in (("train", 10), ("t10k", 4)):
        images = np.repeat(np.arange(count, dtype=np.uint8), 4).reshape(count, 2, 2)
        (tmp_path / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (tmp_path / f"{prefix}-labels-idx1-ubyte").write_bytes(idx(np.arange(count, dtype=np.uint8) % 10))
    return tmp_path


def test_parts_and_values(folder: Path) -> None:
    data = input_data.read_data_sets(folder, validation_size=3)
    assert [part.num_examples for part in data] == [7, 3, 4]
    assert data.train.images.dtype == np.float32 and data.train.images.shape == (7, 4)
    np.testing.assert_allclose(data.train.images[:, 0], np.arange(3, 10) / 255, rtol=1e-6)
    assert data.validation.labels.tolist() == [0, 1, 2]
    hot = input_data.read_data_sets(folder, one_hot=True, dtype=np.uint8, reshape=False, validation_size=0)
    assert hot.train.images.shape == (10, 2, 2, 1) and hot.train.images.dtype == np.uint8
    assert hot.test.labels.tolist() == np.eye(10)[:4].tolist()


def test_batches_go_through_epochs(folder: Path) -> None:
    train = input_data.read_data_sets(folder, validation_size=0, dtype=np.uint8, seed=7).train
    seen = [train.next_batch(4) for _ in range(5)]
    labels = np.concatenate([label for _, label in seen])
    assert sorted(labels[:10]) == sorted(labels[10:]) == list(range(10))
    assert train.epochs_completed == 1 and len(labels) == 20
    assert all((images[:, 0] == label).all() for images, label in seen)
    assert labels[:10].tolist() != list(range(10))
    again = input_data.read_data_sets(folder, validation_size=0, dtype=np.uint8, seed=7).train
    assert again.next_batch(4)[1].tolist() == labels[:4].tolist()
    plain = input_data.read_data_sets(folder, validation_size=0).train
    assert plain.next_batch(3, shuffle=False)[1].tolist() == [0, 1, 2]


def test_the_global_seed_is_that_of_the_order(folder: Path) -> None:
    def first() -> list[int]:
        return input_data.read_data_sets(folder, validation_size=0).train.next_batch(10)[1].tolist()

    try:
        tg.random.set_seed(5)
        one, other = first(), first()
        np.random.seed(5)
        order = np.arange(10)
        np.random.shuffle(order)
        assert one == other == order.tolist()
    finally:
        tg.random.set_seed(None)


def test_what_is_wrong_has_a_code(folder: Path) -> None:
    with pytest.raises(errors.InvalidArgumentError, match="TG-7042"):
        input_data.read_data_sets(folder, validation_size=11)
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(np.zeros(9, np.uint8))[:-1])
    with pytest.raises(errors.DataLossError, match="TG-7041"):
        input_data.read_data_sets(folder)
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(errors.NotFoundError, match=r"t10k-labels.*TG-7040"):
        input_data.read_data_sets(folder)


@pytest.mark.parametrize("mode", ["native", "shim"])
def test_programs_find_it(mode: Any) -> None:
    source = (
        "from tensorflow.examples.tutorials.mnist import input_data as data\nimport tensorflow as tf\n"
        "mnist = data.read_data_sets('MNIST')\nprint(tf.Session().run(tf.constant(1)))\n"
    )
    text = upgrade_source(source, mode=mode).text
    assert text.startswith("from tensegra.compat import input_data as data\nimport tensegra")
    assert "mnist = data.read_data_sets('MNIST')\n" in text
