"""Models: layers that train."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensegra as tg

from .._base._keras_tensor import KerasTensor
from .._base._layer import Layer, map_shapes
from .._base._node import flatten, map_nest
from .._errors import invalid, not_ready, unknown_name
from .._names import unique_name
from .._shapes import as_shape, shape_of
from .._training._trainer import Trainer
from ._graph import Graph
from ._saved_root import (
    SavedRoot,
    assign_all,
    checked_path,
    described,
    load_directory,
    read_metadata,
    saved_variables,
    serving_signature,
)
from ._summary import print_summary


class Model(Trainer, Layer):
    """A layer that is trained, evaluated and saved.

    There are three ways to make one: `Model(inputs, outputs)` from symbolic tensors, `Sequential`, and a
    subclass with a `call` of its own.

    Args:
        inputs: What `Input` returned; one, or a list or dict of them.
        outputs: What layers returned for them; one, or a list or dict.
        name: A name.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: Outputs that depend on other inputs, or tensors that are not symbolic
            (TG-1006), or layers with the same name (TG-1012).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> a, b = tg.keras.Input((2,)), tg.keras.Input((2,))
        >>> total = tg.layers.Add()([a, b])
        >>> model = tg.keras.Model([a, b], total)
        >>> x = np.ones((1, 2), np.float32)
        >>> model([x, x]).numpy().tolist()
        [[2.0, 2.0]]
    """

    _graph: Graph | None = None

    def __init__(
        self, inputs: Any = None, outputs: Any = None, name: str | None = None, **kwargs: Any
    ) -> None:
        if (inputs is None) != (outputs is None):
            raise invalid(
                "Model",
                "a functional model has both inputs and outputs.",
                f"inputs={inputs!r}, outputs={outputs!r}",
                "Give both, or neither in a subclass with call().",
                "TG-1006",
            )
        if name is None and inputs is not None and type(self) is Model:
            name = unique_name("functional")
        super().__init__(name=name, **kwargs)
        self._reset_training()
        self._graph_layers: list[Layer] = []
        self._input_specs: Any = None
        if inputs is not None:
            self._set_graph(Graph(self.name, inputs, outputs))

    def _set_graph(self, graph: Graph) -> None:
        self._graph = graph
        self._graph_layers = graph.layers
        self._input_specs = map_nest(
            lambda tensor: tg.TensorSpec(tensor.shape, tensor.dtype), graph.input_structure
        )
        self._build_shape = map_nest(lambda tensor: list(tensor.shape), graph.input_structure)
        self.built = True

    # Computing.

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """The outputs; a subclass writes its own."""
        if self._graph is None:
            return super().call(inputs)
        return self._graph.run(inputs)

    def build(self, input_shape: Any) -> None:
        """Builds all layers, by tracing `call` on float32 inputs of this shape.

        Args:
            input_shape: The shape of the input with the batch axis, or a nest of shapes.
        """
        if self._graph is None and not self.built:
            specs = map_shapes(lambda shape: tg.TensorSpec(shape, self._dtype), as_shape(input_shape))
            self._trace(specs)

    def _build_once(self, input_shape: Any) -> None:
        if type(self).build is Model.build:
            # The layers inside are built as call() comes to them.
            self.built = True
            self._build_shape = input_shape
        else:
            super()._build_once(input_shape)

    def _build_and_check(self, inputs: Any) -> None:
        if self._input_specs is None:
            self._input_specs = map_nest(_batch_spec, inputs)
        super()._build_and_check(inputs)

    def _output_specs(self, inputs: Any) -> Any:
        """Symbolic tensors or specs like the outputs for a batch; builds the model."""
        if not self.built:
            self._build_and_check(inputs)
        if self._graph is not None:
            return self._graph.output_structure
        return self._trace(map_nest(_batch_spec, inputs))

    # Structure.

    @property
    def layers(self) -> list[Layer]:
        """The layers of the model, not those inside of them."""
        return list(self._own(Layer))

    def _tensegra_children(self) -> dict[str, Any]:
        """What saved models and checkpoints hold; layers in rows and graphs have Keras's names there."""
        found = super()._tensegra_children()
        if self._graph is None and not hasattr(self, "_row"):
            return found
        found = {name: child for name, child in found.items() if name not in ("_row", "_graph_layers")}
        # Inputs hold nothing, and may be made later than the layers.
        layers = [layer for layer in self.layers if type(layer).__name__ != "InputLayer"]
        return {f"layer-{index}": layer for index, layer in enumerate(layers)} | found

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer with a name, or at an index of `layers`.

        Raises:
            tg.errors.InvalidArgumentError: An unknown name (TG-1003), an unknown index, or not exactly one of
                the arguments (TG-1002).
        """
        if (name is None) == (index is None):
            raise invalid(
                "Model.get_layer",
                "exactly one of name and index is needed.",
                f"name={name!r}, index={index!r}",
                "Give one of them.",
                "TG-1002",
            )
        if index is not None:
            count = len(self.layers)
            if not -count <= index < count:
                raise invalid(
                    "Model.get_layer",
                    "index must be that of a layer.",
                    f"index={index}, {count} layers",
                    "Choose one of `layers`.",
                    "TG-1002",
                )
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise unknown_name("Model.get_layer", "layer", str(name), [layer.name for layer in self.layers])

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs of a functional or built Sequential model."""
        return self._known_graph().inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs of a functional or built Sequential model."""
        return self._known_graph().outputs

    @property
    def input(self) -> Any:
        """The symbolic inputs in the structure of the model."""
        return self._known_graph().input_structure

    @property
    def output(self) -> Any:
        """The symbolic outputs in the structure of the model."""
        return self._known_graph().output_structure

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or a nest of shapes."""
        return map_nest(lambda tensor: tensor.shape, self.input)

    @property
    def output_shape(self) -> Any:
        """The shape of the output, or a nest of shapes."""
        return map_nest(lambda tensor: tensor.shape, self.output)

    @property
    def output_names(self) -> list[str]:
        """The names under which losses, metrics and targets are given per output."""
        return self._known_graph().output_names

    def _known_graph(self) -> Graph:
        if self._graph is None:
            raise not_ready(
                f"model {self.name!r}",
                "only functional models and built Sequential models have symbolic inputs and outputs.",
                f"{type(self).__name__} without them",
                "Give the model an Input.",
                "TG-1005",
            )
        return self._graph

    def summary(self, line_length: int | None = None, print_fn: Callable[[str], Any] | None = None) -> None:
        """Prints a table of the layers, their output shapes and numbers of weights.

        Args:
            line_length: The width in characters.
            print_fn: What to call with the text instead of printing it.
        """
        print_summary(self, line_length, print_fn)

    # Configuration and files.

    @property
    def _config_class_name(self) -> str:
        return "Functional" if type(self) is Model else type(self).__name__

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same model from, without weights.

        Raises:
            tg.errors.InvalidArgumentError: A subclass whose constructor arguments are not plain values and
                which has no `get_config` of its own (TG-1043).
        """
        if self._graph is None or type(self) is not Model:
            return self._constructor_arguments() | super().get_config()
        return {"name": self.name, "trainable": self.trainable, **self._graph.get_config()}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The model that `get_config` described.

        Args:
            config: The configuration.
            custom_objects: Classes and functions by name that the package does not know.

        Raises:
            tg.errors.InvalidArgumentError: A class that is not known (TG-1003).
        """
        if cls is not Model:
            return cls(**config)
        inputs, outputs = Graph.tensors_from_config(config, custom_objects)
        model = Model(inputs, outputs, name=config.get("name"))
        # Layers carry their own flag; only a frozen model sets it for all.
        if not config.get("trainable", True):
            model.trainable = False
        return model

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes and dtypes of the inputs that the model was built for."""
        if self._input_specs is None:
            return None
        return {
            "input_shape": map_nest(lambda spec: list(spec.shape.as_list()), self._input_specs),
            "input_dtype": map_nest(lambda spec: spec.dtype.name, self._input_specs),
        }

    def build_from_config(self, config: Mapping[str, Any]) -> None:
        """Builds the model for inputs as `get_build_config` described."""
        if self.built:
            return
        dtypes = iter(flatten(config["input_dtype"]))
        shapes = as_shape(config["input_shape"])
        specs = map_shapes(lambda shape: tg.TensorSpec(shape, tg.as_dtype(next(dtypes))), shapes)
        self._output_specs(specs)

    def save(self, filepath: Any, overwrite: bool = True, include_optimizer: bool = True) -> None:
        """Saves the model as a Tensegra saved model, a directory.

        It holds the signature `serving_default`, which runs wherever tensegra-core is, and what `load_model`
        needs to go on training exactly where this model stands. The signature's inputs have the names of the
        Input layers (`inputs` for a single one without a name); its outputs are `output_0`, `output_1` and so
        on, or the keys of a dict of outputs.

        Args:
            filepath: The directory.
            overwrite: Whether it may exist.
            include_optimizer: Whether to save the state of the optimizer.

        Raises:
            tg.errors.FailedPreconditionError: The model is not built (TG-1005).
            tg.errors.AlreadyExistsError: The directory exists and `overwrite` is False (TG-1044).
            tg.errors.UnimplementedError: A path that ends with `.keras` or `.h5` (TG-1013).
        """
        path = checked_path("Model.save", filepath, overwrite)
        signature = serving_signature(self)
        keep = include_optimizer and self.compiled
        root = SavedRoot(self, described(self), with_optimizer=keep)
        tg.saved_model.save(root, path, signatures={"serving_default": signature})

    def _suggested_signatures(self) -> dict[str, Any]:
        """What `tg.saved_model.save` saves for those who know nothing of models."""
        known = self.built and self._input_specs is not None
        return {"serving_default": serving_signature(self)} if known else {}

    def export(self, filepath: Any) -> None:
        """Saves what is needed to run the model, not to train it: the signature `serving_default` and its weights.

        Args:
            filepath: The directory.

        Raises:
            tg.errors.FailedPreconditionError: The model is not built (TG-1005).
        """
        path = checked_path("Model.export", filepath, overwrite=True)
        root = tg.Module()
        tg.saved_model.save(root, path, signatures={"serving_default": serving_signature(self)})

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Saves the values of all variables, as a directory.

        Args:
            filepath: The directory.
            overwrite: Whether it may exist.
        """
        path = checked_path("Model.save_weights", filepath, overwrite)
        if not self.built:
            serving_signature(self)
        tg.saved_model.save(SavedRoot(self, {"model": None}, with_optimizer=False), path)

    def load_weights(self, filepath: Any) -> None:
        """Sets all variables to what `save_weights` or `save` wrote.

        Args:
            filepath: The directory.

        Raises:
            tg.errors.InvalidArgumentError: Variables of another number or shape (TG-1042); nothing is set
                then.
        """
        path, loaded = load_directory("Model.load_weights", filepath)
        read_metadata("Model.load_weights", path, loaded)
        assign_all("Model.load_weights", self.variables, saved_variables(loaded, "model_variables"))


def _batch_spec(value: Any) -> Any:
    """The spec of a tensor with any batch size."""
    shape = shape_of(value)
    return tg.TensorSpec((None, *shape[1:]) if shape else (), value.dtype)
