"""What each op means, said with NumPy and SciPy alone: references[op](*arrays, **attributes).

Each module of this package has a table `references` of its own family.
"""

from __future__ import annotations

import importlib
import pkgutil

from .common import Reference

references: dict[str, Reference] = {}
for _module in pkgutil.iter_modules(__path__):
    references.update(getattr(importlib.import_module(f"{__name__}.{_module.name}"), "references", {}))
