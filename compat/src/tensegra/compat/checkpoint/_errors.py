"""The errors of checkpoint files."""

from __future__ import annotations

from tensegra import errors


def damaged(rule: str, received: str) -> errors.DataLossError:
    """The file is not what it should be."""
    return errors.DataLossError(
        f"[compat.checkpoint] {rule}. Received: {received}. Copy the files again from where they come.",
        code="TG-7280",
    )


def missing(what: str, received: str) -> errors.NotFoundError:
    """A file or a tensor is not there."""
    return errors.NotFoundError(
        f"[compat.checkpoint] {what} must exist. Received: {received}. See what is in the checkpoint with "
        "BundleReader(prefix).names().",
        code="TG-7281",
    )
