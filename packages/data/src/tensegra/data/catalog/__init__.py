"""A catalogue of data sets: where each comes from, under which licence, and what its bytes must hash to.

The catalogue fetches a data set once, verifies it, and keeps it in ``$TENSEGRA_DATA_DIR`` or, without that, in
``$XDG_CACHE_HOME/tensegra/data`` (``~/.cache/tensegra/data``).
"""

from ._info import DatasetInfo as DatasetInfo
from ._info import info as info
from ._info import names as names
from ._mnist5k import mnist5k as mnist5k

__all__ = ["DatasetInfo", "info", "mnist5k", "names"]
