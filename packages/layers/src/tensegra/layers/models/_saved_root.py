"""What of a model goes into a saved model, and how it comes out again."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import tensegra as tg

from .. import _registry
from .._base._node import flatten, pack
from .._errors import already_exists, invalid, not_found, not_ready, unimplemented
from .._seeds import order_seed

# The key of the configuration among the metadata of the root object, and the version of its form.
METADATA_KEY = "tensegra.layers"
_FORM = 1


class SavedRoot(tg.Module):
    """The root object: `serve` (the function behind the signature), `model_variables` and `optimizer_variables`.

    Its names are those in the file. They do not depend on how `Model` keeps things.
    """

    def __init__(self, model: Any, metadata: dict[str, Any], with_optimizer: bool) -> None:
        super().__init__()
        self.model_variables = list(model.variables)
        self.optimizer_variables = list(model.optimizer.variables) if with_optimizer else []
        self._metadata_text = json.dumps({"form": _FORM, **metadata}, separators=(",", ":"))

    def _tensegra_metadata(self) -> dict[str, str]:
        return {METADATA_KEY: self._metadata_text}


def serving_signature(model: Any) -> Any:
    """The concrete function of `serving_default`: named inputs to named outputs, any batch size."""
    if model._input_specs is None or not model.built:
        raise not_ready(
            f"model {model.name!r}",
            "only a built model can be saved: the shapes of its inputs must be known.",
            "an unbuilt model",
            "Call it on data first, or give it an Input.",
            "TG-1005",
        )
    structure = model._input_specs
    specs = flatten(structure)
    names = _input_names(model, len(specs))
    named = [tg.TensorSpec(spec.shape, spec.dtype, name=name) for spec, name in zip(specs, names)]

    def serve(*tensors: Any) -> dict[str, Any]:
        outputs = model(pack(structure, list(tensors)), training=False)
        if isinstance(outputs, dict) and not any(
            isinstance(item, dict | list | tuple) for item in outputs.values()
        ):
            return outputs
        return {f"output_{index}": output for index, output in enumerate(flatten(outputs))}

    return tg.function(serve).get_concrete_function(*named)


def checked_path(where: str, filepath: Any, overwrite: bool) -> str:
    """The path as text, if a directory may be written there."""
    path = os.fspath(filepath)
    if path.endswith((".keras", ".h5", ".hdf5")):
        raise unimplemented(
            where,
            "models are saved as directories; .keras and H5 files are not written yet.",
            f"filepath={path!r}",
            "Leave the ending out.",
        )
    if not overwrite and os.path.exists(path):
        raise already_exists(
            where,
            "with overwrite=False the path must be free.",
            f"filepath={path!r}",
            "Choose another path, or overwrite=True.",
            "TG-1044",
        )
    return path


def read_metadata(where: str, path: str, loaded: Any) -> dict[str, Any]:
    """The configuration in a loaded saved model."""
    text = loaded._metadata.get(METADATA_KEY)
    if text is None:
        raise invalid(
            where,
            "the saved model must have been written by Model.save.",
            f"filepath={path!r}, a saved model of something else",
            "Use tg.saved_model.load to run its signatures.",
            "TG-1040",
        )
    try:
        metadata = json.loads(text)
        form = metadata["form"]
    except (ValueError, KeyError, TypeError) as error:
        raise invalid(
            where,
            "the configuration of the model must be JSON of a known form.",
            f"filepath={path!r} with {error}",
            "The file is damaged: save the model again.",
            "TG-1040",
        ) from error
    if form != _FORM:
        raise unimplemented(
            where,
            f"this release reads configurations of form {_FORM}.",
            f"form {form!r}",
            "Update tensegra-layers.",
        )
    return metadata


def load_directory(where: str, filepath: Any) -> tuple[str, Any]:
    """The path and the loaded objects of a saved model."""
    path = os.fspath(filepath)
    if not tg.saved_model.contains(path):
        raise not_found(
            where,
            "there must be a saved model at the path.",
            f"filepath={path!r}",
            "Check the path; save() writes a directory.",
            "TG-1041",
        )
    return path, tg.saved_model.load(path)


def saved_variables(loaded: Any, name: str) -> list[Any]:
    """The variables in a list of the root object; an empty list is not in the file."""
    return list(getattr(loaded, name, ()))


def assign_all(where: str, variables: list[Any], saved: list[Any]) -> None:
    """Sets variables to saved ones in order, after checking all of them."""
    theirs = [tuple(variable.shape) for variable in saved]
    ours = [tuple(variable.shape) for variable in variables]
    if ours != theirs or any(a.dtype != b.dtype for a, b in zip(variables, saved)):
        different = next((i for i, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), None)
        detail = "" if different is None else f"; number {different} has shape {theirs[different]}"
        wanted = (
            ""
            if different is None
            else f" (number {different}, {variables[different].name!r}: {ours[different]})"
        )
        raise invalid(
            where,
            f"the saved variables must be those of the model: {len(ours)} of its shapes and dtypes{wanted}.",
            f"{len(theirs)} variables{detail}",
            "Load into a model with the same layers.",
            "TG-1042",
        )
    for variable, value in zip(variables, saved):
        variable.assign(value.read_value())


def described(model: Any) -> dict[str, Any]:
    """The configuration that `load_model` rebuilds the model from."""
    compiled = model._compiled
    return {
        "model": _registry.serialize(model),
        "compile": None if compiled is None else compiled.get_config(),
        "order_seed": order_seed(model),
    }


def _input_names(model: Any, count: int) -> list[str]:
    if model._graph is None:
        structure = model._input_specs
        if isinstance(structure, dict):
            return sorted(structure)
        return ["inputs"] if count == 1 else [f"inputs_{index}" for index in range(count)]
    if isinstance(model._graph.input_structure, dict):
        return sorted(model._graph.input_structure)
    names = model._graph.input_names
    # An Input without a name is called `input_layer`, `input_layer_1`...; that says nothing to a client.
    if count == 1 and re.fullmatch(r"input_layer(_\d+)?", names[0]):
        return ["inputs"]
    return names
