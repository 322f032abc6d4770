"""`tg.saved_model.save`: the writer and its commit."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from typing import Any

from tensegra import _native
from tensegra._errors import UnavailableError
from tensegra._function import ConcreteFunction, Function

from ._messages import FILE_NAME, FORMAT_VERSION, message_class
from ._object_graph import ObjectGraph
from ._signatures import find_signatures
from ._weights import TEMPORARY, write_weights


def save(
    obj: Any,
    export_dir: str | os.PathLike[str],
    signatures: Mapping[str, Function | ConcreteFunction] | Function | ConcreteFunction | None = None,
) -> None:
    """Saves an object with its variables and functions as a directory that every part of Tensegra reads.

    The directory is new when this returns; when it fails, or the process is killed, the model that was there is
    still there.

    Args:
        obj: A `tg.Module`, a `tg.function`, a variable, or a list or dict of these. Of a function, the traces made so
            far are saved; one with an input_signature is traced now.
        export_dir: The directory; it is made where it does not exist.
        signatures: Functions from named tensors to named tensors, by name, for those who know nothing of the
            object: servers, converters. Each is a `tg.function` with input_signature or a concrete function. By
            default the object's ``__call__``, where it has an input_signature, is ``"serving_default"``.

    Raises:
        tg.errors.InvalidArgumentError: The object cannot be saved (TG-0407), or a signature is not one (TG-0409).
        tg.errors.UnavailableError: The directory cannot be written (TG-0408).

    >>> import tempfile
    >>> import tensegra as tg
    >>> class Scale(tg.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = tg.Variable(3.0)
    ...     @tg.function(input_signature=[tg.TensorSpec([None], tg.float32, name="x")])
    ...     def __call__(self, x):
    ...         return self.factor * x
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     tg.saved_model.save(Scale(), directory)
    ...     loaded = tg.saved_model.load(directory)
    >>> loaded(tg.constant([1.0, 2.0])).numpy().tolist(), loaded.factor.numpy().item()
    ([3.0, 6.0], 3.0)
    >>> loaded.signatures["serving_default"](x=tg.constant([1.0]))["output_0"].numpy().tolist()
    [3.0]
    """
    directory = os.fspath(export_dir)
    message = message_class("SavedModel")(
        format_version=FORMAT_VERSION, producer=f"tensegra-core {_native.release}"
    )
    graph = ObjectGraph(message)
    graph.add(obj, find_signatures(obj, signatures))
    try:
        os.makedirs(directory, exist_ok=True)
        with _locked(directory):
            _remove(directory, TEMPORARY, ())
            try:
                write_weights(directory, graph.weights, message)
                _commit(directory, message.SerializeToString(deterministic=True))
            finally:
                _remove(directory, TEMPORARY, ())
            _remove(directory, "weights-", {file.name for file in message.weight_files})
    except OSError as error:
        raise UnavailableError(
            f"[saved_model.save] the directory must be writable and have room for the model. Received: {directory} "
            f"({error.strerror or error}). The old model, if there was one, is still there.",
            code="TG-0408",
        ) from error


@contextlib.contextmanager
def _locked(directory: str) -> Iterator[None]:
    """One writer at a time; the lock goes with the process."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _commit(directory: str, data: bytes) -> None:
    """Puts saved_model.pb in its place: from here on, and not before, the new model is what is read."""
    temporary = os.path.join(directory, f"{TEMPORARY}{os.getpid()}-{FILE_NAME}")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _sync(directory)  # the weights have their names on the disk
    os.replace(temporary, os.path.join(directory, FILE_NAME))
    _sync(directory)


def _sync(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(directory: str, prefix: str, kept: Any) -> None:
    """Removes files that no model needs; one that cannot be removed does no harm."""
    for name in os.listdir(directory):
        if name.startswith(prefix) and name not in kept:
            with contextlib.suppress(OSError):
                os.remove(os.path.join(directory, name))
