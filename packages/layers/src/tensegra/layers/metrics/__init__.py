"""Metrics: figures gathered over many batches."""

from .._family import accessors as _accessors
from ._accuracy import Accuracy as Accuracy
from ._binary_accuracy import BinaryAccuracy as BinaryAccuracy
from ._categorical_accuracy import CategoricalAccuracy as CategoricalAccuracy
from ._mean import Mean as Mean
from ._mean import MeanMetricWrapper as MeanMetricWrapper
from ._mean_absolute_error import MeanAbsoluteError as MeanAbsoluteError
from ._mean_squared_error import MeanSquaredError as MeanSquaredError
from ._metric import Metric as Metric
from ._sparse_categorical_accuracy import SparseCategoricalAccuracy as SparseCategoricalAccuracy
from ._sparse_top_k_categorical_accuracy import SparseTopKCategoricalAccuracy as SparseTopKCategoricalAccuracy
from ._top_k_categorical_accuracy import TopKCategoricalAccuracy as TopKCategoricalAccuracy

get, serialize, deserialize = _accessors("metric", "mean")

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
