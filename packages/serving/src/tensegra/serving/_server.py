"""The server: sockets and the event loop around the application."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, TracebackType

import uvicorn

import tensegra as tg

from ._app import App
from ._models import ModelRegistry


class _Loop(uvicorn.Server):
    """uvicorn's server, but SIGINT and SIGTERM end it and are done with: the process exits as it should, with 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(number: int, frame: FrameType | None) -> None:
            self.handle_exit(number, frame)

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class Server:
    """Serves saved models over TensorFlow Serving's REST API.

    Args:
        models: Names to directories; a directory holds a saved model, or versions of one (``1/``, ``2/``, ...), of
            which the highest is served.
        host: The address to listen on.
        port: The port; 0 takes a free one, which `port` tells.

    Raises:
        tg.errors.NotFoundError: A directory has no model (TG-5001).
        tg.errors.InvalidArgumentError: There is no model, or a name is not valid (TG-5002).
        tg.errors.UnavailableError: The port is taken, or the address is not this machine's (TG-5003).

    Example:
        >>> import json, tempfile, urllib.request
        >>> import tensegra as tg
        >>> from tensegra import serving
        >>> class Double(tg.Module):
        ...     @tg.function(input_signature=[tg.TensorSpec([None], tg.float32, name="x")])
        ...     def __call__(self, x):
        ...         return x * 2.0
        >>> directory = tempfile.mkdtemp()
        >>> tg.saved_model.save(Double(), directory)
        >>> with serving.Server({"double": directory}, port=0) as server:
        ...     request = urllib.request.Request(
        ...         f"http://127.0.0.1:{server.port}/v1/models/double:predict", b'{"instances": [1.0, 2.5]}'
        ...     )
        ...     print(json.load(urllib.request.urlopen(request)))
        {'predictions': [2.0, 5.0]}
    """

    def __init__(
        self, models: Mapping[str, str | os.PathLike[str]], host: str = "127.0.0.1", port: int = 8501
    ) -> None:
        self._registry = ModelRegistry(models)
        self._socket = _bind(host, port)
        self._host = host
        config = uvicorn.Config(
            App(self._registry),
            log_level="warning",
            lifespan="off",
            access_log=False,
            timeout_graceful_shutdown=30,
        )
        self._server = _Loop(config)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """``http://host:port``"""
        return f"http://{self._host}:{self.port}"

    @property
    def models(self) -> list[str]:
        """What is served: ``"digits (version 1)"``, one entry per model."""
        return [f"{model.name} (version {model.version})" for model in self._registry]

    def run(self) -> None:
        """Serves on this thread until SIGINT or SIGTERM; requests under way are finished first."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def start(self) -> Server:
        """Serves on a thread of its own; returns when requests are answered."""
        self._thread = threading.Thread(target=self.run, name="tensegra-serving", daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise tg.errors.UnavailableError(
                    f"[serving] the server must start. Received: it stopped on {self.url}.", code="TG-5003"
                )
            threading.Event().wait(0.005)
        return self

    def stop(self) -> None:
        """Finishes the requests under way, then stops. A second call does nothing."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._socket.close()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _bind(host: str, port: int) -> socket.socket:
    # Listening before the loop runs: a taken port is reported here, where the caller sees it.
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _unavailable(host, port, error) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
    except (OSError, OverflowError) as error:
        listening.close()
        raise _unavailable(host, port, error) from error
    return listening


def _unavailable(host: str, port: int, error: Exception) -> tg.errors.UnavailableError:
    reason = getattr(error, "strerror", None) or str(error)
    return tg.errors.UnavailableError(
        f"[serving] host and port must be free on this machine. Received: {host}:{port} ({reason}). "
        "Choose another port, or 0 for any free one.",
        code="TG-5003",
    )
