"""OpenVINO, forced to float32 (by default it computes in bfloat16 where the processor can); inference alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openvino
from models import Workload
from onnx_models import written

VERSION = openvino.__version__.partition("-")[0]
MODES = ("inference",)
SETTINGS = (
    "INFERENCE_PRECISION_HINT f32, LATENCY, one stream, denormals as zero; read from ONNX, its own layouts"
)


def set_threads(threads: int) -> None:
    """The compiled model holds them."""


def build(workload: Workload, mode: str, threads: int) -> Callable[[], Any]:
    x, _ = workload.batch()
    core = openvino.Core()
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "CPU_DENORMALS_OPTIMIZATION": True,
    }
    compiled = core.compile_model(core.read_model(written(workload), b""), "CPU", settings)
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(x, shared_memory=True))

    def run(held: Any = (x, compiled)) -> Any:  # the request reads x where it lies
        request.infer()
        return request.get_output_tensor(0).data

    return run
