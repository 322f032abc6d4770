"""The digits of the tutorials: files read, batches in the order that 1.x gives them, wrong files refused."""

from __future__ import annotations

import gzip
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
import tensegra.compat.v1 as tf
from tensegra.compat.v1.examples.tutorials.mnist import input_data

_NAMES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def idx(array: Any) -> bytes:
    """An array of unsigned bytes as an IDX file, by its definition."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(3)
    for name, count in zip(_NAMES, (50, 50, 12, 12), strict=True):
        shape = (count, 28, 28) if "images" in name else (count,)
        array = random.integers(0, 256 if "images" in name else 10, shape).astype(np.uint8)
        (tmp_path / f"{name}-ubyte.gz").write_bytes(gzip.compress(idx(array)))
    return tmp_path


def _raw(folder: Path, name: str) -> Any:
    content = gzip.decompress((folder / f"{name}-ubyte.gz").read_bytes())
    rank = content[3]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(
        struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    )


def test_the_digits_are_split_scaled_and_one_hot(folder: Path) -> None:
    sets = input_data.read_data_sets(str(folder), one_hot=True, validation_size=10)
    assert [part.num_examples for part in sets] == [40, 10, 12]
    pixels = _raw(folder, _NAMES[0])
    np.testing.assert_allclose(sets.validation.images, pixels[:10].reshape(10, 784) / 255.0, rtol=1e-6)
    assert sets.train.images.dtype == np.float32
    np.testing.assert_array_equal(sets.test.labels.argmax(1), _raw(folder, _NAMES[3]))
    assert sets.train.labels.shape == (40, 10)


def test_batches_follow_numpy_s_shuffle_and_reach_over_the_end_of_an_epoch(folder: Path) -> None:
    sets = input_data.read_data_sets(folder, validation_size=0, reshape=False, dtype=tf.uint8, seed=7)
    pixels, labels = _raw(folder, _NAMES[0])[..., None], _raw(folder, _NAMES[1])
    random = np.random.RandomState(7)
    order, again = np.arange(50), np.arange(50)
    random.shuffle(order)
    random.shuffle(again)
    images, found = sets.train.next_batch(30)
    np.testing.assert_array_equal(images, pixels[order[:30]])
    np.testing.assert_array_equal(found, labels[order[:30]])
    both = np.concatenate((order[30:], order[again][:10]))
    images, found = sets.train.next_batch(30)
    np.testing.assert_array_equal(images, pixels[both])
    np.testing.assert_array_equal(found, labels[both])
    assert sets.train.epochs_completed == 1


def test_batches_without_shuffling_and_made_up_ones(folder: Path) -> None:
    sets = input_data.read_data_sets(folder, validation_size=5)
    labels = sets.validation.labels
    np.testing.assert_array_equal(sets.validation.next_batch(5, shuffle=False)[1], labels)
    np.testing.assert_array_equal(sets.validation.next_batch(2, shuffle=False)[1], labels[:2])
    made = input_data.read_data_sets("nowhere", fake_data=True, one_hot=True).train
    images, one_hot = made.next_batch(3)
    assert np.shape(images) == (3, 784)
    assert np.shape(one_hot) == (3, 10)


def test_unpacked_files_do_as_well(folder: Path) -> None:
    path = folder / f"{_NAMES[2]}-ubyte.gz"
    (folder / f"{_NAMES[2]}-ubyte").write_bytes(gzip.decompress(path.read_bytes()))
    path.unlink()
    assert input_data.read_data_sets(folder, validation_size=0).test.images.shape == (12, 784)


@pytest.mark.parametrize("damage", ["missing", "cut", "no gzip", "other magic"])
def test_damaged_files_are_refused(folder: Path, damage: str) -> None:
    path = folder / f"{_NAMES[1]}-ubyte.gz"
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
        with pytest.raises(tg.errors.NotFoundError, match=r"train-labels.*nothing is downloaded.*TG-7040"):
            input_data.read_data_sets(folder)
        return
    plain = gzip.decompress(content)
    path.write_bytes(
        {
            "cut": gzip.compress(plain[:-1]),
            "no gzip": content[:-9],
            "other magic": gzip.compress(b"\0\0\x0d" + plain[3:]),
        }[damage]
    )
    with pytest.raises(tg.errors.DataLossError, match=r"train-labels.*TG-7041"):
        input_data.read_data_sets(folder)


def test_what_does_not_fit_is_refused(folder: Path) -> None:
    for options in ({"validation_size": 51}, {"dtype": tf.float64, "validation_size": 0}):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-7042"):
            input_data.read_data_sets(folder, **options)
    with pytest.raises(tg.errors.InvalidArgumentError, match="13 of 12 examples.*TG-7042"):
        input_data.read_data_sets(folder, validation_size=0).test.next_batch(13)
    with pytest.raises(tg.errors.InvalidArgumentError, match="one label for each image.*TG-7042"):
        input_data.DataSet(np.zeros((3, 28, 28, 1), np.uint8), np.zeros(2, np.uint8))


def test_the_programs_of_the_tutorials_find_it_under_its_old_name(folder: Path) -> None:
    program = f"""
from tensegra.compat.v1._symbols import install
install()
from tensorflow.examples.tutorials.mnist import input_data
import tensorflow.examples.tutorials.mnist.input_data as again
print(input_data.read_data_sets({str(folder)!r}, validation_size=1).train.num_examples, again is input_data)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.stdout == "49 True\n", result.stderr


def test_the_network_of_the_tutorial_learns(folder: Path) -> None:
    from tensegra.compat.v1.examples.tutorials.mnist import mnist

    with tf.Graph().as_default():
        tf.set_random_seed(1)
        sets = input_data.read_data_sets(folder, validation_size=0)
        images, labels = (
            tf.placeholder(tf.float32, [None, mnist.IMAGE_PIXELS]),
            tf.placeholder(tf.int32, [None]),
        )
        logits = mnist.inference(images, 64, 32)
        loss = mnist.loss(logits, labels)
        train, right = mnist.training(loss, 0.1), mnist.evaluation(logits, labels)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            feed = dict(zip((images, labels), sets.train.next_batch(50), strict=True))
            before = sess.run(loss, feed)
            for _ in range(300):
                sess.run(train, feed)
            after, count = sess.run([loss, right], feed)
    assert after < 0.5 * before
    assert count > 25
