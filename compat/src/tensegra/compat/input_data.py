"""Labelled images in IDX files, batch by batch, as `tensorflow.examples.tutorials.mnist.input_data` gave them.

>>> from tensegra.compat import input_data
>>> images = np.zeros([4, 2, 2, 1], np.uint8)
>>> data = input_data.DataSet(images, np.array([0, 1, 2, 3]), reshape=True)
>>> [batch.shape for batch in data.next_batch(3)]
[(3, 4), (3,)]
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

__all__ = ["DataSet", "Datasets", "read_data_sets"]

_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


class Datasets(NamedTuple):
    """The three parts of a set of labelled images."""

    train: DataSet
    validation: DataSet
    test: DataSet


class DataSet:
    """Images with their labels.

    Args:
        images: shape (examples, rows, columns, 1), uint8.
        labels: shape (examples,), or (examples, classes) of one-hot rows.
        dtype: uint8 keeps the images; float32 makes them numbers from 0 to 1.
        reshape: makes each image one row.
        seed: seeds NumPy's shuffling; by default that of `tg.random.set_seed`, if there is one.

    Raises:
        InvalidArgumentError: TG-7042 if the numbers of images and labels differ, or the dtype is another one.
    """

    def __init__(
        self,
        images: np.ndarray[Any, Any],
        labels: np.ndarray[Any, Any],
        *,
        dtype: Any = np.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        from tensegra import _seeds, errors

        seed = _seeds.global_seed() if seed is None else seed
        if seed is not None:
            np.random.seed(seed % 2**32)
        if len(images) != len(labels):
            raise errors.InvalidArgumentError(
                f"[DataSet] there must be one label for each image. Received: {len(images)} images and {len(labels)} "
                "labels. Take both from one set.",
                code="TG-7042",
            )
        if reshape:
            images = images.reshape(len(images), int(np.prod(images.shape[1:])))
        name = getattr(dtype, "name", None) or np.dtype(dtype).name
        if name not in ("float32", "uint8"):
            raise errors.InvalidArgumentError(
                f"[DataSet] images are float32 or uint8. Received: dtype={name}. Choose one of them.",
                code="TG-7042",
            )
        self._images = images if name == "uint8" else images.astype(np.float32) * np.float32(1 / 255)
        self._labels = labels
        self._place = 0
        self._epochs = 0

    @property
    def images(self) -> np.ndarray[Any, Any]:
        """All images, in their present order."""
        return self._images

    @property
    def labels(self) -> np.ndarray[Any, Any]:
        """All labels, in their present order."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many examples there are."""
        return len(self._images)

    @property
    def epochs_completed(self) -> int:
        """How often all examples have been given."""
        return self._epochs

    def next_batch(
        self, batch_size: int, fake_data: bool = False, shuffle: bool = True
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The next images and labels; a batch that reaches beyond the last example goes on with the next epoch.

        Args:
            batch_size: how many examples.
            fake_data: kept for the place that it has among the arguments.
            shuffle: whether each epoch has an order of its own, drawn from NumPy's global generator.

        Returns:
            Images and labels, `batch_size` of each.

        Raises:
            InvalidArgumentError: TG-7042 if there are fewer examples than `batch_size`.
        """
        from tensegra import errors

        if not 0 <= batch_size <= self.num_examples:
            raise errors.InvalidArgumentError(
                f"[DataSet] a batch holds at most all examples. Received: batch_size={batch_size} of "
                f"{self.num_examples} examples. Ask for fewer.",
                code="TG-7042",
            )
        start = self._place
        if self._epochs == 0 and start == 0 and shuffle:
            self._shuffle()
        if start + batch_size <= self.num_examples:
            self._place = start + batch_size
            return self._images[start : self._place], self._labels[start : self._place]
        self._epochs += 1
        rest = self._images[start:], self._labels[start:]
        if shuffle:
            self._shuffle()
        self._place = batch_size - len(rest[0])
        images, labels = self._images[: self._place], self._labels[: self._place]
        return np.concatenate([rest[0], images]), np.concatenate([rest[1], labels])

    def _shuffle(self) -> None:
        order = np.arange(self.num_examples)
        np.random.shuffle(order)
        self._images, self._labels = self._images[order], self._labels[order]


def read_data_sets(
    train_dir: str | os.PathLike[str],
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = np.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = "",
) -> Datasets:
    """Reads a set of labelled images such as MNIST from a folder; nothing is downloaded.

    Args:
        train_dir: the folder with the four IDX files, `train-images-idx3-ubyte` and so on, with or without `.gz`.
        fake_data: kept for the place that it has among the arguments.
        one_hot: labels as rows of ten numbers instead of one integer each.
        dtype: uint8 keeps the images; float32 makes them numbers from 0 to 1.
        reshape: makes each image one row.
        validation_size: how many of the training examples are for validation: the first ones.
        seed: seeds NumPy's shuffling; by default that of `tg.random.set_seed`, if there is one.
        source_url: kept for the place that it has among the arguments.

    Returns:
        The training, validation and test examples.

    Raises:
        NotFoundError: TG-7040 if one of the files is missing.
        DataLossError: TG-7041 if a file is not an IDX file, or shorter than it says.
        InvalidArgumentError: TG-7042 if there are fewer training examples than `validation_size`.
    """
    parts = read_parts(train_dir, one_hot, validation_size)
    made = [DataSet(*part, dtype=dtype, reshape=reshape, seed=seed) for part in parts]
    return Datasets(*made)


def read_parts(
    train_dir: str | os.PathLike[str], one_hot: bool, validation_size: int
) -> list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    """Images and labels for training, validation and test; see `read_data_sets`."""
    from tensegra import errors

    images, labels, test_images, test_labels = (_read(_find(Path(train_dir), name)) for name in _NAMES)
    if one_hot:
        labels, test_labels = np.eye(10)[labels], np.eye(10)[test_labels]
    if not 0 <= validation_size <= len(images):
        raise errors.InvalidArgumentError(
            f"[read_data_sets] validation_size must lie between 0 and the number of training examples. Received: "
            f"validation_size={validation_size}, examples={len(images)}. Choose a smaller one.",
            code="TG-7042",
        )
    images, test_images = images[..., np.newaxis], test_images[..., np.newaxis]
    return [
        (images[validation_size:], labels[validation_size:]),
        (images[:validation_size], labels[:validation_size]),
        (test_images, test_labels),
    ]


def _find(folder: Path, name: str) -> Path:
    from tensegra import errors

    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise errors.NotFoundError(
        f"[read_data_sets] the four IDX files must be in the folder. Received: train_dir={os.fspath(folder)!r} "
        f"without {name}.gz. Put {', '.join(n + '.gz' for n in _NAMES)} there; nothing is downloaded.",
        code="TG-7040",
    )


def _read(path: Path) -> np.ndarray[Any, Any]:
    """The array of an IDX file of bytes."""
    from tensegra import errors

    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rank = data[3]
        sizes = struct.unpack_from(f">{rank}I", data, 4)
        start = 4 + 4 * rank
        if data[:3] != b"\0\0\x08" or len(data) - start != math.prod(sizes):
            raise ValueError
    except (OSError, EOFError, IndexError, ValueError, struct.error, zlib.error):
        raise errors.DataLossError(
            f"[read_data_sets] a file must be an IDX file of bytes, whole. Received: {os.fspath(path)!r}. "
            "Fetch it again.",
            code="TG-7041",
        ) from None
    return np.frombuffer(data, np.uint8, offset=start).reshape(sizes)
