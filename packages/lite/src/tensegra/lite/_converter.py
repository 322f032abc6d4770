"""From a saved model to a lite model."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import _container, _runtime
from ._errors import InvalidArgumentError, NotFoundError, UnimplementedError
from ._interpreter import Interpreter
from ._optimize import Optimize
from ._quantize import quantize_per_axis

_NUMPY = {1: np.bool_, 2: np.int8, 4: np.int32, 5: np.int64, 6: np.uint8, 12: np.float32}
_INT8, _INT64, _FLOAT32 = 2, 5, 12
_ALIASES = frozenset({"identity", "stop_gradient"})


@dataclass
class _Constant:
    name: str
    array: np.ndarray


@dataclass
class _Node:
    op: str
    version: int
    inputs: list[Any]  # ("value", old number) or a _Constant
    attributes: Any
    output: Any  # ValueType
    old: int
    name: str
    source: str


@dataclass
class _Flat:
    """The function while it is converted: nodes in order, references resolved to values or constants."""

    nodes: list[_Node] = field(default_factory=list)
    references: dict[int, Any] = field(default_factory=dict)


class Converter:
    """Converts a saved model into one file for the C runtime. The methods are those of TensorFlow Lite's converter.

    Attributes:
        optimizations: A list of `Optimize`. Empty: float32 as it is. ``[Optimize.DEFAULT]``: int8 weights.

    Example:
        >>> from tensegra import lite
        >>> converter = lite.Converter.from_saved_model("digits")  # doctest: +SKIP
        >>> converter.optimizations = [lite.Optimize.DEFAULT]  # doctest: +SKIP
        >>> content = converter.convert()  # doctest: +SKIP
    """

    def __init__(self, directory: str, message: Any, signature_key: str) -> None:
        self._directory = directory
        self._message = message
        self._signature = signature_key
        self.optimizations: Sequence[Optimize] = []

    @classmethod
    def from_saved_model(
        cls, saved_model_dir: str | os.PathLike[str], signature_key: str = "serving_default"
    ) -> Converter:
        """Reads a saved model. Needs tensegra-core: ``pip install tensegra-lite[converter]``.

        Args:
            saved_model_dir: The directory.
            signature_key: The signature to convert.

        Raises:
            NotFoundError: tensegra-core is missing (TG-6101), or the model has no such signature (TG-6102).
            tg.errors.NotFoundError: There is no saved model (TG-0401).
            tg.errors.DataLossError: It is damaged (TG-0402).
        """
        try:
            from tensegra import saved_model
        except ImportError as error:
            raise NotFoundError(
                "[lite.Converter] the converter needs tensegra-core. Received: an environment without it. "
                "pip install tensegra-lite[converter]",
                code="TG-6101",
            ) from error
        directory = os.fspath(saved_model_dir)
        message = saved_model.read_message(directory)
        names = [signature.name for signature in message.signatures]
        if signature_key not in names:
            raise NotFoundError(
                f"[lite.Converter] the signature must be one of {names}. Received: signature_key={signature_key!r}.",
                code="TG-6102",
            )
        return cls(directory, message, signature_key)

    def convert(self) -> bytes:
        """The lite model: what `Interpreter` takes as ``model_content``, or the content of a file.

        Raises:
            UnimplementedError: The model uses ops or dtypes outside of the lite profile; all are named (TG-6103).
            InvalidArgumentError: `optimizations` holds something else than `Optimize` (TG-6104).
        """
        for optimization in self.optimizations:
            if not isinstance(optimization, Optimize):
                raise InvalidArgumentError(
                    f"[lite.Converter] optimizations must be a list of lite.Optimize. Received: {optimization!r}.",
                    code="TG-6104",
                )
        signature = next(s for s in self._message.signatures if s.name == self._signature)
        function = next(f for f in self._message.functions if f.name == signature.function)
        flat = self._flatten(function)
        outputs = [flat.references[number] for number in function.outputs]
        _keep_live(flat, outputs)
        self._refuse_unsupported(flat, function)
        arrays, message = self._build(function, signature, flat, outputs)
        section = _container.layout_weights(message, arrays)
        _add_plan(message, _container.pack(message, section))
        return _container.pack(message, section)

    # --- reading ---

    def _weight(self, name: str) -> _Constant:
        weight = next(w for w in self._message.weights if w.name == name)
        if weight.HasField("quantization"):
            raise UnimplementedError(
                f"[lite.Converter] weights must be stored as they are; the converter quantizes them by itself. "
                f"Received: '{name}', stored in fewer bits. Save the model without SaveOptions(quantization=...).",
                code="TG-6103",
            )
        if weight.dtype not in _NUMPY:
            raise UnimplementedError(
                f"[lite.Converter] weights must have a dtype of the lite profile. "
                f"Received: '{name}' with dtype number {weight.dtype}.",
                code="TG-6103",
            )
        path = os.path.join(self._directory, self._message.weight_files[weight.file].name)
        dtype = np.dtype(_NUMPY[weight.dtype])
        count = int(np.prod(weight.dims, dtype=np.int64))
        array = np.fromfile(path, dtype, count, offset=weight.offset).reshape(tuple(weight.dims))
        return _Constant(name, array)

    def _tensor_value(self, node: Any) -> _Constant:
        value = next(a.tensor for a in node.attributes if a.name == "value")
        if value.weight:
            return self._weight(value.weight)
        if value.dtype not in _NUMPY:
            raise UnimplementedError(
                f"[lite.Converter] constants must have a dtype of the lite profile. "
                f"Received: '{node.name}' with dtype number {value.dtype}.",
                code="TG-6103",
            )
        array = np.frombuffer(value.data, _NUMPY[value.dtype]).reshape(tuple(value.dims))
        return _Constant(node.name, array)

    def _captured(self, number: int) -> _Constant:
        captured = self._message.objects[number]
        if captured.kind in ("resource", "asset"):
            raise UnimplementedError(
                "[lite.Converter] a model must stay within the lite profile, which has no state but weights. "
                f"Received: a function with {captured.resource.type or 'asset'}. Run the model with tensegra-core.",
                code="TG-6103",
            )
        return self._weight(captured.variable.weight or captured.weight)

    def _flatten(self, function: Any) -> _Flat:
        """Variables become constants, aliases disappear, shapes that are known become constants."""
        flat = _Flat()
        arguments = len(function.inputs) - function.num_captures
        for number in range(arguments):
            flat.references[number] = ("value", number)
        for i, captured in enumerate(function.captures):
            flat.references[arguments + i] = self._captured(captured)
        number = len(function.inputs)
        for node in function.nodes:
            inputs = [flat.references[i] for i in node.inputs]
            outputs = list(range(number, number + len(node.outputs)))
            number += len(node.outputs)
            if node.op == "constant":
                flat.references[outputs[0]] = self._tensor_value(node)
            elif node.op == "read_variable" or node.op in _ALIASES:
                flat.references[outputs[0]] = inputs[0]
            else:
                if node.op == "reshape":
                    inputs[1] = _known_shape(node, inputs[1])
                for k, output in enumerate(outputs):
                    flat.references[output] = ("value", output)
                    flat.nodes.append(
                        _Node(
                            node.op,
                            node.version,
                            inputs,
                            node.attributes,
                            node.outputs[k],
                            output,
                            node.name,
                            node.source,
                        )
                    )
        return flat

    def _refuse_unsupported(self, flat: _Flat, function: Any) -> None:
        library = _runtime.load()
        missing = Counter(node.op for node in flat.nodes if not library.tgl_supports_op(node.op.encode()))
        lines = [f"{op} ({count} times)" for op, count in sorted(missing.items())]
        dtypes = [
            f"'{value.name or 'an input'}' with dtype number {value.dtype}"
            for value in list(function.inputs[: len(function.inputs) - function.num_captures])
            + [node.output for node in flat.nodes]
            if value.dtype not in _NUMPY
        ]
        if lines or dtypes:
            raise UnimplementedError(
                "[lite.Converter] a model must stay within the lite profile. Received: "
                + "; ".join([f"ops {', '.join(lines)}"] * bool(lines) + dtypes)
                + ". Replace them, or run the model with tensegra-core.",
                code="TG-6103",
            )

    # --- writing ---

    def _quantized(self, flat: _Flat) -> dict[int, tuple[np.ndarray, np.ndarray, int]]:
        """int8 forms by identity of the constant; only constants that nothing else reads."""
        if Optimize.DEFAULT not in self.optimizations:
            return {}
        uses = Counter(id(r) for node in flat.nodes for r in node.inputs if isinstance(r, _Constant))
        result = {}
        for node in flat.nodes:
            if node.op not in ("conv2d", "matmul") or not isinstance(node.inputs[1], _Constant):
                continue
            constant = node.inputs[1]
            flags = {a.name: a.bool for a in node.attributes if a.WhichOneof("value") == "bool"}
            if constant.array.dtype != np.float32 or uses[id(constant)] != 1 or flags.get("transpose_a"):
                continue
            if node.op == "matmul" and constant.array.ndim != 2:
                continue
            axis = 3 if node.op == "conv2d" else (0 if flags.get("transpose_b") else 1)
            result[id(constant)] = (*quantize_per_axis(constant.array, axis), axis)
        return result

    def _build(
        self, function: Any, signature: Any, flat: _Flat, outputs: list[Any]
    ) -> tuple[dict[str, np.ndarray], Any]:
        from tensegra import __version__, saved_model

        message = saved_model.message_class("SavedModel")()
        message.format_version = 1
        message.producer = f"tensegra-lite over tensegra-core {__version__}"
        message.profile = "lite"
        target = message.functions.add(name=function.name)
        arguments = len(function.inputs) - function.num_captures
        for value in function.inputs[:arguments]:
            target.inputs.add().CopyFrom(value)
        numbers: dict[Any, int] = {("value", i): i for i in range(arguments)}
        arrays: dict[str, np.ndarray] = {}
        quantized = self._quantized(flat)

        constants = {id(r): r for node in flat.nodes for r in node.inputs if isinstance(r, _Constant)}
        constants.update({id(r): r for r in outputs if isinstance(r, _Constant)})
        for key, constant in constants.items():
            name = f"w{len(arrays)}"
            array, scales, axis = quantized.get(key, (constant.array, None, 0))
            number = next(n for n, dtype in _NUMPY.items() if np.dtype(dtype) == array.dtype)
            arrays[name] = array
            weight = message.weights.add(name=name, dtype=number, dims=array.shape)
            if scales is not None:
                weight.quantization.scales.extend(scales.tolist())
                weight.quantization.axis = axis
            node = target.nodes.add(op="constant", version=1, name=f"constant:{len(arrays)}")
            value = node.attributes.add(name="value").tensor
            value.dtype, value.weight = number, name
            value.dims.extend(array.shape)
            node.outputs.add(dtype=number, dims=array.shape)
            numbers[key] = arguments + len(arrays) - 1
        used = Counter({"constant": 1} if arrays else {})
        for old in flat.nodes:
            node = target.nodes.add(op=old.op, version=old.version, name=old.name, source=old.source)
            node.inputs.extend(numbers[_key(reference)] for reference in old.inputs)
            node.attributes.extend(old.attributes)
            node.outputs.add().CopyFrom(old.output)
            numbers[("value", old.old)] = arguments + len(target.nodes) - 1
            used[old.op] = old.version
        target.outputs.extend(numbers[_key(reference)] for reference in outputs)
        for op, version in sorted(used.items()):
            message.required_ops.add(name=op, version=version, package="tensegra-lite")
        lite_signature = message.signatures.add(name=signature.name, function=target.name)
        lite_signature.inputs.extend(signature.inputs)
        lite_signature.outputs.extend(signature.outputs)
        return arrays, message


def _key(reference: Any) -> Any:
    return id(reference) if isinstance(reference, _Constant) else reference


def _known_shape(node: Any, reference: Any) -> Any:
    """A constant for a computed shape of which at most one size is unknown."""
    dims = list(node.outputs[0].dims)
    unknown = sum(size < 0 for size in dims)
    if isinstance(reference, _Constant) or node.outputs[0].unknown_rank or unknown > 1:
        return reference
    return _Constant(f"{node.name}/shape", np.array([max(size, -1) for size in dims], np.int64))


def _keep_live(flat: _Flat, outputs: list[Any]) -> None:
    live = {r for r in outputs if not isinstance(r, _Constant)}
    kept = []
    for node in reversed(flat.nodes):
        if ("value", node.old) in live:
            kept.append(node)
            live.update(r for r in node.inputs if not isinstance(r, _Constant))
    flat.nodes = kept[::-1]


def _add_plan(message: Any, content: bytes) -> None:
    """The runtime plans; the file keeps the plan for one record."""
    interpreter = Interpreter(model_content=content)
    message.lite.version = 1
    message.lite.arena_bytes = interpreter.arena_bytes
    for offset, size in interpreter._places():
        message.lite.values.add(arena_offset=offset, bytes=size)
