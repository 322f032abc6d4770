"""The operations of TensorFlow. Modes: eager, and xla (one `tf.function(jit_compile=True)` for a whole step)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from models import ADAM, Workload

VERSION = tf.__version__
MODES = ("eager", "xla")
SETTINGS = (
    "threads by tf.config.threading; xla: tf.function(jit_compile=True), the LSTM a while_loop, since unrolled it "
    "takes minutes to compile; Adam written with ops, in the same step"
)


def set_threads(threads: int) -> None:
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)


class Backend:
    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters

    def param(self, name: str, *_: Any) -> Any:
        return self.parameters[name]

    def images(self, x: Any) -> Any:
        return x

    def dense(self, x: Any, w: Any, b: Any) -> Any:
        y = tf.tensordot(x, w, 1) if x.shape.rank == 3 else x @ w
        return y if b is None else y + b

    def conv(self, x: Any, w: Any, b: Any, stride: int, groups: int = 1) -> Any:
        pad = (w.shape[0] - 1) // 2
        if pad:
            x = tf.pad(x, [[0, 0], [pad, pad], [pad, pad], [0, 0]])
        if groups > 1:
            y = tf.nn.depthwise_conv2d(x, tf.transpose(w, [0, 1, 3, 2]), [1, stride, stride, 1], "VALID")
        else:
            y = tf.nn.conv2d(x, w, stride, "VALID")
        return y if b is None else tf.nn.bias_add(y, b)

    def batch_norm(self, x: Any, g: Any, b: Any) -> Any:
        return tf.compat.v1.nn.fused_batch_norm(x, g, b, epsilon=1e-5, is_training=True)[0]

    def layer_norm(self, x: Any, g: Any, b: Any) -> Any:
        centered = x - tf.reduce_mean(x, -1, keepdims=True)
        variance = tf.reduce_mean(centered * centered, -1, keepdims=True)
        return centered * tf.math.rsqrt(variance + 1e-5) * g + b

    def add(self, x: Any, y: Any) -> Any:
        return x + y

    def relu(self, x: Any) -> Any:
        return tf.nn.relu(x)

    def relu6(self, x: Any) -> Any:
        return tf.nn.relu6(x)

    def gelu(self, x: Any) -> Any:
        return tf.nn.gelu(x, approximate=True)

    def max_pool(self, x: Any) -> Any:
        lowest = tf.constant(x.dtype.min, x.dtype)
        return tf.nn.max_pool2d(
            tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=lowest), 3, 2, "VALID"
        )

    def mean_pool(self, x: Any) -> Any:
        return tf.reduce_mean(x, [1, 2])

    def split(self, x: Any, parts: int) -> Any:
        return tf.split(x, parts, -1)

    def attention(self, q: Any, k: Any, v: Any, heads: int, causal: bool) -> Any:
        batch, steps, width = q.shape
        q, k, v = (tf.transpose(tf.reshape(z, [batch, steps, heads, -1]), [0, 2, 1, 3]) for z in (q, k, v))
        scores = tf.matmul(q * (width // heads) ** -0.5, k, transpose_b=True)
        if causal:
            scores = tf.where(tf.linalg.band_part(tf.ones([steps, steps], tf.bool), -1, 0), scores, -1e30)
        y = tf.matmul(tf.nn.softmax(scores), v)
        return tf.reshape(tf.transpose(y, [0, 2, 1, 3]), [batch, steps, width])

    def embed(self, table: Any, ids: Any, places: Any) -> Any:
        return tf.gather(table, ids) + places

    def lstm(self, x: Any, wx: Any, wh: Any, b: Any) -> Any:
        gates = tf.transpose(tf.tensordot(x, wx, 1) + b, [1, 0, 2])
        steps, batch, units = gates.shape[0], x.shape[0], wh.shape[0]
        wh, zeros = tf.convert_to_tensor(wh), tf.zeros([batch, units])

        def cell(g: Any, h: Any, c: Any) -> tuple[Any, Any]:
            i, f, u, o = tf.split(g + h @ wh, 4, -1)
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(u)
            return tf.sigmoid(o) * tf.tanh(c), c

        if tf.executing_eagerly():
            h = c = zeros
            found = []
            for g in tf.unstack(gates):
                h, c = cell(g, h, c)
                found.append(h)
            return tf.stack(found, 1)

        def step(t: Any, h: Any, c: Any, found: Any) -> tuple[Any, Any, Any, Any]:
            h, c = cell(gates[t], h, c)
            return t + 1, h, c, found.write(t, h)

        found = tf.TensorArray(tf.float32, steps, element_shape=[batch, units])
        every = tf.while_loop(
            lambda t, *_: t < steps, step, (0, zeros, zeros, found), maximum_iterations=steps
        )[3]
        return tf.transpose(every.stack(), [1, 0, 2])

    def last_step(self, x: Any) -> Any:
        return x[:, -1]


def build(workload: Workload, mode: str, threads: int) -> Callable[[], Any]:
    x, y = (None if z is None else tf.constant(z) for z in workload.batch())
    compiled = lambda f: tf.function(f, jit_compile=True) if mode == "xla" else f  # noqa: E731
    if not workload.trains:
        backend = Backend({name: tf.constant(value) for name, value in workload.parameters().items()})
        infer = compiled(lambda x: workload.model(backend, x))
        return lambda: infer(x).numpy()
    parameters = {name: tf.Variable(value) for name, value in workload.parameters().items()}
    variables = list(parameters.values())
    means, squares = ([tf.Variable(tf.zeros_like(v)) for v in variables] for _ in range(2))
    count, backend = tf.Variable(0.0), Backend(parameters)
    a, b = ADAM["beta_1"], ADAM["beta_2"]

    def train(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = workload.model(backend, x)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        step = count.assign_add(1.0)
        rate = ADAM["rate"] * tf.sqrt(1 - b**step) / (1 - a**step)
        for w, m, v, g in zip(variables, means, squares, tape.gradient(loss, variables)):
            g = tf.convert_to_tensor(g)
            m.assign(a * m + (1 - a) * g)
            v.assign(b * v + (1 - b) * g * g)
            w.assign_sub(rate * m / (tf.sqrt(v) + ADAM["epsilon"]))
        return loss

    run = compiled(train)
    return lambda: float(run(x, y))
