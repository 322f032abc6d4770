"""Variables that belong to another variable: the slots of optimizers, moving averages."""

from __future__ import annotations

from typing import Any

from .._arrays import zeros_like
from .._graph import get_default_graph
from .._shapes import TensorShape
from .._variable_scope import get_variable, get_variable_scope, variable_scope


def create_slot(primary: Any, value: Any, name: str, dtype: Any = None, shape: Any = None) -> Any:
    """A variable called after another one.

    Args:
        primary: The other one.
        value: The initial value: a tensor, or an initializer for `shape` and `dtype`.
        name: What follows the name of the other.
        dtype: For an initializer.
        shape: For an initializer.
    """
    base = primary.op.name if hasattr(primary, "op") else primary.name
    with variable_scope(None, f"{base}/{name}"):
        scope = get_variable_scope()
        scope.set_partitioner(None)
        options: dict[str, Any] = {"initializer": value, "trainable": False}
        if shape is not None:
            options.update(shape=shape, dtype=dtype)
        made = get_variable("", **options)
    info = getattr(primary, "_save_slice_info", None)
    if info is not None:
        from .._partitioned import SliceInfo

        whole = f"{info.full_name}/{name}" if info.full_name else name
        made._save_slice_info = SliceInfo(whole, info.full_shape, info.var_offset, info.var_shape)
    return made


def create_zeros_slot(primary: Any, name: str, dtype: Any = None) -> Any:
    """A slot of zeros in the shape of the other variable."""
    from .._initializers import Zeros

    shape = TensorShape(primary.shape)
    wanted = primary.dtype if dtype is None else dtype
    if shape.is_fully_defined():
        return create_slot(primary, Zeros(), name, wanted, shape)
    with get_default_graph().control_dependencies(None):
        value = zeros_like(primary.initialized_value(), wanted)
    return create_slot(primary, value, name)
