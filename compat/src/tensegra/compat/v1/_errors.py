"""The errors that the 1.x runtime raises itself; those of ops come from the engine."""

from __future__ import annotations

from tensegra import errors


def _text(where: str, rule: str, received: str, cure: str) -> str:
    return f"[compat.v1.{where}] {rule}. Received: {received}. {cure}"


def invalid(where: str, rule: str, received: str, cure: str, code: str) -> errors.InvalidArgumentError:
    """A value is wrong."""
    return errors.InvalidArgumentError(_text(where, rule, received, cure), code=code)


def precondition(
    where: str, rule: str, received: str, cure: str, code: str
) -> errors.FailedPreconditionError:
    """The state does not allow it."""
    return errors.FailedPreconditionError(_text(where, rule, received, cure), code=code)


def not_found(where: str, rule: str, received: str, cure: str, code: str) -> errors.NotFoundError:
    """A named thing does not exist."""
    return errors.NotFoundError(_text(where, rule, received, cure), code=code)


def unimplemented(where: str, rule: str, received: str, cure: str, code: str) -> errors.UnimplementedError:
    """It exists in TensorFlow 1.x and not here."""
    return errors.UnimplementedError(_text(where, rule, received, cure), code=code)


class WrongType(errors.InvalidArgumentError, TypeError):
    """An `InvalidArgumentError` that programs of TensorFlow 1.x may catch as a `TypeError`."""


def wrong_type(where: str, rule: str, received: str, cure: str, code: str) -> WrongType:
    """A value is of the wrong type."""
    return WrongType(_text(where, rule, received, cure), code=code)


class MissingSymbol(errors.UnimplementedError, AttributeError):
    """A name of TensorFlow 1.x that is not there; also an `AttributeError`, as `hasattr` expects."""
