"""What a layer owns: weights, losses, and other layers, found by walking over its attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import tensegra as tg

from .. import _registry
from .._errors import invalid, not_ready
from .._shapes import Shape
from ._seed_generator import SeedGenerator


class WeightOwner(tg.Module):
    """The part of `Layer` that knows its weights."""

    _dtype: tg.DType
    _trainable: bool
    built: bool

    def __init__(self) -> None:
        super().__init__()
        self._weights_added: list[tg.Variable] = []
        self._regularized: list[tuple[tg.Variable, Any]] = []
        self._call_losses: list[Any] = []

    # Weights.

    def add_weight(
        self,
        shape: Shape | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
        name: str | None = None,
    ) -> tg.Variable:
        """A new weight of this layer.

        Args:
            shape: Its shape; a scalar if not given.
            initializer: An initializer or its name; Glorot uniform for floats and zeros for the rest if not
                given.
            dtype: Its dtype, that of the layer if not given.
            trainable: Whether it is trained.
            regularizer: A regularizer, whose value `losses` holds.
            name: A name.

        Returns:
            The variable.
        """
        shape = () if shape is None else tuple(shape)
        if any(size is None for size in shape):
            raise invalid(
                f"layer {self.name!r}",
                "all sizes of a weight must be known.",
                f"shape={shape}",
                "Give the input a known size on this axis.",
                "TG-1001",
            )
        dtype = self._dtype if dtype is None else tg.as_dtype(dtype)
        if initializer is None:
            initializer = "glorot_uniform" if dtype.is_floating else "zeros"
        initializer = _registry.get("initializer", initializer)
        with tg.init_scope():
            variable = tg.Variable(
                initializer(shape, dtype=dtype),
                trainable=trainable,
                name=f"{self.name}/{name or 'variable'}",
                dtype=dtype,
            )
        self._weights_added.append(variable)
        regularizer = _registry.get("regularizer", regularizer)
        if regularizer is not None:
            self._regularized.append((variable, regularizer))
        return variable

    @property
    def weights(self) -> list[tg.Variable]:
        """All weights: own first, then those of the layers inside; no random state."""
        return _unique(
            [*self._own(tg.Variable), *(w for layer in self._own(WeightOwner) for w in layer.weights)]
        )

    @property
    def trainable_weights(self) -> list[tg.Variable]:
        """The weights to be trained."""
        if not self.trainable:
            return []
        own = [variable for variable in self._own(tg.Variable) if variable.trainable]
        return _unique([*own, *(w for layer in self._own(WeightOwner) for w in layer.trainable_weights)])

    @property
    def non_trainable_weights(self) -> list[tg.Variable]:
        """The weights that training leaves alone, such as moving averages."""
        trained = {id(variable) for variable in self.trainable_weights}
        return [variable for variable in self.weights if id(variable) not in trained]

    @property
    def variables(self) -> list[tg.Variable]:  # type: ignore[override]  # Keras has lists
        """The weights and the random state."""
        return [*self.weights, *(seeds.state for seeds in self._seed_generators())]

    @property
    def trainable_variables(self) -> list[tg.Variable]:  # type: ignore[override]
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[tg.Variable]:  # type: ignore[override]
        """The non-trainable weights and the random state."""
        return [*self.non_trainable_weights, *(seeds.state for seeds in self._seed_generators())]

    def get_weights(self) -> list[np.ndarray]:
        """The values of `weights`."""
        return [variable.numpy() for variable in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Sets the values of `weights`.

        Raises:
            tg.errors.InvalidArgumentError: Another number of arrays, or another shape (TG-1009); nothing is
                set then.
        """
        variables = self.weights
        arrays = [np.asarray(array) for array in weights]
        if len(arrays) != len(variables):
            raise invalid(
                f"layer {self.name!r}",
                "there must be one array per weight.",
                f"{len(arrays)} arrays for {len(variables)} weights",
                "Give what get_weights() returns.",
                "TG-1009",
            )
        for variable, array in zip(variables, arrays):
            if tuple(variable.shape) != array.shape:
                raise invalid(
                    f"layer {self.name!r}",
                    f"the array must have the shape of the weight {variable.name!r}, {tuple(variable.shape)}.",
                    f"shape={array.shape}",
                    "Give what get_weights() returns.",
                    "TG-1009",
                )
        for variable, array in zip(variables, arrays):
            variable.assign(array.astype(variable.dtype.as_numpy_dtype))

    def count_params(self) -> int:
        """The number of numbers in the weights.

        Raises:
            tg.errors.FailedPreconditionError: The layer is not built (TG-1005).
        """
        if not self.built and not self.weights:
            raise not_ready(
                f"layer {self.name!r}",
                "weights exist once the layer is built.",
                "an unbuilt layer",
                "Call it on data, or build(input_shape).",
                "TG-1005",
            )
        return sum(variable.shape.num_elements() or 0 for variable in self.weights)

    @property
    def trainable(self) -> bool:
        """Whether the weights are to be trained; setting it sets it in all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self._all_layers():
            layer._trainable = bool(value)

    # Losses.

    def add_loss(self, loss: Any) -> None:
        """Adds to the losses of the call that is under way."""
        self._call_losses.extend(loss if isinstance(loss, list | tuple) else [loss])

    @property
    def losses(self) -> list[Any]:
        """What the last call added with `add_loss`, then the penalties of regularized weights."""
        layers = list(self._all_layers())
        added = [loss for layer in layers for loss in layer._call_losses]
        return added + [
            regularizer(variable)
            for layer in layers
            if layer.trainable
            for variable, regularizer in layer._regularized
            if variable.trainable
        ]

    def _clear_losses(self) -> None:
        for layer in self._all_layers():
            layer._call_losses = []

    # Walking over attributes.

    def _own(self, kind: Any) -> Iterator[Any]:
        """Objects of a class among the attributes, also in lists, tuples and dicts; nothing twice."""
        seen: set[int] = set()

        def walk(value: Any) -> Iterator[Any]:
            if isinstance(value, kind):
                if id(value) not in seen and value is not self:
                    seen.add(id(value))
                    yield value
            elif isinstance(value, dict):
                for item in value.values():
                    yield from walk(item)
            elif isinstance(value, list | tuple):
                for item in value:
                    yield from walk(item)

        for key, value in vars(self).items():
            if key not in ("_init_arguments", "_nodes"):
                yield from walk(value)

    def _all_layers(self) -> Iterator[WeightOwner]:
        """This layer and all layers inside, nothing twice."""
        seen: set[int] = set()
        todo: list[WeightOwner] = [self]
        while todo:
            layer = todo.pop(0)
            if id(layer) not in seen:
                seen.add(id(layer))
                yield layer
                todo[:0] = list(layer._own(WeightOwner))

    def _seed_generators(self) -> list[SeedGenerator]:
        return _unique([seeds for layer in self._all_layers() for seeds in layer._own(SeedGenerator)])


def _unique(items: list[Any]) -> list[Any]:
    return list({id(item): item for item in items}.values())
