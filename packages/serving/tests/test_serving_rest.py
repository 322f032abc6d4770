"""The REST API, asked by an ordinary HTTP client."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import serving
from tensegra.serving._app import _read_json


class Linear(tg.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = tg.Variable(np.arange(6, dtype=np.float32).reshape(3, 2))

    @tg.function(input_signature=[tg.TensorSpec([None, 3], tg.float32, name="x")])
    def __call__(self, x: tg.Tensor) -> tg.Tensor:
        return tg.matmul(x, self.w)

    @tg.function(
        input_signature=[tg.TensorSpec([None], tg.int32, name="a"), tg.TensorSpec([None], tg.int32, name="b")]
    )
    def two(self, a: tg.Tensor, b: tg.Tensor) -> dict[str, tg.Tensor]:
        return {"total": a + b, "difference": a - b}

    @tg.function(input_signature=[tg.TensorSpec([None], tg.float32, name="x")])
    def norm(self, x: tg.Tensor) -> tg.Tensor:
        return tg.reduce_sum(x * x)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("linear")
    model = Linear()
    signatures = {"serving_default": model.__call__, "two": model.two, "norm": model.norm}
    tg.saved_model.save(model, str(path), signatures=signatures)
    return path


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[serving.Server]:
    with serving.Server({"linear": directory}, port=0) as running:
        yield running


def ask(server: serving.Server, path: str, body: Any = None) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_rows(server: serving.Server) -> None:
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    status, answer = ask(server, "/v1/models/linear:predict", {"instances": x.tolist()})
    assert status == 200
    want = x @ np.arange(6, dtype=np.float32).reshape(3, 2)
    np.testing.assert_allclose(answer["predictions"], want, rtol=1e-6)


def test_named_rows_of_one_input(server: serving.Server) -> None:
    _, answer = ask(server, "/v1/models/linear:predict", {"instances": [{"x": [1, 0, 0]}, {"x": [0, 1, 0]}]})
    assert answer == {"predictions": [[0.0, 1.0], [2.0, 3.0]]}


def test_columns_of_several_inputs_and_outputs(server: serving.Server) -> None:
    body = {"signature_name": "two", "inputs": {"a": [1, 2], "b": [10, 20]}}
    _, answer = ask(server, "/v1/models/linear:predict", body)
    assert answer == {"outputs": {"total": [11, 22], "difference": [-9, -18]}}
    body = {"signature_name": "two", "instances": [{"a": 1, "b": 10}]}
    _, answer = ask(server, "/v1/models/linear:predict", body)
    assert answer == {"predictions": [{"total": 11, "difference": -9}]}


def test_status_and_metadata(server: serving.Server) -> None:
    status, answer = ask(server, "/v1/models/linear")
    assert status == 200
    assert answer["model_version_status"][0]["state"] == "AVAILABLE"
    _, answer = ask(server, "/v1/models/linear/versions/1/metadata")
    signature = answer["metadata"]["signature_def"]["signature_def"]["serving_default"]
    dims = signature["inputs"]["x"]["tensor_shape"]["dim"]
    assert [d["size"] for d in dims] == ["-1", "3"]
    assert signature["inputs"]["x"]["dtype"] == "DT_FLOAT"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/models/linear:predict", b"{", 400, "TG-5014"),
        ("/v1/models/linear:predict", {}, 400, "TG-5006"),
        ("/v1/models/linear:predict", {"instances": [[1, 2, 3]], "inputs": []}, 400, "TG-5006"),
        ("/v1/models/linear:predict", [1], 400, "TG-5006"),
        ("/v1/models/linear:predict", {"instances": []}, 400, "TG-5006"),
        ("/v1/models/linear:predict", {"instances": [{"y": [1, 2, 3]}]}, 400, "TG-5006"),
        ("/v1/models/linear:predict", {"instances": [{"x": [1, 2, 3]}, 7]}, 400, "TG-5006"),
        ("/v1/models/linear:predict", {"instances": [[1, 2]]}, 400, "TG-5007"),
        ("/v1/models/linear:predict", {"instances": [[1, 2, 3], [1, 2]]}, 400, "TG-5007"),
        ("/v1/models/linear:predict", {"instances": [["a", "b", "c"]]}, 400, "TG-5007"),
        ("/v1/models/linear:predict", {"instances": [{"b64": "%%%"}]}, 400, "TG-5007"),
        (
            "/v1/models/linear:predict",
            {"signature_name": "two", "inputs": {"a": [0.5], "b": [1]}},
            400,
            "TG-5007",
        ),
        (
            "/v1/models/linear:predict",
            {"signature_name": "two", "inputs": {"a": [2**40], "b": [1]}},
            400,
            "TG-5007",
        ),
        ("/v1/models/linear:predict", {"signature_name": "two", "inputs": [1]}, 400, "TG-5006"),
        ("/v1/models/linear:predict", {"signature_name": "norm", "instances": [1, 2]}, 400, "TG-5008"),
        ("/v1/models/linear:predict", {"signature_name": "no", "instances": [1]}, 404, "TG-5004"),
        ("/v1/models/other:predict", {"instances": [1]}, 404, "TG-5005"),
        ("/v1/models/linear/versions/7:predict", {"instances": [1]}, 404, "TG-5005"),
        ("/v1/models/linear:classify", {"instances": [1]}, 501, "TG-5011"),
        ("/v1/models/linear:predict", None, 400, "TG-5010"),
        ("/v2/nothing", None, 404, "TG-5009"),
    ],
)
def test_bad_requests_say_what_is_wrong(
    server: serving.Server, path: str, body: Any, status: int, code: str
) -> None:
    got, answer = ask(server, path, body)
    assert (got, code in answer["error"]) == (status, True), answer
    assert "Received: " in answer["error"]


def test_too_large_a_body_is_refused(server: serving.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tensegra.serving._app.MAX_BODY_BYTES", 100)
    status, answer = ask(server, "/v1/models/linear:predict", {"instances": [[1.0, 2.0, 3.0]] * 50})
    assert status == 429
    assert "TG-5013" in answer["error"]


def test_a_client_that_goes_away_harms_nobody(server: serving.Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(
            b"POST /v1/models/linear:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
        )
    status, _ = ask(server, "/v1/models/linear")
    assert status == 200


def test_concurrent_requests_get_their_own_answers(server: serving.Server) -> None:
    failures: list[Any] = []

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for i in range(20):
            value = float(number * 100 + i)
            body = json.dumps({"instances": [[value, 0, 0]]})
            connection.request("POST", "/v1/models/linear:predict", body)
            got = json.load(connection.getresponse())["predictions"]
            if got != [[0.0, value]]:
                failures.append((value, got))
        connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_an_occupied_port_is_one_clear_error(server: serving.Server, directory: Path) -> None:
    with pytest.raises(tg.errors.UnavailableError, match=rf"{server.port}.*TG-5003"):
        serving.Server({"linear": directory}, port=server.port)


def test_missing_model(tmp_path: Path) -> None:
    with pytest.raises(tg.errors.NotFoundError, match="does not exist.*TG-5001"):
        serving.Server({"m": tmp_path / "none"}, port=0)
    with pytest.raises(tg.errors.NotFoundError, match="holds neither.*TG-5001"):
        serving.Server({"m": tmp_path}, port=0)


@pytest.mark.parametrize("models", [{}, {"a/b": "x"}])
def test_names_of_models(models: dict[str, str]) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-5002"):
        serving.Server(models, port=0)


def test_the_highest_version_is_served(tmp_path: Path) -> None:
    for version, factor in ((1, 1.0), (2, 10.0), (10, 100.0)):
        model = Linear()
        model.w.assign(np.full((3, 2), factor, np.float32))
        tg.saved_model.save(model, str(tmp_path / str(version)), signatures=model.__call__)
    with serving.Server({"m": tmp_path}, port=0) as server:
        assert server.models == ["m (version 10)"]
        _, answer = ask(server, "/v1/models/m:predict", {"instances": [[1, 0, 0]]})
        assert answer == {"predictions": [[100.0, 100.0]]}


def test_stop_frees_the_port(directory: Path) -> None:
    server = serving.Server({"linear": directory}, port=0).start()
    port = server.port
    server.stop()
    server.stop()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_defect_is_answered_and_the_server_goes_on(
    server: serving.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(model: Any, body: Any) -> Any:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr("tensegra.serving._app._predict", broken)
        status, answer = ask(server, "/v1/models/linear:predict", {"instances": [[1, 2, 3]]})
    assert (status, "TG-5000" in answer["error"]) == (500, True)
    assert ask(server, "/v1/models/linear")[0] == 200


def test_a_body_that_never_ends_is_cancelled() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(tg.errors.CancelledError, match="TG-5012"):
        asyncio.run(_read_json(receive))
