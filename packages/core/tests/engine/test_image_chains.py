"""Chains of convolutions take a few images at a time: the results are those of each image alone, to the bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

import tensegra as tg

RANDOM = np.random.default_rng(11)


def weight(*shape: int) -> tg.Tensor:
    return tg.constant(RANDOM.normal(size=shape).astype("float32") * 0.3)


def convolve(x: tg.Tensor, size: int, channels: int, stride: int = 1) -> tg.Tensor:
    w = FILTERS[size, x.shape[-1], channels]
    return tg.nn.bias_add(tg.nn.conv2d(x, w, stride, "SAME"), BIASES[channels])


def depthwise(x: tg.Tensor, stride: int = 1) -> tg.Tensor:
    return tg.nn.depthwise_conv2d(x, DEPTHWISE[x.shape[-1]], [1, stride, stride, 1], "SAME")


FILTERS = {
    (size, i, o): weight(size, size, i, o)
    for size, i, o in ((1, 6, 20), (1, 20, 6), (3, 6, 20), (3, 20, 20), (1, 20, 20), (3, 3, 6))
}
BIASES = {channels: weight(channels) for channels in (6, 20)}
DEPTHWISE = {channels: weight(3, 3, channels, 1) for channels in (6, 20)}


def bottlenecks(x: tg.Tensor) -> tg.Tensor:
    """Blocks with a residual that skips over nodes of the chain."""
    for _ in range(3):
        y = tg.nn.relu6(convolve(x, 1, 20))
        y = tg.nn.relu6(depthwise(y))
        x = x + convolve(y, 1, 6)
    return tg.sigmoid(tg.abs(x))


def pools(x: tg.Tensor) -> tg.Tensor:
    x = tg.nn.relu(convolve(x, 3, 20, 2))
    x = tg.nn.max_pool2d(x, 3, 2, "SAME")
    x = tg.nn.avg_pool2d(convolve(x, 3, 20), 2, 1, "VALID")
    return tg.sigmoid(tg.abs(depthwise(x, 2)))


def read_twice(x: tg.Tensor) -> tuple[tg.Tensor, tg.Tensor, tg.Tensor]:
    """Values of the middle are read after the chain, and one is a result."""
    a = tg.nn.relu(convolve(x, 1, 20))
    b = convolve(a, 3, 20)
    c = depthwise(b)
    d = convolve(c, 1, 6)
    return tg.sigmoid(tg.abs(a)), tg.exp(c * 0.01), d


MODELS: list[Callable[[tg.Tensor], tg.Tensor | tuple[tg.Tensor, ...]]] = [bottlenecks, pools, read_twice]


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    before = tg.config.threading.get_intra_op_parallelism_threads()
    yield
    tg.config.threading.set_intra_op_parallelism_threads(before)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("images", [2, 9, 16])
def test_images_do_not_meet(
    model: Callable[[tg.Tensor], tg.Tensor | tuple[tg.Tensor, ...]], threads: int, images: int
) -> None:
    tg.config.threading.set_intra_op_parallelism_threads(threads)
    x = RANDOM.normal(size=(images, 65, 61, 6)).astype("float32")
    compiled = tg.function(model)
    together = tg.nest.flatten(compiled(tg.constant(x)))
    for _ in range(2):  # again with the memory of before
        again = tg.nest.flatten(compiled(tg.constant(x)))
        for a, b in zip(together, again):
            np.testing.assert_array_equal(a.numpy(), b.numpy())
    for i in range(images):
        alone = tg.nest.flatten(compiled(tg.constant(x[i : i + 1])))
        for a, b in zip(together, alone):
            np.testing.assert_array_equal(a.numpy()[i : i + 1], b.numpy())
    eager = tg.nest.flatten(model(tg.constant(x)))
    for a, b in zip(together, eager):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-4, atol=1e-4)


def test_less_memory() -> None:
    """What lies between the nodes is there for a few images alone."""
    tg.config.threading.set_intra_op_parallelism_threads(1)
    compiled = tg.function(bottlenecks)
    x = tg.constant(RANDOM.normal(size=(32, 64, 64, 6)).astype("float32"))
    compiled(x)
    tg.config.reset_memory_stats()
    before = tg.config.memory_info()["current"]
    compiled(x)
    peak = tg.config.memory_info()["peak"] - before
    wide = 32 * 64 * 64 * 20 * 4
    assert peak < wide


def test_an_error_within_a_chain_tells_where(monkeypatch: pytest.MonkeyPatch) -> None:
    tg.debugging.enable_check_numerics()
    try:
        x = RANDOM.normal(size=(16, 65, 61, 6)).astype("float32")
        x[7, 3, 3, 2] = np.inf
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0711"):
            tg.function(bottlenecks)(tg.constant(x))
    finally:
        tg.debugging.disable_check_numerics()
