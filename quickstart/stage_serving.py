"""Stage 4: a REST server answers an ordinary HTTP client in TensorFlow Serving's format."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np

from .runner import Context, Result, Stage
from .stage_data import Digits
from .stage_layers import Trained
from .stage_saved_model import Saved

BATCH = 50
START_SECONDS = 30


def run(context: Context) -> Result:
    """Starts the server, asks it about every test digit, and stops it."""
    digits: Digits = context.value("data")
    trained: Trained = context.value("layers")
    saved: Saved = context.value("saved_model")
    log = context.artefact("serving.log")
    batches = [
        digits.test_images[start : start + BATCH] for start in range(0, len(digits.test_images), BATCH)
    ]
    with log.open("w") as stream:
        server = subprocess.Popen(_command(saved.path), stdout=stream, stderr=subprocess.STDOUT)
        try:
            url = _url(server, log)
            context.note(f"serving {url}")
            with context.bar("requests", len(batches)) as advance:
                answers: list[Any] = []
                milliseconds: list[float] = []
                for batch in batches:
                    start = time.perf_counter()
                    answers += _post(f"{url}/v1/models/digits:predict", {"instances": batch.tolist()})[
                        "predictions"
                    ]
                    milliseconds.append((time.perf_counter() - start) * 1e3)
                    advance()
            status = _get(f"{url}/v1/models/digits")["model_version_status"][0]
            server.terminate()
            code = server.wait(timeout=START_SECONDS)
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()
    context.check(
        status["state"] == "AVAILABLE", "the model is reported as available", f"version {status['version']}"
    )
    predictions = np.asarray(answers, dtype=np.float32)
    difference = float(np.abs(predictions - trained.probabilities).max())
    context.check(
        predictions.shape == trained.probabilities.shape
        and difference < 1e-5
        and np.array_equal(predictions.argmax(axis=1), trained.probabilities.argmax(axis=1)),
        "the answers are the predictions of the model",
        f"{len(predictions)} digits, greatest difference {difference:.1e}",
    )
    context.check(code == 0, "the server stopped cleanly when asked to", f"exit code {code}")
    return Result(figure=f"{statistics.median(milliseconds):.1f} ms for {BATCH} digits (median)")


STAGE = Stage("serving", "asked over HTTP", run, needs=("data", "layers", "saved_model"))
