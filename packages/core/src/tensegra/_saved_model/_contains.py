"""`tg.saved_model.contains`."""

from __future__ import annotations

import os

from ._messages import FILE_NAME


def contains(export_dir: str | os.PathLike[str]) -> bool:
    """Whether a directory holds a saved model. It may be damaged all the same.

    >>> import tensegra as tg
    >>> tg.saved_model.contains("no/such/directory")
    False
    """
    return os.path.isfile(os.path.join(os.fspath(export_dir), FILE_NAME))
