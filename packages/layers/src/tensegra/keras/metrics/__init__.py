"""Metrics, as `keras.metrics`."""

from tensegra.layers.metrics import Accuracy as Accuracy
from tensegra.layers.metrics import BinaryAccuracy as BinaryAccuracy
from tensegra.layers.metrics import CategoricalAccuracy as CategoricalAccuracy
from tensegra.layers.metrics import Mean as Mean
from tensegra.layers.metrics import MeanAbsoluteError as MeanAbsoluteError
from tensegra.layers.metrics import MeanMetricWrapper as MeanMetricWrapper
from tensegra.layers.metrics import MeanSquaredError as MeanSquaredError
from tensegra.layers.metrics import Metric as Metric
from tensegra.layers.metrics import SparseCategoricalAccuracy as SparseCategoricalAccuracy
from tensegra.layers.metrics import SparseTopKCategoricalAccuracy as SparseTopKCategoricalAccuracy
from tensegra.layers.metrics import TopKCategoricalAccuracy as TopKCategoricalAccuracy
from tensegra.layers.metrics import deserialize as deserialize
from tensegra.layers.metrics import get as get
from tensegra.layers.metrics import serialize as serialize

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "Mean",
    "MeanAbsoluteError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "Metric",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "deserialize",
    "get",
    "serialize",
]
