"""Collections of contrib's layers: which of a layer's variables and outputs are added to what."""

from __future__ import annotations

from typing import Any

from .._core import tg
from .._errors import invalid
from .._graph import get_default_graph
from .._symbols import export
from .model_variables import model_variable


def _export(name: str) -> Any:
    return export(
        f"contrib.layers.utils.{name} contrib.slim.utils.{name} contrib.layers.python.layers.utils.{name}"
    )


@_export("get_variable_collections")
def get_variable_collections(variables_collections: Any, name: str) -> Any:
    """The collections of one of a layer's variables: all, or those that a dict has for it."""
    if isinstance(variables_collections, dict):
        return variables_collections.get(name, None)
    return variables_collections


@_export("collect_named_outputs")
def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Adds outputs to collections under another name, and gives them back."""
    if collections:
        append_tensor_alias(outputs, alias)
        get_default_graph().add_to_collections(collections, outputs)
    return outputs


@_export("append_tensor_alias")
def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Gives a tensor one more name."""
    tensor.aliases = [*getattr(tensor, "aliases", ()), alias.rstrip("/")]
    return tensor


@_export("gather_tensors_aliases")
def gather_tensors_aliases(tensors: Any) -> list[str]:
    """The other names of tensors."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


@_export("get_tensor_aliases")
def get_tensor_aliases(tensor: Any) -> list[str]:
    """The other names of a tensor; its own where it has none."""
    found = getattr(tensor, "aliases", None)
    if found:
        return list(found)
    return [tensor.name[:-2] if tensor.name.endswith(":0") else tensor.name]


@_export("convert_collection_to_dict")
def convert_collection_to_dict(collection: str, clear_collection: bool = False) -> dict[str, Any]:
    """A collection of tensors by their names."""
    found = {
        alias: tensor
        for tensor in get_default_graph().get_collection(collection)
        for alias in get_tensor_aliases(tensor)
    }
    if clear_collection:
        get_default_graph().get_collection_ref(collection).clear()
    return found


def finished(
    outputs: Any, activation_fn: Any, outputs_collections: Any, scope: Any, normalizer_fn: Any = None,
    params: Any = None,
) -> Any:  # fmt: skip
    """What all layers end with: normalizer, activation, collections."""
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(params or {}))
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return collect_named_outputs(outputs_collections, getattr(scope, "name", scope), outputs)


def layer_variable(
    name: str, shape: Any, inputs: Any, initializer: Any, regularizer: Any, trainable: bool, collections: Any
) -> Any:
    """A variable of a layer, with the dtype of its input."""
    added = get_variable_collections(collections, name)
    return model_variable(
        name, shape=shape, dtype=inputs.dtype if inputs.dtype.is_floating else tg.float32, initializer=initializer,
        regularizer=regularizer, trainable=trainable, **({"collections": added} if added else {}),
    )  # fmt: skip


def channels(inputs: Any, place: int, where: str) -> int:
    """The size of a dimension, which must be known."""
    found = None if inputs.shape.ndims is None else inputs.shape[place].value
    if found is None:
        raise invalid(
            f"contrib.layers.{where}",
            "the number of channels must be known",
            f"shape {inputs.shape}",
            "See set_shape.",
            "TG-7272",
        )
    return int(found)


def check_rank(inputs: Any, least: int, most: int | None, where: str) -> int:
    """The rank of an input, which must be one that the layer takes."""
    rank = inputs.shape.ndims
    if rank is None or rank < least or (most is not None and rank > most):
        wanted = (
            str(least) if most == least else f"{least} to {most}" if most is not None else f"{least} or more"
        )
        raise invalid(
            f"contrib.layers.{where}",
            f"the rank of the input must be {wanted}",
            f"shape {inputs.shape}",
            "Reshape it.",
            "TG-7389",
        )
    return int(rank)


def channels_first(data_format: str | None, known: tuple[str, ...], where: str) -> bool:
    """Whether the channels stand second."""
    if data_format is not None and data_format not in known:
        raise invalid(
            f"contrib.layers.{where}",
            f"data_format must be one of {', '.join(known)}",
            repr(data_format),
            "Give one of them.",
            "TG-7390",
        )
    return data_format is not None and data_format.startswith("NC")
