"""Pooling of `tf.contrib.layers`."""

from __future__ import annotations

from typing import Any

from .._apply import apply, convert_to_tensor
from .._core import tg
from .._errors import invalid
from .._graph import name_scope
from .._layers.base import tuple_of
from .arg_scopes import layer
from .named_outputs import channels_first, check_rank, finished

_KINDS = {"MAX": ("MaxPool", "max_pool"), "AVG": ("AvgPool", "avg_pool")}


def _pooled(kind: str, inputs: Any, sizes: Any, steps: Any, padding: str, first: bool) -> Any:
    dims = inputs.shape.ndims - 2
    type, name = _KINDS[kind]
    function = getattr(tg.nn, f"{name}{dims}d")
    window, stride = list(tuple_of(sizes, dims)), list(tuple_of(steps, dims))

    def call(x: Any) -> Any:
        x = tg.transpose(x, [0, *range(2, dims + 2), 1]) if first else x
        made = function(x, window, stride, padding.upper())
        return tg.transpose(made, [0, dims + 1, *range(1, dims + 1)]) if first else made

    return apply(type if dims < 3 else f"{type}3D", call, inputs)


def _pool2d(kind: str, default: str) -> None:
    def function(
        inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NHWC",
        outputs_collections: Any = None, scope: Any = None,
    ) -> Any:  # fmt: skip
        with name_scope(scope, default) as opened:
            inputs = convert_to_tensor(inputs)
            check_rank(inputs, 4, 4, f"{kind.lower()}_pool2d")
            first = channels_first(data_format, ("NHWC", "NCHW"), f"{kind.lower()}_pool2d")
            made = _pooled(kind, inputs, kernel_size, stride, padding, first)
            return finished(made, None, outputs_collections, opened)

    _named(function, f"{kind.lower()}_pool2d", "images")


def _pool3d(kind: str, default: str) -> None:
    def function(
        inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NDHWC",
        outputs_collections: Any = None, scope: Any = None,
    ) -> Any:  # fmt: skip
        with name_scope(scope, default) as opened:
            inputs = convert_to_tensor(inputs)
            check_rank(inputs, 5, 5, f"{kind.lower()}_pool3d")
            first = channels_first(data_format, ("NDHWC", "NCDHW"), f"{kind.lower()}_pool3d")
            made = _pooled(kind, inputs, kernel_size, stride, padding, first)
            return finished(made, None, outputs_collections, opened)

    _named(function, f"{kind.lower()}_pool3d", "volumes")


def _named(function: Any, name: str, what: str) -> None:
    function.__name__ = function.__qualname__ = name
    greatest = "The greatest" if name.startswith("max") else "The mean"
    function.__doc__ = f"{greatest} of each window of {what}."
    layer(name)(function)


_pool2d("MAX", "MaxPool2D")
_pool2d("AVG", "AvgPool2D")
_pool3d("MAX", "MaxPool3D")
_pool3d("AVG", "AvgPool3D")


@layer("pool")
def pool(
    inputs: Any, kernel_size: Any, pooling_type: str, padding: str = "VALID", data_format: str | None = None,
    dilation_rate: Any = 1, stride: Any = 1, outputs_collections: Any = None, scope: Any = None,
) -> Any:  # fmt: skip
    """Pooling of one to three dimensions; `pooling_type` is "MAX" or "AVG".

    Raises:
        ValueError: It is neither, or windows have holes (TG-7390).
    """

    kind = str(pooling_type).upper()
    with name_scope(scope, f"{kind.lower()}_pool") as opened:
        inputs = convert_to_tensor(inputs)
        dims = check_rank(inputs, 3, 5, "pool") - 2
        if kind not in _KINDS or set(tuple_of(dilation_rate, dims)) != {1}:
            raise invalid(
                "contrib.layers.pool", 'pooling_type must be "MAX" or "AVG", and windows have no holes',
                f"{pooling_type!r}, dilation_rate={dilation_rate}", "Give what there is.", "TG-7390",
            )  # fmt: skip
        first = channels_first(data_format, ("NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW"), "pool")
        made = _pooled(kind, inputs, kernel_size, stride, padding, first)
        return finished(made, None, outputs_collections, opened)
