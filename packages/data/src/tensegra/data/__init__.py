"""Input pipelines with the names of ``tf.data``, and a catalogue of data sets that verifies what it reads."""

from . import catalog as catalog
from ._constants import AUTOTUNE as AUTOTUNE
from ._constants import INFINITE_CARDINALITY as INFINITE_CARDINALITY
from ._constants import UNKNOWN_CARDINALITY as UNKNOWN_CARDINALITY
from ._dataset import Dataset as Dataset
from ._iterator import Iterator as Iterator

__all__ = ["AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY", "Dataset", "Iterator", "catalog"]
