"""The operations of Tensegra. Modes: compiled (one `tg.function` for a whole step) and eager."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models import ADAM, Workload

import tensegra as tg

VERSION = tg.__version__
MODES = ("compiled", "eager")
SETTINGS = "tg.function over the whole step; layers' Adam; threads by tg.config.threading"
nn, more = tg.nn, tg.nn.experimental


def set_threads(threads: int) -> None:
    """Before anything runs."""
    tg.config.threading.set_intra_op_parallelism_threads(threads)


class Backend:
    """What models are written with."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters

    def param(self, name: str, *_: Any) -> Any:
        return self.parameters[name]

    def images(self, x: Any) -> Any:
        return x

    def dense(self, x: Any, w: Any, b: Any) -> Any:
        y = tg.matmul(x, w)
        return y if b is None else y + b

    def conv(self, x: Any, w: Any, b: Any, stride: int, groups: int = 1) -> Any:
        pad = (w.shape[0] - 1) // 2
        padding = [[0, 0], [pad, pad], [pad, pad], [0, 0]]
        if groups > 1:
            w = tg.transpose(w, [0, 1, 3, 2])
            y = nn.depthwise_conv2d(x, w, [1, stride, stride, 1], padding)
        else:
            y = nn.conv2d(x, w, stride, padding)
        return y if b is None else nn.bias_add(y, b)

    def batch_norm(self, x: Any, g: Any, b: Any) -> Any:
        unused = tg.zeros(g.shape)
        return more.fused_batch_norm(x, g, b, unused, unused, epsilon=1e-5)[0]

    def layer_norm(self, x: Any, g: Any, b: Any) -> Any:
        return more.layer_norm(x, g, b, epsilon=1e-5)

    def add(self, x: Any, y: Any) -> Any:
        return x + y

    def relu(self, x: Any) -> Any:
        return nn.relu(x)

    def relu6(self, x: Any) -> Any:
        return nn.relu6(x)

    def gelu(self, x: Any) -> Any:
        return nn.gelu(x, approximate=True)

    def max_pool(self, x: Any) -> Any:
        return nn.max_pool2d(x, 3, 2, [[0, 0], [1, 1], [1, 1], [0, 0]])

    def mean_pool(self, x: Any) -> Any:
        return tg.reduce_mean(x, [1, 2])

    def split(self, x: Any, parts: int) -> list[Any]:
        return list(tg.split(x, parts, -1))

    def attention(self, q: Any, k: Any, v: Any, heads: int, causal: bool) -> Any:
        batch, steps, width = q.shape
        shape = [batch, steps, heads, width // heads]
        q, k, v = (tg.transpose(tg.reshape(z, shape), [0, 2, 1, 3]) for z in (q, k, v))
        y = more.scaled_dot_product_attention(q, k, v, causal=causal)
        return tg.reshape(tg.transpose(y, [0, 2, 1, 3]), [batch, steps, width])

    def embed(self, table: Any, ids: Any, places: Any) -> Any:
        return tg.gather(table, ids) + places

    def lstm(self, x: Any, wx: Any, wh: Any, b: Any) -> Any:
        return more.lstm(x, wx, wh, b)[0]

    def last_step(self, x: Any) -> Any:
        return x[:, -1]


def build(workload: Workload, mode: str, threads: int) -> Callable[[], Any]:
    """A function that runs one step and returns its loss, or the sum of its result."""
    x, y = (None if z is None else tg.constant(z) for z in workload.batch())
    if not workload.trains:
        backend = Backend({name: tg.constant(value) for name, value in workload.parameters().items()})
        infer = lambda x: workload.model(backend, x)  # noqa: E731
        call = tg.function(infer) if mode == "compiled" else infer
        return lambda: call(x).numpy()
    parameters = {name: tg.Variable(value) for name, value in workload.parameters().items()}
    variables, backend = list(parameters.values()), Backend(parameters)
    adam = tg.layers.optimizers.Adam(ADAM["rate"], ADAM["beta_1"], ADAM["beta_2"], ADAM["epsilon"])

    def step(x: Any, y: Any) -> Any:
        with tg.GradientTape() as tape:
            logits = workload.model(backend, x)
            loss = tg.reduce_mean(nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
        adam.apply(tape.gradient(loss, variables), variables)
        return loss

    run = tg.function(step) if mode == "compiled" else step
    return lambda: float(run(x, y))
