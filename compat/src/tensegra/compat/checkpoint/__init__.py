"""TensorFlow's checkpoints: reads and writes format V2 (an index and shards of data)."""

from ._bundle import BundleReader as BundleReader
from ._bundle import write_bundle as write_bundle

__all__ = ["BundleReader", "write_bundle"]
