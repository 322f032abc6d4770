"""`tg.saved_model.save`: the writer and its commit."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from tensegra import _native
from tensegra._errors import Error, InvalidArgumentError, NotFoundError, UnavailableError
from tensegra._function import ConcreteFunction, Function
from tensegra._tensor import Tensor

from ._hashes import file_digest
from ._messages import FILE_NAME, FORMAT_VERSION, all_nodes, message_class, read_regular
from ._object_graph import ObjectGraph
from ._options import SaveOptions
from ._signatures import find_signatures
from ._weights import TEMPORARY, write_weights


def save(
    obj: Any,
    export_dir: str | os.PathLike[str],
    signatures: Mapping[str, Function | ConcreteFunction] | Function | ConcreteFunction | None = None,
    options: SaveOptions | None = None,
    target_version: int | None = None,
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
            default the object's ``__call__``, where it has an input_signature, is ``"serving_default"``; a built model
            of tensegra-layers has one too.
        options: How it is written; see `tg.saved_model.SaveOptions`.
        target_version: The format version to write, for readers that know none later; by default the latest one.

    Raises:
        tg.errors.InvalidArgumentError: The object cannot be saved (TG-0407), or a signature is not one (TG-0409).
        tg.errors.InvalidArgumentError: There is no such format version (TG-0450).
        tg.errors.NotFoundError: The file of an asset is not there any more (TG-0451).
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
    options = options or SaveOptions()
    if target_version not in (None, *WRITTEN_VERSIONS):
        raise InvalidArgumentError(
            f"[saved_model.save] the format version must be one that this release writes. Received: "
            f"target_version={target_version!r}. The only version that exists so far is {FORMAT_VERSION}: leave it "
            "out.",
            code="TG-0450",
        )
    message = message_class("SavedModel")(
        format_version=target_version or FORMAT_VERSION, producer=f"tensegra-core {_native.release}"
    )
    for key, text in options.metadata.items():
        message.metadata[key] = text
    graph = ObjectGraph(message)
    graph.add(obj, find_signatures(obj, signatures))
    if not options.save_debug_info:
        for function in message.functions:
            for node in all_nodes(function):
                node.ClearField("source")
    write(os.fspath(export_dir), message, graph.weights, graph.assets, options)


WRITTEN_VERSIONS = (FORMAT_VERSION,)
"""The format versions that `save` can write."""


def write(
    directory: str,
    message: Any,
    weights: Mapping[str, Tensor],
    assets: Mapping[str, str],
    options: SaveOptions,
) -> None:
    """Writes a model: weights, assets, and then, at once, the message that names them.

    Raises:
        tg.errors.NotFoundError: The file of an asset is not there any more (TG-0451).
        tg.errors.UnavailableError: The directory cannot be written (TG-0408).
    """
    try:
        os.makedirs(directory, exist_ok=True)
        with _locked(directory):
            before = _Named.of(directory)
            kept = before
            _remove(directory, TEMPORARY, ())
            try:
                write_weights(directory, weights, message, options)
                _write_assets(directory, assets, message)
                prepared = _prepare(directory, message.SerializeToString(deterministic=True))
                os.replace(prepared, os.path.join(directory, FILE_NAME))
                # The new model is what is read; after a crash of the system it may be the old one until the next line.
                after = _Named(message)
                kept = None if before is None else before | after
                _sync(directory)
                kept = after
            finally:
                _remove(directory, TEMPORARY, ())
                if kept is not None:
                    kept.remove_others(directory)
    except Error:
        raise  # some of them are errors of the system too
    except OSError as error:
        raise UnavailableError(
            f"[saved_model.save] the directory must be writable and have room for the model. Received: {directory} "
            f"({error.strerror or error}). The old model, if there was one, is still there.",
            code="TG-0408",
        ) from error


class _Named:
    """The files that a model names."""

    def __init__(self, message: Any | None) -> None:
        self.weights = {file.name for file in message.weight_files} if message is not None else set()
        self.assets = {asset.name for asset in message.assets} if message is not None else set()

    @classmethod
    def of(cls, directory: str) -> _Named | None:
        """Those of the model that is there; None where it is damaged, so that nobody knows."""
        from google.protobuf.message import DecodeError

        try:
            return cls(
                message_class("SavedModel").FromString(read_regular(os.path.join(directory, FILE_NAME)))
            )
        except FileNotFoundError:
            return cls(None)
        except DecodeError:
            return None

    def __or__(self, other: _Named) -> _Named:
        both = _Named(None)
        both.weights, both.assets = self.weights | other.weights, self.assets | other.assets
        return both

    def remove_others(self, directory: str) -> None:
        """Removes weight files and assets of other models."""
        _remove(directory, "weights-", self.weights)
        folder = os.path.join(directory, ASSETS)
        for place, folders, files in os.walk(folder, topdown=False):
            for name in files:
                path = os.path.join(place, name)
                if os.path.relpath(path, folder).replace(os.sep, "/") not in self.assets:
                    with contextlib.suppress(OSError):
                        os.remove(path)
            for name in folders:
                with contextlib.suppress(OSError):  # it is not empty
                    os.rmdir(os.path.join(place, name))
        if not self.assets:
            with contextlib.suppress(OSError):
                os.rmdir(folder)


ASSETS = "assets"


def _write_assets(directory: str, assets: Mapping[str, str], message: Any) -> None:
    """Copies files; one of the model that is there is never changed, so another one of its name goes beside it."""
    for wanted, source in assets.items():
        temporary = os.path.join(directory, f"{TEMPORARY}{os.getpid()}-asset")
        if not os.path.isfile(source):
            raise NotFoundError(
                f"[saved_model.save] an asset is a file that exists. Received: {source!r}, which is gone. Put it back, "
                "or leave the asset out.",
                code="TG-0451",
            )
        shutil.copyfile(source, temporary)
        descriptor = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        digest = file_digest(temporary)
        size = os.path.getsize(temporary)
        name = wanted
        target = os.path.join(directory, ASSETS, name)
        if os.path.lexists(target) and (not os.path.isfile(target) or file_digest(target) != digest):
            name = f"{digest[:16]}/{wanted}"
            target = os.path.join(directory, ASSETS, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(temporary, target)
        _sync(os.path.dirname(target))
        _sync(os.path.join(directory, ASSETS))
        message.assets.add(name=name, size=size, sha256=digest)


@contextlib.contextmanager
def _locked(directory: str) -> Iterator[None]:
    """One writer at a time; the lock goes with the process."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _prepare(directory: str, data: bytes) -> str:
    """Brings saved_model.pb to the disk under another name, and the names of all other files."""
    temporary = os.path.join(directory, f"{TEMPORARY}{os.getpid()}-{FILE_NAME}")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _sync(directory)
    return temporary


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
