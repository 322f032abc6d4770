"""The error classes: one per canonical status code, each also the Python error of the same meaning."""

from __future__ import annotations

from typing import Any, ClassVar


class Error(Exception):
    """Base of all errors that Tensegra raises.

    The text ends with the catalogue code, such as ``(TG-0102)``; the pages under ``docs/errors`` explain each.

    Args:
        message: What went wrong: the rule, what was received, what to do.
        code: The catalogue code, ``"TG-0102"``.

    Attributes:
        message: The text without the catalogue code.
        error_code: The catalogue code, or an empty string.
        code: The number of the canonical status code (gRPC's numbers).
        status: The name of the canonical status code, ``"INVALID_ARGUMENT"``.

    >>> import tensegra as tg
    >>> error = tg.errors.OutOfRangeError("[take] index must be below 3. Received: index=5.", code="TG-0107")
    >>> str(error)
    '[take] index must be below 3. Received: index=5. (TG-0107)'
    >>> error.code, error.status, isinstance(error, IndexError)
    (11, 'OUT_OF_RANGE', True)
    """

    code: ClassVar[int] = 2
    status: ClassVar[str] = "UNKNOWN"
    message: str
    error_code: str

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        suffix = f" ({code})"
        self.message = message.removesuffix(suffix) if code else message
        self.error_code = code

    def __str__(self) -> str:
        return f"{self.message} ({self.error_code})" if self.error_code else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.error_code), {}


class CancelledError(Error):
    """The operation was cancelled, typically by the caller."""

    code = 1
    status = "CANCELLED"


class UnknownError(Error):
    """An error of foreign code, or one that fits no other class."""

    code = 2
    status = "UNKNOWN"


class InvalidArgumentError(Error, ValueError):
    """An argument is wrong, whatever the state of the system."""

    code = 3
    status = "INVALID_ARGUMENT"


class DeadlineExceededError(Error, TimeoutError):
    """The time allowed ran out."""

    code = 4
    status = "DEADLINE_EXCEEDED"


class NotFoundError(Error, FileNotFoundError, LookupError):
    """A file, an op, a signature or another named thing does not exist."""

    code = 5
    status = "NOT_FOUND"


class AlreadyExistsError(Error, FileExistsError):
    """What was to be made exists already."""

    code = 6
    status = "ALREADY_EXISTS"


class PermissionDeniedError(Error, PermissionError):
    """The caller may not do that."""

    code = 7
    status = "PERMISSION_DENIED"


class ResourceExhaustedError(Error, MemoryError):
    """Memory, disk or a quota is used up."""

    code = 8
    status = "RESOURCE_EXHAUSTED"


class FailedPreconditionError(Error, RuntimeError):
    """The system is not in the state that the operation needs."""

    code = 9
    status = "FAILED_PRECONDITION"


class AbortedError(Error, RuntimeError):
    """The operation was given up, typically because another one was in the way."""

    code = 10
    status = "ABORTED"


class OutOfRangeError(Error, IndexError):
    """An index or a position lies outside of what there is."""

    code = 11
    status = "OUT_OF_RANGE"


class UnimplementedError(Error, NotImplementedError):
    """This version does not do that."""

    code = 12
    status = "UNIMPLEMENTED"


class InternalError(Error, RuntimeError):
    """A defect in Tensegra or in a plug-in."""

    code = 13
    status = "INTERNAL"


class UnavailableError(Error, OSError):
    """A service, a device or a disk does not answer; trying again later may work."""

    code = 14
    status = "UNAVAILABLE"


class DataLossError(Error, OSError):
    """Data is damaged or incomplete."""

    code = 15
    status = "DATA_LOSS"


class UnauthenticatedError(Error, PermissionError):
    """The caller did not say who they are."""

    code = 16
    status = "UNAUTHENTICATED"


CLASSES: tuple[type[Error], ...] = (
    CancelledError,
    UnknownError,
    InvalidArgumentError,
    DeadlineExceededError,
    NotFoundError,
    AlreadyExistsError,
    PermissionDeniedError,
    ResourceExhaustedError,
    FailedPreconditionError,
    AbortedError,
    OutOfRangeError,
    UnimplementedError,
    InternalError,
    UnavailableError,
    DataLossError,
    UnauthenticatedError,
)
for _cls in (Error, *CLASSES):
    _cls.__module__ = "tensegra.errors"
del _cls


def make_error(code: int, error_code: str, message: str) -> Error:
    """The error of a canonical status number; what the engine's errors become."""
    cls = CLASSES[code - 1] if 1 <= code <= len(CLASSES) else UnknownError
    return cls(message, code=error_code)
