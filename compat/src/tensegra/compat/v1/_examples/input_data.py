"""`tf.examples.tutorials.mnist.input_data`: the digits, a batch at a time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tensegra import as_dtype

from .._errors import invalid
from .._graph import get_seed
from .._symbols import export
from . import idx

_CLASSES = 10
_PLACES = (
    "examples.tutorials.mnist.input_data.{0} contrib.learn.datasets.mnist.{0} "
    "contrib.learn.python.learn.datasets.mnist.{0}"
)


@export(_PLACES.format("DataSet"))
class DataSet:
    """Images with labels, which are given out in batches and shuffled before each epoch.

    Args:
        images: Shape [examples, rows, columns, 1], uint8.
        labels: One for each image.
        fake_data: Whether batches are made up: for trials without files.
        one_hot: Whether the labels of made-up batches are one-hot.
        dtype: float32, which scales to [0, 1], or uint8.
        reshape: Whether each image becomes a vector.
        seed: Of the shuffling, which draws from `numpy.random`; by default the graph's.

    Raises:
        tg.errors.InvalidArgumentError: The dtype is another one, or the numbers differ (TG-7382).
    """

    def __init__(
        self,
        images: NDArray[Any],
        labels: NDArray[Any],
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = "float32",
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        of_graph, of_op = get_seed(seed)
        np.random.seed(of_graph if seed is None else of_op)
        kind = as_dtype(dtype).name
        if kind not in ("float32", "uint8"):
            raise _wrong("images are float32 or uint8", f"dtype={kind}", "Choose one of them")
        self._fake, self._one_hot = fake_data, one_hot
        if fake_data:
            self._num_examples = 10000
        else:
            if images.shape[0] != labels.shape[0]:
                received = f"images.shape={images.shape}, labels.shape={labels.shape}"
                raise _wrong("there is one label for each image", received, "Take both from one set")
            self._num_examples = images.shape[0]
            if reshape:
                images = images.reshape(images.shape[0], math.prod(images.shape[1:]))
            if kind == "float32":
                images = np.multiply(images.astype(np.float32), 1.0 / 255.0)
        self._images, self._labels = images, labels
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self) -> NDArray[Any]:
        """All images, in their present order."""
        return self._images

    @property
    def labels(self) -> NDArray[Any]:
        """All labels, in their present order."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many there are."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """How often all of them were given out."""
        return self._epochs_completed

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """The next images and labels; a batch may reach over the end of an epoch into the next one.

        Args:
            batch_size: How many, at most all of them.
            fake_data: Whether to make them up.
            shuffle: Whether each epoch has an order of its own.

        Raises:
            tg.errors.InvalidArgumentError: More are asked for than there are (TG-7382).
        """
        if fake_data or self._fake:
            label = [1] + [0] * (_CLASSES - 1) if self._one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        if not 0 <= batch_size <= self._num_examples:
            received = f"batch_size={batch_size} of {self._num_examples} examples"
            raise _wrong("a batch holds at most all examples", received, "Ask for fewer")
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        end = start + batch_size
        if end <= self._num_examples:
            self._index_in_epoch = end
            return self._images[start:end], self._labels[start:end]
        last = self._images[start:], self._labels[start:]
        self._epochs_completed += 1
        if shuffle:
            self._shuffle()
        self._index_in_epoch = end - self._num_examples
        first = self._images[: self._index_in_epoch], self._labels[: self._index_in_epoch]
        return np.concatenate((last[0], first[0])), np.concatenate((last[1], first[1]))

    def _shuffle(self) -> None:
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images, self._labels = self._images[order], self._labels[order]


@export("contrib.learn.datasets.base.Datasets contrib.learn.python.learn.datasets.base.Datasets")
class Datasets(NamedTuple):
    """The three sets of examples."""

    train: DataSet
    validation: DataSet
    test: DataSet


@export(_PLACES.format("dense_to_one_hot"))
def dense_to_one_hot(labels_dense: NDArray[Any], num_classes: int) -> NDArray[np.float64]:
    """Numbers of classes as rows with a one."""
    return np.eye(num_classes)[np.asarray(labels_dense).reshape(-1)]


@export(_PLACES.format("read_data_sets"))
def read_data_sets(
    train_dir: str | Path,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = "float32",
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str | None = None,
) -> Datasets:
    """The digits of MNIST, or what else lies in four files of that format.

    Args:
        train_dir: The folder with train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and
            t10k-labels-idx1-ubyte.gz, which may also be unpacked. Nothing is downloaded.
        fake_data: Whether to make everything up.
        one_hot: Whether labels are rows with a one.
        dtype: float32, which scales to [0, 1], or uint8.
        reshape: Whether each image becomes a vector.
        validation_size: How many of the first training images are kept for validation.
        seed: Of the shuffling.
        source_url: Ignored.

    Returns:
        A named tuple (train, validation, test) of `DataSet`.

    Raises:
        tg.errors.NotFoundError: A file is missing (TG-7380).
        tg.errors.InvalidArgumentError: A file is damaged (TG-7381), or `validation_size` is more than there
            are (TG-7382).
    """
    options: dict[str, Any] = {"dtype": dtype, "reshape": reshape, "seed": seed}
    if fake_data:
        nothing = np.zeros(0, np.uint8)
        made = [
            DataSet(nothing, nothing, fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed)
            for _ in range(3)
        ]
        return Datasets(*made)
    images, labels = _pair(train_dir, "train", one_hot)
    test_images, test_labels = _pair(train_dir, "t10k", one_hot)
    if not 0 <= validation_size <= len(images):
        received = f"validation_size={validation_size} of {len(images)}"
        raise _wrong("validation takes at most all training images", received, "Give fewer")
    return Datasets(
        train=DataSet(images[validation_size:], labels[validation_size:], **options),
        validation=DataSet(images[:validation_size], labels[:validation_size], **options),
        test=DataSet(test_images, test_labels, **options),
    )


def _pair(folder: str | Path, part: str, one_hot: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    images = idx.read(idx.find(folder, f"{part}-images-idx3-ubyte"), 3)
    labels: NDArray[Any] = idx.read(idx.find(folder, f"{part}-labels-idx1-ubyte"), 1)
    return images[..., np.newaxis], dense_to_one_hot(labels, _CLASSES) if one_hot else labels


def _wrong(rule: str, received: str, cure: str) -> Exception:
    return invalid("examples.mnist", rule, received, cure, "TG-7382")
