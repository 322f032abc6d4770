"""The base class of all layers and models."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

import tensegra as tg

from .. import _registry
from .._errors import invalid, not_ready, unimplemented
from .._names import snake_case, unique_name
from .._shapes import as_shape, is_shape, shapes_of
from .._user_code import as_called
from . import _call_context
from ._input_spec import InputSpec
from ._keras_tensor import KerasTensor, any_symbolic
from ._node import Node, flatten, map_nest, pack
from ._weight_owner import WeightOwner

_BASE_ARGUMENTS = {"args", "kwargs", "name", "dtype", "trainable", "activity_regularizer"}


class Layer(WeightOwner):
    """A function of tensors that owns weights.

    A subclass makes its weights in `build`, which gets the shape of the first input, and computes in `call`.
    A weight is made with `add_weight` or is any `tg.Variable` kept as an attribute; layers kept as
    attributes, also in lists and dicts, belong to it as well.

    Args:
        activity_regularizer: A regularizer of the outputs.
        trainable: Whether the weights are to be trained.
        dtype: "float32" or "float64", that of weights and computation.
        name: A name; made from the class if not given (`dense`, `dense_1`).
        **kwargs: `input_shape`, the shape of one example, for the first layer of a Sequential model.

    Raises:
        tg.errors.InvalidArgumentError: An argument that does not exist (TG-1014).
        tg.errors.UnimplementedError: A dtype policy other than float32 and float64 (TG-1013).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> class Scale(tg.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight(shape=input_shape[-1:], initializer="ones", name="factor")
        ...
        ...     def call(self, x):
        ...         return x * self.factor
        >>> layer = Scale()
        >>> layer(np.ones((1, 2), np.float32)).numpy().tolist()
        [[1.0, 1.0]]
        >>> layer.count_params()
        2
    """

    input_spec: InputSpec | None = None
    # Layers that only move numbers keep the dtype of their input, also of integers.
    _keeps_dtype: ClassVar[bool] = False

    _init_arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        layer = super().__new__(cls)
        object.__setattr__(layer, "_init_arguments", (args, kwargs))
        return layer

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self._name = name or unique_name(snake_case(type(self).__name__))
        input_shape = kwargs.pop("input_shape", None)
        if kwargs:
            raise invalid(
                type(self).__name__,
                "there is no such argument.",
                ", ".join(f"{key}={value!r}" for key, value in kwargs.items()),
                "Check the spelling.",
                "TG-1014",
            )
        if not isinstance(self._name, str) or "/" in self._name:
            raise invalid(
                type(self).__name__,
                'a name is text without "/".',
                f"name={name!r}",
                "Choose another.",
                "TG-1002",
            )
        self._input_shape_argument = None if input_shape is None else (None, *input_shape)
        self._dtype = _check_dtype(type(self).__name__, dtype)
        self._trainable = bool(trainable)
        self.activity_regularizer = _registry.get("regularizer", activity_regularizer)
        self.built = False
        self._build_shape: Any = None
        self._nodes: list[Node] = []

    # What a subclass writes.

    def build(self, input_shape: Any) -> None:
        """Makes the weights; `input_shape` is the shape of the first argument of `call`, with the batch axis."""

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the outputs. A parameter `training` gets whether this is training."""
        raise unimplemented(
            type(self).__name__,
            "a layer computes in call().",
            "a class without it",
            "Write call() in the class.",
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output for a shape of the input.

        Unless a subclass gives it, it is found by tracing `call`, which builds the layer.
        """
        specs = map_shapes(lambda shape: tg.TensorSpec(shape, self._dtype), as_shape(input_shape))
        return map_nest(lambda spec: tuple(spec.shape.as_list()), self._trace(specs))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, as JSON types, with which `from_config` makes the same layer again.

        A subclass without a `get_config` of its own is described by the arguments it was made with.

        Raises:
            tg.errors.InvalidArgumentError: An argument is not a number, text, list or dict (TG-1043).
        """
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": self._dtype.name}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = _registry.serialize(self.activity_regularizer)
        if type(self).get_config is Layer.get_config:
            config = self._constructor_arguments() | config
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The layer that `get_config` described, without its weights."""
        return cls(**config)

    # Calling.

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Builds the layer if needed and computes.

        Given symbolic tensors, it connects the layer to them and returns symbolic outputs.

        Raises:
            tg.errors.InvalidArgumentError: An input whose shape the layer cannot take (TG-1001); it names the
                layer. Or no tensors at all (TG-1015).
        """
        if "_nodes" not in self.__dict__:
            raise not_ready(
                type(self).__name__,
                "a layer is set up by the constructor of its base class.",
                "a call before super().__init__()",
                "Begin __init__ with super().__init__().",
                "TG-1011",
            )
        training = kwargs.pop("training", None)
        if training is None:
            training = _call_context.current_training()
        takes_training, default = _training_parameter(type(self).call)
        if training is None and takes_training:
            training = default
        if any_symbolic((args, kwargs)):
            return self._connect(args, kwargs)
        if args and not isinstance(args[0], tg.Tensor):
            self._check_tensors(args[0])
        args = map_nest(self._as_input, args)
        kwargs = map_nest(self._as_input, kwargs)
        if _call_context.depth() == 0:
            self._clear_losses()
        with _call_context.entering(training):
            if args:
                self._build_and_check(args[0])
            if takes_training:
                kwargs["training"] = training
            try:
                outputs = as_called(self.call)(*args, **kwargs)
            except Exception as error:
                error.add_note(f"while calling layer {self.name!r} ({type(self).__name__})")
                raise
            if self.activity_regularizer is not None:
                for output in flatten(outputs):
                    self.add_loss(self.activity_regularizer(output))
        return outputs

    def _build_and_check(self, inputs: Any) -> None:
        if self.input_spec is not None and not self.built:
            self.input_spec.check(self.name, inputs)
        if not self.built:
            self._build_once(shapes_of(inputs))
        if self.input_spec is not None:
            self.input_spec.check(self.name, inputs)

    def _check_tensors(self, inputs: Any) -> None:
        for leaf in flatten(inputs):
            if not hasattr(leaf, "shape"):
                raise invalid(
                    f"layer {self.name!r}",
                    "a layer is called on tensors or arrays.",
                    f"{leaf!r} of type {type(leaf).__name__}",
                    "Convert numbers and lists with numpy.asarray or tg.constant.",
                    "TG-1015",
                )

    def _build_once(self, input_shape: Any) -> None:
        with tg.init_scope():
            self.build(input_shape)
        self.built = True
        self._build_shape = input_shape

    def _connect(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._build_and_check(args[0])
        outputs = self.compute_output_spec(*args, **kwargs)
        Node(self, args, kwargs, outputs)
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Symbolic tensors like the outputs for symbolic inputs."""
        if type(self).compute_output_shape is not Layer.compute_output_shape:
            shape = self.compute_output_shape(shapes_of(args[0]))
            dtype = flatten(args[0])[0].dtype if self._keeps_dtype else self._dtype
            return map_shapes(lambda item: KerasTensor(item, dtype), shape)
        specs = self._trace(*map_nest(_spec_of, args), **map_nest(_spec_of, kwargs))
        return map_nest(lambda spec: KerasTensor(tuple(spec.shape.as_list()), spec.dtype), specs)

    def _trace(self, *args: Any, **kwargs: Any) -> Any:
        """The specs of the outputs for the given specs of inputs, found by tracing `call`."""
        structure = (args, kwargs)
        leaves = flatten(structure)
        places = [index for index, leaf in enumerate(leaves) if isinstance(leaf, tg.TensorSpec)]
        found: list[Any] = []

        def run(*tensors: Any) -> Any:
            filled = list(leaves)
            for place, tensor in zip(places, tensors):
                filled[place] = tensor
            call_args, call_kwargs = pack(structure, filled)
            outputs = self(*call_args, **call_kwargs, training=False)
            found.append(map_nest(lambda output: tg.TensorSpec(output.shape, output.dtype), outputs))
            return flatten(outputs)

        specs = [leaves[place] for place in places]
        tg.function(run).get_concrete_function(*specs)
        self._clear_losses()
        return found[-1]

    def _as_input(self, value: Any) -> Any:
        if isinstance(value, np.ndarray | np.generic | float):
            value = tg.convert_to_tensor(value)
        if isinstance(value, tg.Variable):
            value = value.read_value()
        if isinstance(value, tg.Tensor) and value.dtype.is_floating and value.dtype != self._dtype:
            return tg.cast(value, self._dtype)
        return value

    # Facts.

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def dtype(self) -> str:
        """The name of the dtype of weights and computation."""
        return self._dtype.name

    compute_dtype = variable_dtype = dtype

    @property
    def input(self) -> Any:
        """The symbolic input of the first call on symbolic tensors."""
        inputs = self._first_node().inputs
        return inputs[0] if len(inputs) == 1 else inputs

    @property
    def output(self) -> Any:
        """The symbolic output of the first call on symbolic tensors."""
        return self._first_node().outputs

    def _first_node(self) -> Node:
        if not self._nodes:
            raise not_ready(
                f"layer {self.name!r}",
                "a layer has a symbolic input and output once it is connected.",
                "a layer that was never called on a symbolic tensor",
                "Call it on an Input, or add it to a Sequential model whose input shape is known.",
                "TG-1005",
            )
        return self._nodes[0]

    def get_build_config(self) -> dict[str, Any] | None:
        """What `build_from_config` needs; None before the layer is built."""
        return None if self._build_shape is None else {"input_shape": self._build_shape}

    def build_from_config(self, config: Mapping[str, Any]) -> None:
        """Builds the layer as `get_build_config` described."""
        if not self.built:
            self._build_once(as_shape(config["input_shape"]))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def _constructor_arguments(self) -> dict[str, Any]:
        """The arguments this layer was made with, beyond those of the base class."""
        args, kwargs = self._init_arguments
        bound = dict(inspect.signature(type(self).__init__).bind(self, *args, **kwargs).arguments)
        bound.pop(next(iter(bound)))  # the layer itself, whatever its parameter is called
        flat = {**bound, **bound.get("kwargs", {})}
        config = {key: value for key, value in flat.items() if key not in _BASE_ARGUMENTS}
        for key, value in config.items():
            for leaf in flatten(value):
                if not isinstance(leaf, bool | int | float | str | None):
                    raise invalid(
                        f"layer {self.name!r}",
                        "a layer without get_config() is described by the plain arguments of its constructor.",
                        f"{key}={value!r}",
                        "Write get_config() (and from_config()) in the class.",
                        "TG-1043",
                    )
        return config


def map_shapes(fn: Any, shapes: Any) -> Any:
    """`fn` applied to each shape of a nest of shapes."""
    if isinstance(shapes, dict):
        return {key: map_shapes(fn, item) for key, item in shapes.items()}
    return fn(tuple(shapes)) if is_shape(shapes) else [map_shapes(fn, item) for item in shapes]


def _spec_of(value: Any) -> Any:
    return tg.TensorSpec(value.shape, value.dtype) if isinstance(value, KerasTensor) else value


def _check_dtype(where: str, dtype: Any) -> tg.DType:
    if isinstance(dtype, dict):
        # Keras writes a policy: {"class_name": "DTypePolicy", "config": {"name": "float32"}}.
        dtype = dtype.get("config", {}).get("name")
    name = "float32" if dtype is None else dtype if isinstance(dtype, str) else tg.as_dtype(dtype).name
    if name in ("float32", "float64"):
        return tg.as_dtype(name)
    raise unimplemented(
        where, "layers compute in float32 or float64.", f"dtype={name!r}", "Leave dtype out for float32."
    )


@functools.cache
def _training_parameter(call: Callable[..., Any]) -> tuple[bool, bool | None]:
    """Whether `call` takes `training`, and its default."""
    parameter = inspect.signature(call).parameters.get("training")
    if parameter is None:
        return False, None
    return True, False if parameter.default in (inspect.Parameter.empty, None) else parameter.default
