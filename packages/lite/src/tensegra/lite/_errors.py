"""Errors of tensegra.lite, which works without tensegra-core and so cannot use its classes."""

from __future__ import annotations


class LiteError(Exception):
    """Base of all errors that `tensegra.lite` raises.

    Attributes:
        error_code: The catalogue's code, such as ``"TG-6001"``.

    Example:
        >>> from tensegra import lite
        >>> try:
        ...     lite.Interpreter(model_content=b"not a model")
        ... except lite.LiteError as error:
        ...     print(error.error_code)
        TG-6001
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(f"{message} ({code})")
        self.error_code = code


class InvalidArgumentError(LiteError, ValueError):
    """An argument breaks a rule that the message states."""


class NotFoundError(LiteError, LookupError):
    """A file, an op or a signature is not there."""


class FailedPreconditionError(LiteError, RuntimeError):
    """The call comes at the wrong time, or the file is of another version."""


class UnimplementedError(LiteError, NotImplementedError):
    """The lite profile does not have what the model needs."""


class DataLossError(LiteError, ValueError):
    """The model is damaged."""


class ResourceExhaustedError(LiteError, MemoryError):
    """Memory does not suffice."""


_BY_STATUS: dict[int, type[LiteError]] = {
    3: InvalidArgumentError,
    5: NotFoundError,
    8: ResourceExhaustedError,
    9: FailedPreconditionError,
    12: UnimplementedError,
    15: DataLossError,
}


def make_error(status: int, code: str, message: str) -> LiteError:
    """The error for a canonical status code."""
    return _BY_STATUS.get(status, LiteError)(message, code=code)
