"""Models that are a row of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _registry
from .._base._keras_tensor import KerasTensor
from .._base._layer import Layer
from .._core._input_layer import InputLayer
from .._errors import invalid, not_ready
from .._shapes import Shape, is_shape, shape_of
from ._graph import Graph
from ._model import Model


class Sequential(Model):
    """A row of layers, each fed with the output of the one before.

    Args:
        layers: The layers; the first may be what `Input` returned. Without one, the model is built at its
            first call.
        trainable: Whether the weights are to be trained.
        name: A name.

    Raises:
        tg.errors.InvalidArgumentError: Something that is not a layer, or an input that is not first
            (TG-1010); layers with the same name (TG-1012).

    Example:
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.keras.Input((4,)), tg.layers.Dense(3), tg.layers.Dense(2)])
        >>> model.output_shape, model.count_params()
        ((None, 2), 23)
    """

    def __init__(
        self, layers: Sequence[Any] | None = None, trainable: bool = True, name: str | None = None
    ) -> None:
        super().__init__(name=name)
        self._row: list[Layer] = []
        self._end: KerasTensor | None = None
        for layer in layers or ():
            self.add(layer)
        if not trainable:
            self.trainable = False

    def add(self, layer: Any) -> None:
        """Adds a layer at the end.

        Args:
            layer: A layer, or as the first what `Input` returned.
        """
        if isinstance(layer, KerasTensor) and layer._node is not None:
            layer = layer._node.layer
        if not isinstance(layer, Layer):
            raise invalid(
                f"model {self.name!r}",
                "a Sequential model is made of layers.",
                f"{type(layer).__name__} {layer!r}",
                "Give an instance, such as Dense(10); for a function write a layer.",
                "TG-1010",
            )
        if isinstance(layer, InputLayer) and self._row:
            raise invalid(
                f"model {self.name!r}",
                "the input of a Sequential model comes first, once.",
                f"an Input after {self._row[-1].name!r}",
                "Put it at the beginning.",
                "TG-1010",
            )
        if any(layer.name == other.name for other in self._row):
            raise invalid(
                f"model {self.name!r}",
                "the names of layers must differ within a model.",
                f"twice: {layer.name!r}",
                "Give the layers other names.",
                "TG-1012",
            )
        if not self._row and layer._input_shape_argument is not None:
            self._row.append(InputLayer(batch_shape=layer._input_shape_argument))
            self._end = self._row[0].output
        self._row.append(layer)
        if isinstance(layer, InputLayer):
            self._end = layer.output
        elif self._end is not None:
            self._end = layer(self._end)
        if self.built:
            self._forget()
        self._connect_row()

    def pop(self) -> Layer:
        """Removes the last layer and returns it.

        Raises:
            tg.errors.FailedPreconditionError: There is none (TG-1010).
        """
        if not self._row:
            raise not_ready(
                f"model {self.name!r}",
                "there must be a layer to remove.",
                "an empty model",
                "Add layers first.",
                "TG-1010",
            )
        layer = self._row.pop()
        if self._end is not None:
            self._end = self._row[-1]._nodes[-1].outputs if self._row else None
        self._forget()
        self._connect_row()
        return layer

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return [layer for layer in self._row if not isinstance(layer, InputLayer)]

    def build(self, input_shape: Any = None) -> None:
        """Builds all layers for an input shape with the batch axis."""
        if not self.built and input_shape is not None:
            self._begin(tuple(input_shape), None)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the output for a shape of the input."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def _build_and_check(self, inputs: Any) -> None:
        if not self.layers:
            raise not_ready(
                f"model {self.name!r}",
                "a Sequential model needs at least one layer.",
                "an empty model",
                "Add layers first.",
                "TG-1010",
            )
        if not self.built:
            if not hasattr(inputs, "shape"):
                raise invalid(
                    f"model {self.name!r}",
                    "a Sequential model has one input.",
                    f"{type(inputs).__name__} of {len(inputs)}",
                    "Use a functional Model for several inputs.",
                    "TG-1028",
                )
            self._begin(shape_of(inputs), inputs.dtype)

    def _begin(self, shape: Shape, dtype: Any) -> None:
        """Puts an input in front of the row and connects all layers to it."""
        if not is_shape(shape):
            raise invalid(
                f"model {self.name!r}",
                "a Sequential model has one input.",
                f"input shape={shape}",
                "Use a functional Model for several inputs.",
                "TG-1028",
            )
        first = InputLayer(batch_shape=(None, *shape[1:]), dtype=dtype)
        self._end = first.output
        for layer in self._row:
            self._end = layer(self._end)
        self._row.insert(0, first)
        self._connect_row()

    def _connect_row(self) -> None:
        if self._end is not None and self.layers:
            self._set_graph(Graph(self.name, self._row[0].output, self._end))

    def _forget(self) -> None:
        self._graph = None
        self._graph_layers = []
        self._input_specs = None
        self._build_shape = None
        self.built = False
        self._reset_functions()

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same model from, without weights."""
        layers = [_registry.serialize(layer) for layer in self._row]
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype, "layers": layers}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The model that `get_config` described."""
        layers = [_registry.deserialize("layer", entry, custom_objects) for entry in config["layers"]]
        return cls(layers, name=config.get("name"), trainable=config.get("trainable", True))
