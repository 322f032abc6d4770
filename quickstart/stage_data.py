"""Stage 1: the digits, through a pipeline that shuffles, batches and prefetches."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

import tensegra as tg

from .runner import Context, Result, Stage

BATCH_SIZE = 64


@dataclass(frozen=True)
class Digits:
    """What the other stages learn from and are tested on: images of shape (n, 28, 28, 1), from 0 to 1."""

    train: tg.data.Dataset
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def scaled(images: np.ndarray) -> np.ndarray:
    """Pixels from 0 to 255 as float32 from 0 to 1, with a channel dimension."""
    return images[..., np.newaxis].astype(np.float32) / np.float32(255)


def pipeline(images: np.ndarray, labels: np.ndarray, seed: int) -> tg.data.Dataset:
    """What training reads: another order in each epoch, and batches made ready on a thread."""
    return (
        tg.data.Dataset.from_tensor_slices((images, labels))
        .shuffle(len(images), seed=seed)
        .batch(BATCH_SIZE)
        .prefetch(tg.data.AUTOTUNE)
    )


def run(context: Context) -> Result:
    """Gets the digits, shows where they come from, and reads one epoch."""
    catalog = tg.data.catalog
    for line in str(catalog.info("mnist5k")).splitlines():
        context.note(line)
    with context.bar("digits: fetch once, verify", 2) as advance:
        train_images, train_labels = catalog.mnist5k(split="train")
        advance()
        test_images, test_labels = catalog.mnist5k(split="test")
        advance()
    context.check(
        np.array_equal(np.bincount(train_labels), np.full(10, 400))
        and np.array_equal(np.bincount(test_labels), np.full(10, 100)),
        "4,000 digits to train on and 1,000 to test on, as many of each class",
        f"{len(train_labels)} and {len(test_labels)}",
    )
    arrays = scaled(train_images)
    dataset = pipeline(arrays, train_labels, context.seed)
    seen: list[np.ndarray] = []
    total = np.zeros((28, 28, 1))
    with context.bar("one epoch, checked", len(dataset)) as advance:
        for images, labels in dataset:
            seen.append(labels.numpy())
            total += images.numpy().sum(axis=0, dtype=np.float64)
            advance()
    with context.bar("one epoch, timed", len(dataset)) as advance:
        start = time.perf_counter()
        for _ in dataset:
            advance()
        seconds = time.perf_counter() - start
    order = np.concatenate(seen)
    context.check(
        np.array_equal(np.sort(order), np.sort(train_labels))
        and np.allclose(total, arrays.sum(axis=0, dtype=np.float64), rtol=1e-9),
        "an epoch holds each digit once",
        f"{len(order)} records in {len(seen)} batches",
    )
    context.check(
        not np.array_equal(order, train_labels),
        "the epoch is shuffled",
        f"it begins with {order[:8].tolist()}",
    )
    return Result(
        figure=f"{len(order) / seconds:,.0f} records/s",
        size=train_images.nbytes + test_images.nbytes,
        values=Digits(dataset, arrays, train_labels, scaled(test_images), test_labels),
    )


STAGE = Stage("data", "5,000 real digits: shuffled, batched, prefetched", run)
