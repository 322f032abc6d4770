"""The REST API as an ASGI application.

Source: TensorFlow Serving's RESTful API (``/v1/models/NAME[/versions/N][:predict|/metadata]``).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import tensegra as tg

from ._errors import http_status, invalid
from ._json import read_inputs, write_outputs
from ._models import ModelRegistry, ServedModel

MAX_BODY_BYTES = 64 * 1024 * 1024
_PATH = re.compile(r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>\d+))?(?P<action>:\w+|/metadata)?")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class App:
    """Answers requests for the models of a registry. Models run in worker threads, so that the loop stays free."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
            status = 200
        except tg.errors.Error as error:
            answer, status = {"error": str(error)}, http_status(error)
        except Exception as error:
            answer, status = (
                {"error": f"[serving] internal error: {type(error).__name__}: {error} (TG-5000)"},
                500,
            )
        body = json.dumps(answer).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        match = _PATH.fullmatch(scope["path"])
        if match is None:
            raise tg.errors.NotFoundError(
                "[serving] the path must be /v1/models/NAME[/versions/N][:predict|/metadata]. "
                f"Received: {scope['path']}.",
                code="TG-5009",
            )
        version = match["version"]
        model = self._registry.get(match["name"], int(version) if version else None)
        action = match["action"] or ""
        wanted = "POST" if action.startswith(":") else "GET"
        if scope["method"] != wanted:
            raise invalid("http", f"{scope['path']} takes {wanted}", scope["method"], "TG-5010")
        if action == "":
            return _status(model)
        if action == "/metadata":
            return _metadata(model)
        if action != ":predict":
            raise tg.errors.UnimplementedError(
                "[serving] the method must be predict; classify and regress are not there yet. "
                f"Received: {action[1:]}.",
                code="TG-5011",
            )
        body = await _read_json(receive)
        return await asyncio.to_thread(_predict, model, body)


async def _read_json(receive: Receive) -> Any:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise tg.errors.CancelledError(
                "[serving] the client went away. Received: a part of a body.", code="TG-5012"
            )
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_BYTES:
            raise tg.errors.ResourceExhaustedError(
                f"[serving] a body has at most {MAX_BODY_BYTES} bytes. Received: more than that. Send smaller batches.",
                code="TG-5013",
            )
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise invalid("http", "the body must be JSON", f"{len(body)} bytes ({error})", "TG-5014") from error


def _predict(model: ServedModel, body: Any) -> dict[str, Any]:
    name = body.get("signature_name", "serving_default") if isinstance(body, dict) else "serving_default"
    signature = model.signature(str(name))
    inputs = read_inputs(body, signature.structured_input_signature[1])
    return write_outputs(signature(**inputs), rows="instances" in body)


def _status(model: ServedModel) -> dict[str, Any]:
    state = {"error_code": "OK", "error_message": ""}
    return {"model_version_status": [{"version": str(model.version), "state": "AVAILABLE", "status": state}]}


def _metadata(model: ServedModel) -> dict[str, Any]:
    signatures = {}
    for name, function in sorted(model.loaded.signatures.items()):
        signatures[name] = {
            "inputs": {n: _tensor_info(s) for n, s in function.structured_input_signature[1].items()},
            "outputs": {n: _tensor_info(s) for n, s in function.structured_outputs.items()},
            "method_name": "tensorflow/serving/predict",
        }
    return {
        "model_spec": {"name": model.name, "signature_name": "", "version": str(model.version)},
        "metadata": {"signature_def": {"signature_def": signatures}},
    }


# Where TensorFlow's DataType is not the name of the dtype in capitals.
_TENSORFLOW_NAMES = {"float16": "DT_HALF", "float32": "DT_FLOAT", "float64": "DT_DOUBLE"}


def _tensor_info(spec: tg.TensorSpec) -> dict[str, Any]:
    known = spec.shape.rank is not None
    dims = [{"size": str(-1 if size is None else size), "name": ""} for size in (spec.shape if known else ())]
    return {
        "dtype": _TENSORFLOW_NAMES.get(spec.dtype.name, f"DT_{spec.dtype.name.upper()}"),
        "tensor_shape": {"dim": dims, "unknown_rank": not known},
    }
