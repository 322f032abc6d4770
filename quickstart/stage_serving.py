"""Stage 4: the REST server, asked by an ordinary HTTP client in TensorFlow Serving's format."""

from __future__ import annotations

import json
import re
import shutil
import signal
import statistics
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np

from .runner import Context, Result, Stage
from .stage_data import Digits
from .stage_layers import Trained
from .stage_saved_model import Saved

BATCH = 50
TIMEOUT = 30.0


def run(context: Context) -> Result:
    """Starts the server, asks it about every test digit, and stops it."""
    digits: Digits = context.value("data")
    trained: Trained = context.value("layers")
    saved: Saved = context.value("saved_model")
    command = shutil.which("tensegra", path=sysconfig.get_path("scripts"))
    context.check(command is not None, "the command tensegra is installed", command)
    log = context.artefact("serving.log")
    with log.open("w") as stream:
        server = subprocess.Popen(
            [str(command), "serve", f"digits={saved.path}", "--port", "0"],
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        url = _url(context, server, log)
        answers, milliseconds = _ask(context, url, digits.test_images)
        state = _request(f"{url}/v1/models/digits")["model_version_status"][0]
        server.send_signal(signal.SIGTERM)
        code = server.wait(TIMEOUT)
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    context.check(
        state["state"] == "AVAILABLE",
        "the server reports the model as available",
        f"version {state['version']}",
    )
    predictions = np.asarray(answers, dtype=np.float32)
    same_shape = predictions.shape == trained.probabilities.shape
    difference = float(np.abs(predictions - trained.probabilities).max()) if same_shape else float("inf")
    context.check(
        difference < 1e-5
        and np.array_equal(predictions.argmax(axis=1), trained.probabilities.argmax(axis=1)),
        "the answers are the predictions of the model",
        f"{len(predictions):,} digits, greatest difference {difference:.1e}",
    )
    context.check(
        code in (0, -signal.SIGTERM) and "Traceback" not in log.read_text() and not _answers(url),
        "the server stopped cleanly when told to",
        f"exit code {code}",
    )
    return Result(figure=f"{statistics.median(milliseconds):.1f} ms a request of {BATCH} digits (median)")


def _url(context: Context, server: subprocess.Popen[bytes], log: Path) -> str:
    """The address that the server prints once it listens."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text()):
            context.note(f"serving at {found[0]}/v1/models/digits")
            return found[0]
        time.sleep(0.02)
    raise RuntimeError(f"the server did not start: {log.read_text().strip() or 'it printed nothing'}")


def _ask(context: Context, url: str, images: np.ndarray) -> tuple[list[Any], list[float]]:
    """The predictions for all images, and the milliseconds of each request."""
    answers: list[Any] = []
    milliseconds: list[float] = []
    starts = range(0, len(images), BATCH)
    with context.bar(f"requests of {BATCH} digits", len(starts)) as advance:
        for start in starts:
            body = {"instances": images[start : start + BATCH].tolist()}
            begin = time.perf_counter()
            answers += _request(f"{url}/v1/models/digits:predict", body)["predictions"]
            milliseconds.append((time.perf_counter() - begin) * 1e3)
            advance()
    return answers, milliseconds


def _request(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"the server answered {error.code}: {error.read().decode()[:500]}") from error


def _answers(url: str) -> bool:
    try:
        _request(f"{url}/v1/models/digits")
    except OSError:
        return False
    return True


STAGE = Stage("serving", "asked over HTTP", run, needs=("data", "layers", "saved_model"))
