"""ONNX Runtime: all of its graph optimizations on; inference alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import onnxruntime
from models import Workload
from onnx_models import written

VERSION = onnxruntime.__version__
MODES = ("inference",)
SETTINGS = "ORT_ENABLE_ALL, sequential, intra_op threads, denormals as zero; NCHW, as its convolutions want"


def set_threads(threads: int) -> None:
    """The session sets them."""


def build(workload: Workload, mode: str, threads: int) -> Callable[[], Any]:
    x, _ = workload.batch()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(written(workload), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": x})[0]
