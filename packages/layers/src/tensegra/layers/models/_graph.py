"""The graph of layers in a functional model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensegra as tg

from .. import _registry
from .._base._keras_tensor import KerasTensor
from .._base._layer import Layer
from .._base._node import Node, flatten, map_nest, pack
from .._core._input_layer import InputLayer
from .._errors import invalid
from .._shapes import shape_of


class Graph:
    """The layer calls between symbolic inputs and outputs, in an order in which they can run."""

    def __init__(self, model: str, inputs: Any, outputs: Any) -> None:
        self.model = model
        self.input_structure = inputs
        self.output_structure = outputs
        self.inputs: list[KerasTensor] = flatten(inputs)
        self.outputs: list[KerasTensor] = flatten(outputs)
        for tensor in [*self.inputs, *self.outputs]:
            if not isinstance(tensor, KerasTensor):
                raise invalid(
                    f"model {model!r}",
                    "inputs and outputs of a functional model are symbolic tensors.",
                    f"{type(tensor).__name__}",
                    "Begin with tg.keras.Input(shape) and call layers on it.",
                    "TG-1006",
                )
        self.nodes, self.layers = self._sorted()
        names = [layer.name for layer in self.layers]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise invalid(
                f"model {model!r}",
                "the names of layers must differ within a model.",
                f"twice: {double}",
                "Give the layers other names.",
                "TG-1012",
            )

    @property
    def input_names(self) -> list[str]:
        """The names of the input layers."""
        return [_node(tensor).layer.name if _node(tensor) else tensor.name for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The keys of a dict of outputs, else the names of the layers that make them."""
        if isinstance(self.output_structure, dict):
            return sorted(self.output_structure)
        return [_node(tensor).layer.name for tensor in self.outputs]

    def run(self, inputs: Any) -> Any:
        """The outputs for inputs in the structure of the model, or in a dict by the names of the inputs."""
        values = {id(tensor): value for tensor, value in zip(self.inputs, self._matched(inputs))}

        def value_of(leaf: Any) -> Any:
            return values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

        for node in self.nodes:
            results = node.layer(*map_nest(value_of, node.args), **map_nest(value_of, node.kwargs))
            for tensor, value in zip(flatten(node.outputs), flatten(results)):
                values[id(tensor)] = value
        return pack(self.output_structure, [values[id(tensor)] for tensor in self.outputs])

    def _matched(self, inputs: Any) -> list[Any]:
        """One value per input, cast and with the right number of axes."""
        names = sorted(self.input_structure) if isinstance(self.input_structure, dict) else self.input_names
        if isinstance(inputs, Mapping):
            missing = [name for name in names if name not in inputs]
            leaves = [] if missing else [inputs[name] for name in names]
        else:
            leaves = flatten(inputs)
        if len(leaves) != len(self.inputs):
            received = sorted(inputs) if isinstance(inputs, Mapping) else f"{len(leaves)} tensors"
            raise invalid(
                f"model {self.model!r}",
                f"the model takes the inputs {names}.",
                f"{received}",
                "Give one array per input, in this order or in a dict by these names.",
                "TG-1028",
            )
        return [self._fitted(name, *both) for name, *both in zip(names, self.inputs, leaves)]

    def _fitted(self, name: str, tensor: KerasTensor, value: Any) -> Any:
        if isinstance(value, KerasTensor):
            shape = value.shape
        else:
            value = tg.convert_to_tensor(value)
            shape = shape_of(value)
            # As in Keras, a last axis of size 1 may be missing or too many.
            if len(shape) == len(tensor.shape) + 1 and shape[-1] == 1:
                value = tg.squeeze(value, axis=[-1])
            elif len(shape) == len(tensor.shape) - 1 and tensor.shape[-1] == 1:
                value = tg.expand_dims(value, -1)
            shape = shape_of(value)
        pairs = list(zip(shape, tensor.shape))[1:]
        if len(shape) != len(tensor.shape) or any(None not in (a, b) and a != b for a, b in pairs):
            raise invalid(
                f"model {self.model!r}",
                f"input {name!r} must have the shape {tensor.shape}.",
                f"shape={tuple(shape)}",
                "Check the shape of the data; the first axis is the batch.",
                "TG-1001",
            )
        if value.dtype == tg.string and tensor.dtype != tg.string:
            raise invalid(
                f"model {self.model!r}",
                f"input {name!r} must hold numbers.",
                f"dtype={value.dtype.name}",
                "Turn text into numbers first.",
                "TG-1015",
            )
        return (
            value
            if isinstance(value, KerasTensor) or value.dtype == tensor.dtype
            else tg.cast(value, tensor.dtype)
        )

    def _sorted(self) -> tuple[list[Node], list[Layer]]:
        """Nodes in running order; layers from inputs to outputs, as Keras orders them."""
        borders = {id(tensor) for tensor in self.inputs}
        order: list[Node] = []
        visits: dict[int, int] = {}
        done: set[int] = set()
        layers: dict[int, Layer] = {}

        def note(layer: Layer) -> None:
            visits.setdefault(id(layer), len(visits))
            layers[id(layer)] = layer

        def visit(tensor: KerasTensor) -> None:
            stack: list[tuple[Node, int]] = []
            enter(tensor, stack)
            while stack:
                node, position = stack.pop()
                if position < len(node.inputs):
                    stack.append((node, position + 1))
                    enter(node.inputs[position], stack)
                elif id(node) not in done:
                    done.add(id(node))
                    order.append(node)

        def enter(tensor: KerasTensor, stack: list[tuple[Node, int]]) -> None:
            node = tensor._node
            if id(tensor) in borders:
                if node is not None and isinstance(node.layer, InputLayer):
                    note(node.layer)
                return
            if node is None or isinstance(node.layer, InputLayer):
                raise invalid(
                    f"model {self.model!r}",
                    "outputs must be connected to the given inputs alone.",
                    f"an output that depends on {tensor.name!r}",
                    "Add it to the inputs of the model.",
                    "TG-1006",
                )
            if id(node) not in done:
                note(node.layer)
                stack.append((node, 0))

        for output in self.outputs:
            visit(output)
        for tensor in self.inputs:
            if tensor._node is not None and isinstance(tensor._node.layer, InputLayer):
                note(tensor._node.layer)

        depths: dict[int, int] = dict.fromkeys(layers, 0)
        node_depths: dict[int, int] = {}
        for node in reversed(order):
            depth = max(node_depths.get(id(node), 0), depths[id(node.layer)])
            depths[id(node.layer)] = node_depths[id(node)] = depth
            for tensor in node.inputs:
                before = tensor._node
                if before is None:
                    continue
                node_depths[id(before)] = max(node_depths.get(id(before), 0), depth + 1)
                if id(before.layer) in depths:
                    depths[id(before.layer)] = max(depths[id(before.layer)], depth + 1)
        ordered = sorted(layers, key=lambda key: (-depths[key], visits[key]))
        return order, [layers[key] for key in ordered]

    # To and from a configuration, in the form that Keras writes.

    def get_config(self) -> dict[str, Any]:
        """Layers with their calls, and which tensors are inputs and outputs."""
        known = {id(node) for node in self.nodes}
        numbers: dict[int, int] = {}
        for layer in self.layers:
            own = [node for node in layer._nodes if id(node) in known or isinstance(layer, InputLayer)]
            numbers |= {id(node): number for number, node in enumerate(own)}

        def described(leaf: Any) -> Any:
            if not isinstance(leaf, KerasTensor):
                return leaf
            node = _node(leaf)
            return {
                "class_name": "__keras_tensor__",
                "config": {
                    "shape": list(leaf.shape),
                    "dtype": leaf.dtype.name,
                    "keras_history": [node.layer.name, numbers[id(node)], leaf._index],
                },
            }

        def place(tensor: KerasTensor) -> list[Any]:
            node = _node(tensor)
            return [node.layer.name, numbers[id(node)], tensor._index]

        layers = []
        for layer in self.layers:
            calls = [node for node in layer._nodes if id(node) in known]
            layers.append(
                {
                    **_registry.serialize(layer),
                    "name": layer.name,
                    "inbound_nodes": [
                        {
                            "args": map_nest(described, list(node.args)),
                            "kwargs": map_nest(described, node.kwargs),
                        }
                        for node in calls
                    ],
                }
            )
        return {
            "layers": layers,
            "input_layers": map_nest(place, self.input_structure),
            "output_layers": map_nest(place, self.output_structure),
        }

    @staticmethod
    def tensors_from_config(config: Mapping[str, Any], custom_objects: Any = None) -> tuple[Any, Any]:
        """The symbolic inputs and outputs that `get_config` described."""
        made: dict[tuple[str, int], list[KerasTensor]] = {}
        waiting: list[tuple[Layer, int, Mapping[str, Any]]] = []
        for entry in config["layers"]:
            layer = _registry.deserialize("layer", entry, custom_objects)
            if isinstance(layer, InputLayer):
                made[layer.name, 0] = flatten(layer.output)
            waiting += [(layer, number, call) for number, call in enumerate(entry["inbound_nodes"])]

        def place_of(leaf: Any) -> tuple[str, int] | None:
            if isinstance(leaf, dict) and leaf.get("class_name") == "__keras_tensor__":
                name, number, _ = leaf["config"]["keras_history"]
                return name, number
            return None

        def filled(part: Any) -> Any:
            place = place_of(part)
            if place is not None:
                return made[place][part["config"]["keras_history"][2]]
            if isinstance(part, dict):
                return {key: filled(item) for key, item in part.items()}
            return [filled(item) for item in part] if isinstance(part, list) else part

        def needs(part: Any) -> list[tuple[str, int]]:
            place = place_of(part)
            if place is not None:
                return [place]
            parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
            return [need for item in parts for need in needs(item)]

        while waiting:
            ready = [
                item
                for item in waiting
                if all(need in made for need in needs([item[2]["args"], item[2]["kwargs"]]))
            ]
            if not ready:
                raise invalid(
                    "Model.from_config",
                    "each layer call must get outputs of other calls.",
                    f"calls without inputs: {sorted({layer.name for layer, _, _ in waiting})}",
                    "Give the configuration that get_config() returned.",
                    "TG-1006",
                )
            for layer, number, call in ready:
                outputs = layer(*filled(list(call["args"])), **filled(dict(call["kwargs"])))
                made[layer.name, number] = flatten(outputs)
            waiting = [item for item in waiting if item not in ready]

        def at(part: Any) -> Any:
            if isinstance(part, list) and len(part) == 3 and isinstance(part[0], str):
                return made[part[0], part[1]][part[2]]
            if isinstance(part, dict):
                return {key: at(item) for key, item in part.items()}
            return [at(item) for item in part]

        return at(config["input_layers"]), at(config["output_layers"])


def _node(tensor: KerasTensor) -> Node:
    if tensor._node is None:
        raise invalid(
            "Model",
            "symbolic tensors come from Input or from a layer.",
            repr(tensor),
            "Begin with tg.keras.Input(shape).",
            "TG-1006",
        )
    return tensor._node
