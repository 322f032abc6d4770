"""`tf.examples.tutorials.mnist.input_data`: the digits, a batch at a time, in the order that the graph's seed gives."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tensegra.compat import input_data

from .._graph import get_seed
from .._symbols import export

_CLASSES, _PIXELS, _MADE_UP = 10, 784, 10000
_PLACES = (
    "examples.tutorials.mnist.input_data.{0} contrib.learn.datasets.mnist.{0} "
    "contrib.learn.python.learn.datasets.mnist.{0}"
)


@export(_PLACES.format("DataSet"))
class DataSet(input_data.DataSet):
    """Images with labels, which are given out in batches and shuffled before each epoch.

    Args:
        images: Shape [examples, rows, columns, 1], uint8.
        labels: One for each image.
        fake_data: Whether batches are made up: for trials without files.
        one_hot: Whether the labels of made-up batches are one-hot.
        dtype: float32, which scales to [0, 1], or uint8.
        reshape: Whether each image becomes a vector.
        seed: Of the shuffling, which draws from `numpy.random`; by default the graph's.
    """

    def __init__(
        self,
        images: NDArray[Any],
        labels: NDArray[Any],
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = np.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        self._fake, self._one_hot = fake_data, one_hot
        super().__init__(images, labels, dtype=dtype, reshape=reshape)
        of_graph, of_op = get_seed(seed)
        np.random.seed(of_graph if seed is None else of_op)

    @property
    def num_examples(self) -> int:
        """How many there are."""
        return _MADE_UP if self._fake else super().num_examples

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """The next images and labels; see `tensegra.compat.input_data.DataSet.next_batch`."""
        if not (fake_data or self._fake):
            return super().next_batch(batch_size, shuffle=shuffle)
        label = [1] + [0] * (_CLASSES - 1) if self._one_hot else 0
        return [[1] * _PIXELS for _ in range(batch_size)], [label for _ in range(batch_size)]


@export(_PLACES.format("dense_to_one_hot"))
def dense_to_one_hot(labels_dense: NDArray[Any], num_classes: int) -> NDArray[np.float64]:
    """Numbers of classes as rows with a one."""
    return np.eye(num_classes)[np.asarray(labels_dense).reshape(-1)]


@export("contrib.learn.datasets.base.Datasets contrib.learn.python.learn.datasets.base.Datasets")
class Datasets(NamedTuple):
    """The three sets of examples."""

    train: DataSet
    validation: DataSet
    test: DataSet


@export(_PLACES.format("read_data_sets"))
def read_data_sets(
    train_dir: str | os.PathLike[str],
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = np.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str | None = None,
) -> Datasets:
    """The digits of MNIST, or what else lies in four files of that format; see `tensegra.compat.input_data`.

    Args:
        train_dir: The folder with train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and
            t10k-labels-idx1-ubyte.gz, which may also be unpacked. Nothing is downloaded.
        fake_data: Whether to make everything up.
        one_hot: Whether labels are rows with a one.
        dtype: float32, which scales to [0, 1], or uint8.
        reshape: Whether each image becomes a vector.
        validation_size: How many of the first training images are kept for validation.
        seed: Of the shuffling; by default the graph's.
        source_url: Ignored.

    Returns:
        A named tuple (train, validation, test) of `DataSet`.
    """
    if fake_data:
        nothing = np.zeros((0, 1), np.uint8)
        made = [DataSet(nothing, nothing, fake_data=True, one_hot=one_hot, seed=seed) for _ in range(3)]
    else:
        parts = input_data.read_parts(train_dir, one_hot, validation_size)
        made = [DataSet(*part, dtype=dtype, reshape=reshape, seed=seed) for part in parts]
    return Datasets(*made)
