"""Models written as ONNX from the same parameters, for the systems that read it; inference alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from models import Workload
from onnx import TensorProto, helper, numpy_helper


class Backend:
    """Writes a graph: values are names; `shapes` holds what models ask of them."""

    def __init__(self, parameters: dict[str, np.ndarray], batch: int) -> None:
        self.parameters = parameters
        self.batch = batch
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def param(self, name: str, *_: Any) -> str:
        value = self.parameters[name]
        if value.ndim == 4:
            value = np.ascontiguousarray(value.transpose(3, 2, 0, 1))
        return self.constant(value, name)

    def constant(self, value: Any, name: str = "") -> str:
        name = name or f"constant{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [f"value{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names if outputs > 1 else names[0]

    def images(self, x: str) -> str:
        return self.node("Transpose", x, perm=[0, 3, 1, 2])

    def dense(self, x: str, w: str, b: str | None) -> str:
        y = self.node("MatMul", x, w)
        return y if b is None else self.node("Add", y, b)

    def conv(self, x: str, w: str, b: str | None, stride: int, groups: int = 1) -> str:
        size = self.constants[w].dims[-1]
        pads = [(size - 1) // 2] * 4
        inputs = (x, w) if b is None else (x, w, b)
        return str(self.node("Conv", *inputs, strides=[stride, stride], pads=pads, group=groups))

    def layer_norm(self, x: str, g: str, b: str) -> str:
        return str(self.node("LayerNormalization", x, g, b, epsilon=1e-5))

    def add(self, x: str, y: str) -> str:
        return str(self.node("Add", x, y))

    def relu(self, x: str) -> str:
        return str(self.node("Relu", x))

    def relu6(self, x: str) -> str:
        return str(self.node("Clip", x, self.constant(np.float32(0)), self.constant(np.float32(6))))

    def gelu(self, x: str) -> str:
        return str(self.node("Gelu", x, approximate="tanh"))

    def max_pool(self, x: str) -> str:
        return str(self.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]))

    def mean_pool(self, x: str) -> str:
        return str(self.node("Flatten", self.node("GlobalAveragePool", x)))

    def split(self, x: str, parts: int) -> Any:
        return self.node("Split", x, outputs=parts, axis=-1, num_outputs=parts)

    def attention(self, q: str, k: str, v: str, heads: int, causal: bool) -> str:
        width = self.constants["places"].dims[1]
        shape = self.constant(np.array([self.batch, -1, heads, width // heads], np.int64))
        q, k, v = (
            self.node("Transpose", self.node("Reshape", z, shape), perm=perm)
            for z, perm in ((q, [0, 2, 1, 3]), (k, [0, 2, 3, 1]), (v, [0, 2, 1, 3]))
        )
        scale = self.constant(np.float32((width // heads) ** -0.5))
        scores = self.node("Softmax", self.node("MatMul", self.node("Mul", q, scale), k), axis=-1)
        y = self.node("Transpose", self.node("MatMul", scores, v), perm=[0, 2, 1, 3])
        return str(self.node("Reshape", y, self.constant(np.array([self.batch, -1, width], np.int64))))

    def embed(self, table: str, ids: str, places: str) -> str:
        return str(self.node("Add", self.node("Gather", table, ids), places))


def written(workload: Workload) -> bytes:
    """The model of a workload: input x, one output."""
    backend = Backend(workload.parameters(), workload.shape[0])
    result = workload.model(backend, "x")
    kind = TensorProto.INT32 if workload.vocabulary else TensorProto.FLOAT
    graph = helper.make_graph(
        backend.nodes,
        workload.name,
        [helper.make_tensor_value_info("x", kind, list(workload.shape))],
        [
            helper.make_tensor_value_info(
                result, TensorProto.FLOAT, [None] * (3 if workload.vocabulary else 2)
            )
        ],
        list(backend.constants.values()),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
