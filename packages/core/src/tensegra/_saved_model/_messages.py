"""The messages of saved models, in a descriptor pool of their own, so that no other package's messages can collide."""

from __future__ import annotations

import errno
import functools
import os
import stat
from collections.abc import Iterator
from typing import Any

from tensegra._errors import DataLossError, FailedPreconditionError, NotFoundError

FORMAT_VERSION = 1
FILE_NAME = "saved_model.pb"


@functools.cache
def _pool() -> Any:
    from google.protobuf import descriptor_pool

    from ._schema import DESCRIPTOR

    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(DESCRIPTOR)
    return pool


@functools.cache
def message_class(name: str) -> Any:
    """The class of a message, such as ``"SavedModel"``."""
    from google.protobuf import message_factory

    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"tensegra.{name}"))


def all_nodes(function: Any) -> Iterator[Any]:
    """The nodes of a Function message, with those of the functions in it."""
    yield from function.nodes
    for inner in function.functions:
        yield from all_nodes(inner)


def parse(data: bytes, where: str) -> Any:
    """A SavedModel message from its bytes.

    Raises:
        tg.errors.DataLossError: They are no such message (TG-0402).
        tg.errors.FailedPreconditionError: Their format is newer than this reader (TG-0403).
    """
    from google.protobuf.message import DecodeError

    message = message_class("SavedModel")()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise DataLossError(
            f"[saved_model] {FILE_NAME} must be a SavedModel message. Received: {where} ({error}). "
            "The file is damaged or was not written by Tensegra: save or copy it again.",
            code="TG-0402",
        ) from error
    if message.format_version < 1:
        raise DataLossError(
            f"[saved_model] SavedModel.format_version must be set. Received: {where}. "
            "The file is damaged or was not written by Tensegra: save or copy it again.",
            code="TG-0402",
        )
    if message.format_version > FORMAT_VERSION:
        raise FailedPreconditionError(
            f"[saved_model] a reader reads the format versions that it knows, up to {FORMAT_VERSION}. Received: "
            f"format version {message.format_version}, written by {message.producer!r}. Upgrade tensegra-core.",
            code="TG-0403",
        )
    return message


def read_regular(path: str) -> bytes:
    """The bytes of a file that is neither a link nor a pipe, which nobody may ever write to.

    Raises:
        OSError: It is no such file, or cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return file.read()


def read(directory: str) -> Any:
    """The SavedModel message of a directory.

    Raises:
        tg.errors.NotFoundError: There is none (TG-0401).
        tg.errors.DataLossError: It is damaged (TG-0402).
        tg.errors.FailedPreconditionError: Its format is newer than this reader (TG-0403).
    """
    path = os.path.join(directory, FILE_NAME)
    try:
        data = read_regular(path)
    except OSError as error:
        raise NotFoundError(
            f"[saved_model] a saved model is a directory with a {FILE_NAME}. Received: {path} ({error.strerror}). "
            "Check the path.",
            code="TG-0401",
        ) from error
    return parse(data, path)
