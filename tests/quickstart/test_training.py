"""The network of the quickstart reaches its accuracy whatever the seed."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from types import ModuleType

import pytest

import tensegra as tg


@pytest.mark.full
def test_median_of_three_seeds(load: Callable[[str], ModuleType]) -> None:
    data, layers = load("stage_data"), load("stage_layers")
    train, labels = tg.data.catalog.mnist5k(split="train")
    test, test_labels = tg.data.catalog.mnist5k(split="test")
    images, test_images = data.scaled(train), data.scaled(test)
    accuracies = []
    for seed in (1, 2, 3):
        pipeline = data.pipeline(images, labels, seed)
        digits = data.Digits(pipeline, images, labels, test_images, test_labels)
        model, _ = layers.train(digits, seed, advance=lambda: None)
        accuracies.append(model.evaluate(test_images, test_labels, verbose=0)[1])
    assert statistics.median(accuracies) >= 0.975, accuracies
    assert min(accuracies) >= 0.97, accuracies
