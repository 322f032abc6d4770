"""From names and configurations to objects. The public names of the package are its registry."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Mapping
from typing import Any

from ._errors import invalid, unknown_name

# Kind of object: where its public names are, and short names besides them.
_KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "layer": ("tensegra.layers", {"Functional": "Model"}),
    "activation": ("tensegra.layers.activations", {}),
    "initializer": ("tensegra.layers.initializers", {"normal": "RandomNormal", "uniform": "RandomUniform"}),
    "regularizer": ("tensegra.layers.regularizers", {}),
    "loss": (
        "tensegra.layers.losses",
        {
            "mse": "mean_squared_error",
            "mae": "mean_absolute_error",
            "bce": "binary_crossentropy",
            "cce": "categorical_crossentropy",
            "scce": "sparse_categorical_crossentropy",
        },
    ),
    "metric": ("tensegra.layers.metrics", {"mse": "MeanSquaredError", "mae": "MeanAbsoluteError"}),
    "optimizer": ("tensegra.layers.optimizers", {}),
    "schedule": ("tensegra.layers.optimizers.schedules", {}),
}
# Where Keras has the objects; what is written into files, so that they read as Keras's own.
_KERAS_MODULES = {
    "tensegra.layers": "keras.layers",
    "tensegra.layers.initializers": "keras.initializers",
    "tensegra.layers.regularizers": "keras.regularizers",
    "tensegra.layers.losses": "keras.losses",
    "tensegra.layers.metrics": "keras.metrics",
    "tensegra.layers.optimizers": "keras.optimizers",
    "tensegra.layers.optimizers.schedules": "keras.optimizers.schedules",
}
# What users registered: "package>Name" -> class or function.
_registered: dict[str, Any] = {}


def register(package: str, name: str, item: Any) -> None:
    """Makes `item` known as `package>name`."""
    _registered[f"{package}>{name}"] = item


def registered_name(item: Any) -> str | None:
    """The name that `item` was registered under."""
    return next((name for name, known in _registered.items() if known is item), None)


@functools.cache
def public(kind: str) -> dict[str, Any]:
    """The public objects of a kind by name, short names included."""
    module_name, aliases = _KINDS[kind]
    module = importlib.import_module(module_name)
    found = {name: getattr(module, name) for name in module.__all__}
    found = {name: item for name, item in found.items() if _is_object(kind, name, item)}
    return found | {alias: found[name] for alias, name in aliases.items()}


def get(kind: str, identifier: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The object that `identifier` stands for: None, a name, a configuration, or the object itself.

    A name of a class gives an instance, a name of a function the function.
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        item = lookup(kind, identifier, custom_objects)
        return item() if isinstance(item, type) else item
    if isinstance(identifier, dict):
        return deserialize(kind, identifier, custom_objects)
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier) or hasattr(identifier, "get_config"):
        return identifier
    raise invalid(
        _where(kind),
        f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} is given by name, as a configuration, or as the object.",
        f"{type(identifier).__name__} {identifier!r}",
        f"Give for example a string or an instance of a class of this kind ({kind}).",
        "TG-1004",
    )


def _where(kind: str) -> str:
    return "losses.get" if kind == "loss" else f"{kind}s.get"


def lookup(kind: str, name: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The class or function called `name`; case and underscores do not matter."""
    if custom_objects and name in custom_objects:
        return custom_objects[name]
    if name in _registered:
        return _registered[name]
    known = public(kind)
    if name in known:
        return known[name]
    folded = _fold(name)
    for candidate, item in known.items():
        if _fold(candidate) == folded:
            return item
    for candidate, item in _registered.items():
        if candidate.split(">")[-1] == name:
            return item
    raise unknown_name(_where(kind), kind, name, [*known, *(custom_objects or ())])


def serialize(item: Any) -> Any:
    """The configuration of `item`, in Keras's form; only JSON types."""
    if item is None:
        return None
    if not hasattr(item, "get_config"):
        return function_name(item)
    cls = type(item)
    result = {
        "module": _keras_module(cls),
        "class_name": getattr(item, "_config_class_name", cls.__name__),
        "config": item.get_config(),
        "registered_name": registered_name(cls),
    }
    build_config = item.get_build_config() if hasattr(item, "get_build_config") else None
    return result | {"build_config": build_config} if build_config else result


def deserialize(kind: str, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The object that `serialize` described."""
    name = config.get("class_name")
    if not isinstance(name, str) or "config" not in config:
        raise invalid(
            f"{kind}s.deserialize",
            'a configuration has "class_name" and "config".',
            f"keys={sorted(map(str, config))}",
            "Give what serialize() returned.",
            "TG-1004",
        )
    registered = config.get("registered_name")
    if registered and registered in _registered and not (custom_objects and name in custom_objects):
        cls = _registered[registered]
    else:
        cls = lookup(kind, name, custom_objects)
    if "custom_objects" in inspect.signature(cls.from_config).parameters:
        return cls.from_config(config["config"], custom_objects=custom_objects)
    return cls.from_config(config["config"])


def function_name(fn: Any) -> str:
    """The name under which a function is written into a configuration."""
    registered = registered_name(fn)
    name = registered or getattr(fn, "__name__", None)
    if not name or name == "<lambda>":
        raise invalid(
            "serialize",
            "only a function with a name can be written into a configuration.",
            f"{fn!r}",
            "Define it with def and register it with keras.utils.register_keras_serializable.",
            "TG-1043",
        )
    return name


def _keras_module(cls: type) -> str | None:
    for ours, theirs in _KERAS_MODULES.items():
        if cls.__name__ in importlib.import_module(ours).__all__ and cls.__module__.startswith(
            "tensegra.layers"
        ):
            return theirs
    return None


def _is_object(kind: str, name: str, item: Any) -> bool:
    if inspect.ismodule(item) or name in {"get", "serialize", "deserialize", "Input"}:
        return False
    return isinstance(item, type) or kind in {"activation", "loss"}


def _fold(name: str) -> str:
    return name.replace("_", "").lower()
