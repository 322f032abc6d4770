"""The workloads: models written once, over the operations that each system supplies.

Needs NumPy alone, since it runs in the environment of every system. A model asks its backend `k` for parameters by
name, shape and standard deviation; `parameters` draws them, the same ones for every system. Images are NHWC, filters
HWIO, and each system may hold them as it likes.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

ADAM = {"rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}


@dataclass(frozen=True)
class Workload:
    """A model with the sizes of its inputs.

    Args:
        name: What the tables call it.
        model: The forward pass: `model(k, x)` gives logits (training) or any result (inference).
        shape: The shape of x.
        labels: The shape of the labels; None for inference.
        classes: The number of classes of the labels.
        vocabulary: x holds integers below it; 0: normal numbers.
    """

    name: str
    model: Callable[[Any, Any], Any]
    shape: tuple[int, ...]
    labels: tuple[int, ...] | None = None
    classes: int = 10
    vocabulary: int = 0

    @property
    def trains(self) -> bool:
        """Whether a step is one of training."""
        return self.labels is not None

    def batch(self) -> tuple[np.ndarray, np.ndarray | None]:
        """x and the labels."""
        random = np.random.RandomState(7)
        x = (
            random.randint(0, self.vocabulary, self.shape).astype(np.int32)
            if self.vocabulary
            else random.randn(*self.shape).astype(np.float32)
        )
        y = None if self.labels is None else random.randint(0, self.classes, self.labels).astype(np.int32)
        return x, y

    def parameters(self) -> dict[str, np.ndarray]:
        """The parameters by name, in the order of their use; drawn at the first call."""
        return _parameters(self.model)


@functools.cache
def _parameters(model: Callable[[Any, Any], Any]) -> dict[str, np.ndarray]:
    recorder = _Recorder()
    model(recorder, None)
    return recorder.found


class _Recorder:
    """A backend that computes nothing and draws the parameters that a model asks for."""

    def __init__(self) -> None:
        self.found: dict[str, np.ndarray] = {}

    def param(self, name: str, shape: tuple[int, ...], deviation: float, mean: float = 0.0) -> None:
        if name not in self.found:
            random = np.random.RandomState(zlib.crc32(name.encode()))
            self.found[name] = (random.randn(*shape) * deviation + mean).astype(np.float32)

    def split(self, x: Any, parts: int) -> list[Any]:
        return [None] * parts

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments, **named: None


# ---- parts


def _dense(k: Any, name: str, x: Any, i: int, o: int, deviation: float | None = None) -> Any:
    w = k.param(f"{name}_w", (i, o), deviation or (2.0 / i) ** 0.5)
    return k.dense(x, w, k.param(f"{name}_b", (o,), 0.0))


def _layer_norm(k: Any, name: str, x: Any, size: int) -> Any:
    return k.layer_norm(x, k.param(f"{name}_g", (size,), 0.0, 1.0), k.param(f"{name}_b", (size,), 0.0))


def _conv_norm(k: Any, name: str, x: Any, size: int, i: int, o: int, stride: int = 1) -> Any:
    """A convolution and the normalization of a batch in training."""
    w = k.param(name, (size, size, i, o), (2.0 / (size * size * i)) ** 0.5)
    x = k.conv(x, w, None, stride)
    return k.batch_norm(x, k.param(f"{name}_g", (o,), 0.0, 1.0), k.param(f"{name}_b", (o,), 0.0))


def _conv_bias(
    k: Any, name: str, x: Any, size: int, i: int, o: int, stride: int = 1, groups: int = 1, gain: float = 1.0
) -> Any:
    """A convolution whose normalization is folded into filters and bias, as every runtime does before it infers."""
    fan = size * size * i // groups
    w = k.param(name, (size, size, i // groups, o), gain * (2.0 / fan) ** 0.5)
    return k.conv(x, w, k.param(f"{name}_b", (o,), 0.1), stride, groups)


def _block(k: Any, name: str, x: Any, width: int, heads: int, causal: bool, before: bool) -> Any:
    """A block of a transformer; the normalization lies before its halves (GPT-2) or after them (BERT)."""

    def attend(x: Any) -> Any:
        q, key, v = k.split(_dense(k, f"{name}_qkv", x, width, 3 * width, 0.02), 3)
        return _dense(k, f"{name}_proj", k.attention(q, key, v, heads, causal), width, width, 0.02)

    def feed(x: Any) -> Any:
        hidden = k.gelu(_dense(k, f"{name}_fc", x, width, 4 * width, 0.02))
        return _dense(k, f"{name}_out", hidden, 4 * width, width, 0.02)

    for half, part in (("1", attend), ("2", feed)):
        if before:
            x = k.add(x, part(_layer_norm(k, f"{name}_n{half}", x, width)))
        else:
            x = _layer_norm(k, f"{name}_n{half}", k.add(x, part(x)), width)
    return x


# ---- models


def mlp(*sizes: int) -> Callable[[Any, Any], Any]:
    """Dense layers with relu between them."""

    def model(k: Any, x: Any) -> Any:
        for n, (i, o) in enumerate(pairwise(sizes)):
            x = _dense(k, f"dense{n}", x, i, o)
            if n < len(sizes) - 2:
                x = k.relu(x)
        return x

    return model


def resnet20(k: Any, x: Any) -> Any:
    """K. He et al., "Deep residual learning for image recognition", 2015, the network for CIFAR of 20 layers."""
    x, channels = k.relu(_conv_norm(k, "stem", k.images(x), 3, 3, 16)), 16
    for stage, width in enumerate((16, 32, 64)):
        for block in range(3):
            name, stride = f"s{stage}b{block}", 2 if stage > 0 and block == 0 else 1
            y = k.relu(_conv_norm(k, f"{name}c1", x, 3, channels, width, stride))
            y = _conv_norm(k, f"{name}c2", y, 3, width, width)
            if channels != width:
                x, channels = _conv_norm(k, f"{name}sc", x, 1, channels, width, stride), width
            x = k.relu(k.add(x, y))
    return _dense(k, "head", k.mean_pool(x), 64, 10)


def gpt(layers: int, width: int, heads: int, steps: int, words: int) -> Callable[[Any, Any], Any]:
    """A decoder as GPT-2's."""

    def model(k: Any, x: Any) -> Any:
        h = k.embed(k.param("words", (words, width), 0.02), x, k.param("places", (steps, width), 0.02))
        for n in range(layers):
            h = _block(k, f"h{n}", h, width, heads, causal=True, before=True)
        return k.dense(_layer_norm(k, "last", h, width), k.param("head", (width, words), 0.02), None)

    return model


def bert(layers: int, width: int, heads: int, steps: int, words: int) -> Callable[[Any, Any], Any]:
    """An encoder as BERT's, without token types and pooler."""

    def model(k: Any, x: Any) -> Any:
        h = k.embed(k.param("words", (words, width), 0.02), x, k.param("places", (steps, width), 0.02))
        h = _layer_norm(k, "first", h, width)
        for n in range(layers):
            h = _block(k, f"h{n}", h, width, heads, causal=False, before=False)
        return h

    return model


def lstm(layers: int, inputs: int, units: int) -> Callable[[Any, Any], Any]:
    """Layers of long short-term memory, and a dense layer on the last step; gates in the order i, f, g, o."""

    def model(k: Any, x: Any) -> Any:
        size = inputs
        for n in range(layers):
            wx = k.param(f"wx{n}", (size, 4 * units), size**-0.5)
            wh = k.param(f"wh{n}", (units, 4 * units), units**-0.5)
            x, size = k.lstm(x, wx, wh, k.param(f"b{n}", (4 * units,), 0.0)), units
        return _dense(k, "head", k.last_step(x), units, 10)

    return model


def mobilenet_v2(k: Any, x: Any) -> Any:
    """M. Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018."""
    x, channels = k.relu6(_conv_bias(k, "stem", k.images(x), 3, 3, 32, 2)), 32
    stages = (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    )
    for stage, (factor, width, count, stride) in enumerate(stages):
        for block in range(count):
            name, step, hidden = f"s{stage}b{block}", stride if block == 0 else 1, channels * factor
            y = x if factor == 1 else k.relu6(_conv_bias(k, f"{name}e", x, 1, channels, hidden))
            y = k.relu6(_conv_bias(k, f"{name}d", y, 3, hidden, hidden, step, groups=hidden))
            y = _conv_bias(k, f"{name}p", y, 1, hidden, width)
            x = k.add(x, y) if step == 1 and channels == width else y
            channels = width
    return _dense(k, "head", k.mean_pool(k.relu6(_conv_bias(k, "last", x, 1, 320, 1280))), 1280, 1000)


def resnet50(k: Any, x: Any) -> Any:
    """K. He et al., 2015, with the stride in the middle convolution of a block."""
    x = k.max_pool(k.relu(_conv_bias(k, "stem", k.images(x), 7, 3, 64, 2)))
    channels = 64
    for stage, (width, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(count):
            name, stride = f"s{stage}b{block}", 2 if stage > 0 and block == 0 else 1
            y = k.relu(_conv_bias(k, f"{name}c1", x, 1, channels, width))
            y = k.relu(_conv_bias(k, f"{name}c2", y, 3, width, width, stride))
            y = _conv_bias(k, f"{name}c3", y, 1, width, 4 * width, gain=0.2)  # so that sums stay small
            if block == 0:
                x, channels = _conv_bias(k, f"{name}sc", x, 1, channels, 4 * width, stride), 4 * width
            x = k.relu(k.add(x, y))
    return _dense(k, "head", k.mean_pool(x), 2048, 1000)


TRAINING = {
    w.name: w
    for w in (
        Workload("mlp32", mlp(784, 512, 512, 10), (32, 784), (32,)),
        Workload("mlp128", mlp(784, 512, 512, 10), (128, 784), (128,)),
        Workload("resnet20", resnet20, (64, 32, 32, 3), (64,)),
        Workload("gpt", gpt(6, 384, 6, 256, 65), (4, 256), (4, 256), 65, 65),
        Workload("lstm", lstm(2, 64, 256), (32, 128, 64), (32,)),
    )
}
INFERENCE = {
    w.name: w
    for w in (
        Workload("mlp_b1", mlp(64, 256, 256, 10), (1, 64)),
        *(Workload(f"mobilenetv2_b{b}", mobilenet_v2, (b, 224, 224, 3)) for b in (1, 16)),
        *(Workload(f"resnet50_b{b}", resnet50, (b, 224, 224, 3)) for b in (1, 16)),
        *(Workload(f"bert_b{b}", bert(12, 768, 12, 128, 30522), (b, 128), vocabulary=30522) for b in (1, 16)),
    )
}
# Small enough for the tests: every model once.
TINY = {
    w.name: w
    for w in (
        Workload("tiny_mlp", mlp(6, 5, 3), (4, 6), (4,), 3),
        Workload("tiny_resnet20", resnet20, (2, 8, 8, 3), (2,)),
        Workload("tiny_gpt", gpt(1, 8, 2, 5, 7), (2, 5), (2, 5), 7, 7),
        Workload("tiny_lstm", lstm(1, 3, 4), (2, 5, 3), (2,)),
        Workload("tiny_bert", bert(1, 8, 2, 5, 11), (2, 5), vocabulary=11),
        Workload("tiny_mobilenetv2", mobilenet_v2, (1, 32, 32, 3)),
        Workload("tiny_resnet50", resnet50, (1, 32, 32, 3)),
    )
}
WORKLOADS = TRAINING | INFERENCE | TINY
