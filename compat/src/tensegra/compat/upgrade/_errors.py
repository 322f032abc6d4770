"""The errors that the upgrader raises. Core is imported only when one is."""

from __future__ import annotations


def invalid_argument(rule: str, received: str, cure: str, code: str = "TG-7004") -> Exception:
    """An InvalidArgumentError of the upgrader in the project's form."""
    from tensegra import errors

    return errors.InvalidArgumentError(_text(rule, received, cure), code=code)


def not_found(rule: str, received: str, cure: str, code: str) -> Exception:
    """A NotFoundError of the upgrader in the project's form."""
    from tensegra import errors

    return errors.NotFoundError(_text(rule, received, cure), code=code)


def permission_denied(rule: str, received: str, cure: str, code: str) -> Exception:
    """A PermissionDeniedError of the upgrader in the project's form."""
    from tensegra import errors

    return errors.PermissionDeniedError(_text(rule, received, cure), code=code)


def _text(rule: str, received: str, cure: str) -> str:
    return f"[compat.upgrade] {rule}. Received: {received}. {cure}"
