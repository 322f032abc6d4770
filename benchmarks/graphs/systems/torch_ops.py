"""The operations of PyTorch: images channels-last, fused Adam, its own attention and LSTM, denormals flushed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from models import ADAM, Workload

VERSION = torch.__version__
MODES = ("eager", "compiled")
SETTINGS = (
    "channels_last, Adam(fused=True), set_flush_denormal, inference under no_grad; compiled: torch.compile, for "
    "inference with freezing (weights as constants, packed by oneDNN), the LSTM called between two compiled parts"
)


def set_threads(threads: int) -> None:
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)


class Backend:
    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters

    def param(self, name: str, *_: Any) -> Any:
        return self.parameters[name]

    def images(self, x: Any) -> Any:
        return x.permute(0, 3, 1, 2)  # stays channels-last in memory

    def dense(self, x: Any, w: Any, b: Any) -> Any:
        y = x @ w
        return y if b is None else y + b

    def conv(self, x: Any, w: Any, b: Any, stride: int, groups: int = 1) -> Any:
        return F.conv2d(x, w, b, stride, (w.shape[-1] - 1) // 2, groups=groups)

    def batch_norm(self, x: Any, g: Any, b: Any) -> Any:
        return F.batch_norm(x, None, None, g, b, True, 0.0, 1e-5)

    def layer_norm(self, x: Any, g: Any, b: Any) -> Any:
        return F.layer_norm(x, g.shape, g, b, 1e-5)

    def add(self, x: Any, y: Any) -> Any:
        return x + y

    def relu(self, x: Any) -> Any:
        return F.relu(x)

    def relu6(self, x: Any) -> Any:
        return F.relu6(x)

    def gelu(self, x: Any) -> Any:
        return F.gelu(x, approximate="tanh")

    def max_pool(self, x: Any) -> Any:
        return F.max_pool2d(x, 3, 2, 1)

    def mean_pool(self, x: Any) -> Any:
        return x.mean((2, 3))

    def split(self, x: Any, parts: int) -> Any:
        return x.chunk(parts, -1)

    def attention(self, q: Any, k: Any, v: Any, heads: int, causal: bool) -> Any:
        batch, steps, width = q.shape
        q, k, v = (z.view(batch, steps, heads, -1).transpose(1, 2) for z in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return y.transpose(1, 2).reshape(batch, steps, width)

    def embed(self, table: Any, ids: Any, places: Any) -> Any:
        return F.embedding(ids, table) + places

    @torch.compiler.disable  # compiled, it is unrolled into hundreds of steps, which takes minutes
    def lstm(self, x: Any, wx: Any, wh: Any, b: Any) -> Any:
        start = x.new_zeros(1, x.shape[0], wh.shape[1])
        weights = [wx, wh, b, torch.zeros_like(b)]
        return torch._VF.lstm(x, (start, start), weights, True, 1, 0.0, True, False, True)[0]

    def last_step(self, x: Any) -> Any:
        return x[:, -1]


def build(workload: Workload, mode: str, threads: int) -> Callable[[], Any]:
    x, y = (None if z is None else torch.from_numpy(z) for z in workload.batch())
    assert x is not None
    if workload.vocabulary:
        x = x.long()
    parameters = {name: _held(name, value, workload) for name, value in workload.parameters().items()}
    backend = Backend(parameters)
    if not workload.trains:
        return _inference(workload, backend, x, mode)
    assert y is not None
    y = y.long()
    for value in parameters.values():
        value.requires_grad_()
    adam = torch.optim.Adam(
        list(parameters.values()), ADAM["rate"], (ADAM["beta_1"], ADAM["beta_2"]), ADAM["epsilon"], fused=True
    )

    def loss_of(x: Any, y: Any) -> Any:
        logits = workload.model(backend, x)
        return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), y.reshape(-1))

    call = torch.compile(loss_of) if mode == "compiled" else loss_of

    def step() -> float:
        adam.zero_grad(set_to_none=True)
        loss = call(x, y)
        loss.backward()
        adam.step()
        return loss.item()

    return step


class _Model(torch.nn.Module):
    """Holds the parameters as a module's, which is what freezing makes constants of."""

    def __init__(self, workload: Workload, backend: Backend) -> None:
        super().__init__()
        self.workload, self.backend = workload, backend
        for name, value in backend.parameters.items():
            self.register_parameter(name, torch.nn.Parameter(value, requires_grad=False))
        backend.parameters = self._parameters

    def forward(self, x: Any) -> Any:
        return self.workload.model(self.backend, x)


def _inference(workload: Workload, backend: Backend, x: Any, mode: str) -> Callable[[], Any]:
    call: Callable[[Any], Any] = _Model(workload, backend).eval()
    guard = torch.inference_mode
    if mode == "compiled":
        inductor: Any = importlib.import_module("torch._inductor.config")
        inductor.freezing = True
        call = torch.compile(call)
        guard = torch.no_grad

    def run() -> Any:
        with guard():
            return call(x).numpy()

    return run


def _held(name: str, value: Any, workload: Workload) -> Any:
    tensor = torch.from_numpy(value)
    if tensor.dim() == 4:
        return tensor.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
    if workload.name.endswith("lstm") and name[:2] in ("wx", "wh"):
        return tensor.t().contiguous()
    return tensor.clone()
