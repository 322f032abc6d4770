"""`Layer`: variables and ops under one name."""

from __future__ import annotations

import re
from typing import Any

from .._apply import convert_to_tensor, is_graph_value
from .._core import tg
from .._errors import invalid, unimplemented
from .._graph import GraphKeys, get_default_graph
from .._shapes import TensorShape
from .._symbols import export
from .._tensor import core_dtype
from .._variable_scope import VariableScope, get_variable, variable_scope


@export("layers.Layer")
class Layer:
    """Something with variables that is called on tensors; subclasses define `build` and `call`."""

    def __init__(
        self,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
        activity_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        self._scope_name = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        self.trainable = trainable
        self._dtype = None if dtype is None else core_dtype(dtype)
        self._base_name = name or _snake(type(self).__name__)
        self._given_name = name
        self.activity_regularizer = activity_regularizer
        self.input_spec: Any = None
        self.built = False
        self._scope: VariableScope | None = None
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._losses: list[Any] = []
        self._updates: list[Any] = []

    @property
    def name(self) -> str:
        """The last part of its scope's name."""
        return self._base_name if self._scope is None else self._scope.name.rpartition("/")[2]

    @property
    def scope_name(self) -> str:
        """The name of its variable scope."""
        if self._scope is None:
            raise invalid(
                "layers.Layer",
                "a layer has a scope once it was called",
                self._base_name,
                "Call it first.",
                "TG-7270",
            )
        return self._scope.name  # type: ignore[no-any-return]

    @property
    def dtype(self) -> Any:
        """The dtype of its variables."""
        return None if self._dtype is None else self._dtype.name

    def build(self, input_shape: Any) -> None:
        """Makes the variables."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Makes the ops."""
        raise unimplemented(
            "layers.Layer", "a subclass says what it does", type(self).__name__, "Define call.", "TG-7271"
        )

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Makes the variables when first called, and the ops."""
        scope = kwargs.pop("scope", None)
        if is_graph_value(inputs) or not isinstance(inputs, (list, tuple, dict)):
            inputs = convert_to_tensor(inputs)
        with self._entered(scope):
            if not self.built:
                first = inputs[0] if isinstance(inputs, (list, tuple)) else inputs
                if self._dtype is None and hasattr(first, "dtype"):
                    self._dtype = first.dtype if first.dtype.is_floating else tg.float32
                self.build(
                    TensorShape(inputs.shape) if hasattr(inputs, "shape") else [each.shape for each in inputs]
                )
                self.built = True
            outputs = self.call(inputs, *args, **kwargs)
            if self.activity_regularizer is not None:
                for each in outputs if isinstance(outputs, (list, tuple)) else [outputs]:
                    self.add_loss(self.activity_regularizer(each))
            return outputs

    apply = __call__

    def _entered(self, scope: Any) -> Any:
        if self._scope is not None:
            return variable_scope(self._scope, reuse=True if self.built else self._reuse)
        name = scope if scope is not None else self._scope_name or self._given_name
        return _Opened(self, variable_scope(name, default_name=self._base_name, reuse=self._reuse))

    def add_weight(
        self, name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, regularizer: Any = None,
        trainable: Any = None, constraint: Any = None, use_resource: Any = None, synchronization: Any = None,
        aggregation: Any = None, partitioner: Any = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """A variable of the layer, in the current scope."""
        trained = self.trainable and (True if trainable is None else bool(trainable))
        made = get_variable(
            name,
            shape=shape,
            dtype=dtype or self._dtype or tg.float32,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trained,
            constraint=constraint,
            partitioner=partitioner,
        )
        weights = self._trainable_weights if trained else self._non_trainable_weights
        if made not in weights:
            weights.append(made)
        return made

    add_variable = add_weight

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Adds to the regularization losses."""
        for each in losses if isinstance(losses, (list, tuple)) else [losses]:
            self._losses.append(each)
            get_default_graph().add_to_collection(GraphKeys.REGULARIZATION_LOSSES, each)

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Adds to the ops that should run with each training step."""
        for each in updates if isinstance(updates, (list, tuple)) else [updates]:
            self._updates.append(each)
            get_default_graph().add_to_collection(GraphKeys.UPDATE_OPS, each)

    @property
    def trainable_weights(self) -> list[Any]:
        """What optimizers change."""
        return list(self._trainable_weights)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """What they do not."""
        return list(self._non_trainable_weights)

    @property
    def weights(self) -> list[Any]:
        """All variables."""
        return self._trainable_weights + self._non_trainable_weights

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    @property
    def losses(self) -> list[Any]:
        """Regularization losses of this layer."""
        graph = get_default_graph()
        names = tuple(f"{each.op.name}/" for each in self.weights)
        known = graph.get_collection(GraphKeys.REGULARIZATION_LOSSES)
        return [
            *self._losses,
            *(each for each in known if each not in self._losses and each.name.startswith(names)),
        ]

    @property
    def updates(self) -> list[Any]:
        """Ops that should run with each training step."""
        return list(self._updates)

    @property
    def graph(self) -> Any:
        """The current graph."""
        return get_default_graph()

    def count_params(self) -> int:
        """How many numbers the variables have."""
        return sum(int(each.shape.num_elements()) for each in self.weights)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """What subclasses know of the output's shape."""
        raise unimplemented(
            "layers.Layer", "a subclass says it", type(self).__name__, "Define it.", "TG-7271"
        )


class _Opened:
    """The first scope of a layer, which it keeps."""

    def __init__(self, layer: Layer, scope: variable_scope) -> None:
        self._layer, self._scope = layer, scope

    def __enter__(self) -> Any:
        self._layer._scope = self._scope.__enter__()
        return self._layer._scope

    def __exit__(self, *exception: Any) -> Any:
        return self._scope.__exit__(*exception)


def _snake(name: str) -> str:
    first = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", first).lower()


def tuple_of(value: Any, count: int) -> tuple[int, ...]:
    """A number for each dimension."""
    if isinstance(value, (list, tuple)):
        return tuple(int(each) for each in value)
    return (int(value),) * count


@export("layers.InputSpec")
class InputSpec:
    """What a layer expects of its input; kept, without effect."""

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: Any = None,
        max_ndim: Any = None,
        min_ndim: Any = None,
        axes: Any = None,
    ) -> None:
        self.dtype, self.shape, self.ndim = dtype, shape, ndim
        self.max_ndim, self.min_ndim, self.axes = max_ndim, min_ndim, axes or {}
