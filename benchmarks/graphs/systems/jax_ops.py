"""The operations of JAX: one `jax.jit` for a whole step, its buffers donated; `lax.scan` for the LSTM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from models import ADAM, Workload

VERSION = jax.__version__
MODES = ("compiled",)
SETTINGS = "jax.jit of the whole step, donated buffers; one thread: XLA_FLAGS without multi-threaded eigen"


def set_threads(threads: int) -> None:
    """Set by the worker, in the environment, before JAX is imported."""


class Backend:
    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters

    def param(self, name: str, *_: Any) -> Any:
        return self.parameters[name]

    def images(self, x: Any) -> Any:
        return x

    def dense(self, x: Any, w: Any, b: Any) -> Any:
        y = x @ w
        return y if b is None else y + b

    def conv(self, x: Any, w: Any, b: Any, stride: int, groups: int = 1) -> Any:
        pad = (w.shape[0] - 1) // 2
        y = lax.conv_general_dilated(
            x,
            w,
            (stride, stride),
            ((pad, pad), (pad, pad)),
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=groups,
        )
        return y if b is None else y + b

    def batch_norm(self, x: Any, g: Any, b: Any) -> Any:
        return (x - x.mean((0, 1, 2))) * (lax.rsqrt(x.var((0, 1, 2)) + 1e-5) * g) + b

    def layer_norm(self, x: Any, g: Any, b: Any) -> Any:
        centered = x - x.mean(-1, keepdims=True)
        return centered * lax.rsqrt((centered * centered).mean(-1, keepdims=True) + 1e-5) * g + b

    def add(self, x: Any, y: Any) -> Any:
        return x + y

    def relu(self, x: Any) -> Any:
        return jax.nn.relu(x)

    def relu6(self, x: Any) -> Any:
        return jax.nn.relu6(x)

    def gelu(self, x: Any) -> Any:
        return jax.nn.gelu(x, approximate=True)

    def max_pool(self, x: Any) -> Any:
        pads = ((0, 0), (1, 1), (1, 1), (0, 0))
        return lax.reduce_window(x, -jnp.inf, lax.max, (1, 3, 3, 1), (1, 2, 2, 1), pads)

    def mean_pool(self, x: Any) -> Any:
        return x.mean((1, 2))

    def split(self, x: Any, parts: int) -> Any:
        return jnp.split(x, parts, -1)

    def attention(self, q: Any, k: Any, v: Any, heads: int, causal: bool) -> Any:
        batch, steps, width = q.shape
        q, k, v = (z.reshape(batch, steps, heads, -1).transpose(0, 2, 1, 3) for z in (q, k, v))
        scores = (q * (width // heads) ** -0.5) @ k.swapaxes(-1, -2)
        if causal:
            scores = jnp.where(jnp.tril(jnp.ones((steps, steps), bool)), scores, -1e30)
        return (jax.nn.softmax(scores, -1) @ v).transpose(0, 2, 1, 3).reshape(batch, steps, width)

    def embed(self, table: Any, ids: Any, places: Any) -> Any:
        return table[ids] + places

    def lstm(self, x: Any, wx: Any, wh: Any, b: Any) -> Any:
        gates = x.swapaxes(0, 1) @ wx + b

        def cell(state: Any, g: Any) -> Any:
            h, c = state
            i, f, u, o = jnp.split(g + h @ wh, 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(u)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zeros = jnp.zeros((x.shape[0], wh.shape[0]))
        return lax.scan(cell, (zeros, zeros), gates)[1].swapaxes(0, 1)

    def last_step(self, x: Any) -> Any:
        return x[:, -1]


def build(workload: Workload, mode: str, threads: int) -> Callable[[], Any]:
    x, y = (None if z is None else jnp.array(z) for z in workload.batch())
    parameters = {name: jnp.array(value) for name, value in workload.parameters().items()}
    if not workload.trains:
        infer = jax.jit(lambda p, x: workload.model(Backend(p), x))
        return lambda: jax.device_get(infer(parameters, x))

    def loss_of(p: Any, x: Any, y: Any) -> Any:
        logits = jax.nn.log_softmax(workload.model(Backend(p), x))
        return -jnp.take_along_axis(logits, y[..., None], -1).mean()

    def train(p: Any, m: Any, v: Any, t: Any, x: Any, y: Any) -> Any:
        loss, g = jax.value_and_grad(loss_of)(p, x, y)
        t, a, b = t + 1, ADAM["beta_1"], ADAM["beta_2"]
        m = jax.tree.map(lambda m, g: a * m + (1 - a) * g, m, g)
        v = jax.tree.map(lambda v, g: b * v + (1 - b) * g * g, v, g)
        rate = ADAM["rate"] * jnp.sqrt(1 - b**t) / (1 - a**t)
        p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + ADAM["epsilon"]), p, m, v)
        return p, m, v, t, loss

    call = jax.jit(train, donate_argnums=(0, 1, 2, 3))
    zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
    state: list[Any] = [parameters, *zeros, jnp.float32(0)]

    def step() -> float:
        *state[:], loss = call(*state, x, y)
        jax.block_until_ready(state)
        return float(loss)

    return step
