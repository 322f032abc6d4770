"""Variables of models: made under the arguments of scopes, found by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .._core import tg
from .._errors import invalid, wrong_type
from .._graph import GraphKeys, get_default_graph
from .._graph import device as on_device
from .._symbols import export, put
from .._train import steps
from .._variable_scope import VariableScope, get_variable
from .._variables import Variable
from .arg_scopes import add_arg_scope


def _export(name: str) -> Callable[[Any], Any]:
    return export(f"contrib.framework.{name} contrib.slim.{name}")


for _name in ("get_global_step", "create_global_step", "get_or_create_global_step", "assert_global_step"):
    put(f"contrib.slim.{_name}", getattr(steps, _name))


@_export("variable")
@add_arg_scope
def variable(
    name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, regularizer: Any = None,
    trainable: bool = True, collections: Any = None, caching_device: Any = None, device: Any = None,
    partitioner: Any = None, custom_getter: Any = None, use_resource: Any = None, synchronization: Any = None,
    aggregation: Any = None,
) -> Any:  # fmt: skip
    """`tf.get_variable` that always adds to the global variables, and takes a device.

    Args:
        name: Its name in the scope.
        shape: Its shape.
        dtype: Its dtype.
        initializer: Makes its first value.
        regularizer: Makes a loss of it.
        trainable: Whether optimizers change it.
        collections: Lists that it is added to, besides the global variables.
        caching_device: Kept, without effect.
        device: Where it is, or a function that says so of the variable.
        partitioner: Cuts it in parts.
        custom_getter: As for `tf.get_variable`.
        use_resource: Kept, without effect.
        synchronization: Kept, without effect.
        aggregation: Kept, without effect.
    """
    given = [collections] if isinstance(collections, str) else list(collections or ())
    options: dict[str, Any] = {
        "shape": shape, "dtype": dtype, "initializer": initializer, "regularizer": regularizer,
        "trainable": trainable, "collections": list(dict.fromkeys([*given, GraphKeys.GLOBAL_VARIABLES])),
        "caching_device": caching_device, "partitioner": partitioner, "use_resource": use_resource,
        "custom_getter": custom_getter,
    }  # fmt: skip
    if device is None:
        return get_variable(name, **options)
    with on_device(device):
        return get_variable(name, **options)


@_export("model_variable")
@add_arg_scope
def model_variable(
    name: str, shape: Any = None, dtype: Any = tg.float32, initializer: Any = None, regularizer: Any = None,
    trainable: bool = True, collections: Any = None, caching_device: Any = None, device: Any = None,
    partitioner: Any = None, custom_getter: Any = None, use_resource: Any = None, synchronization: Any = None,
    aggregation: Any = None,
) -> Any:  # fmt: skip
    """`variable` that is also among the model's variables; the arguments are the same."""
    given = [collections] if isinstance(collections, str) else list(collections or ())
    options: dict[str, Any] = {} if device is None else {"device": device}
    return variable(
        name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer, trainable=trainable,
        collections=[*given, GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES], caching_device=caching_device,
        partitioner=partitioner, custom_getter=custom_getter, use_resource=use_resource, **options,
    )  # fmt: skip


@_export("add_model_variable")
def add_model_variable(var: Any) -> None:
    """Adds to the model's variables, once."""
    if all(each is not var for each in get_default_graph().get_collection(GraphKeys.MODEL_VARIABLES)):
        get_default_graph().add_to_collection(GraphKeys.MODEL_VARIABLES, var)


@_export("local_variable")
def local_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: Any = None
) -> Any:
    """A variable that is neither trained nor saved."""
    return Variable(
        initial_value,
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES],
        validate_shape=validate_shape,
        name=name,
    )


@_export("global_variable")
def global_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: Any = None
) -> Any:
    """A variable that is saved and not trained."""
    return Variable(
        initial_value,
        trainable=False,
        collections=[GraphKeys.GLOBAL_VARIABLES],
        validate_shape=validate_shape,
        name=name,
    )


@_export("get_variables")
def get_variables(
    scope: Any = None, suffix: str | None = None, collection: str = GraphKeys.GLOBAL_VARIABLES
) -> list[Any]:
    """The variables of a collection whose names begin with a scope's and end with a suffix."""
    begin = scope.name if isinstance(scope, VariableScope) else scope
    if suffix is not None:
        suffix = suffix if ":" in suffix else f"{suffix}:0"
        begin = f"{begin or ''}.*{suffix}"
    return get_default_graph().get_collection(collection, begin)


@_export("get_model_variables")
def get_model_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The same of the model's variables."""
    return get_variables(scope, suffix, GraphKeys.MODEL_VARIABLES)


@_export("get_local_variables")
def get_local_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The same of the local variables."""
    return get_variables(scope, suffix, GraphKeys.LOCAL_VARIABLES)


@_export("get_trainable_variables")
def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The same of the trainable variables."""
    return get_variables(scope, suffix, GraphKeys.TRAINABLE_VARIABLES)


@_export("get_variables_by_suffix")
def get_variables_by_suffix(suffix: str, scope: Any = None) -> list[Any]:
    """The global variables whose names end so."""
    return get_variables(scope, suffix)


@_export("get_variables_by_name")
def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """The global variables whose last part of the name is this."""
    return get_variables(scope, f"/{given_name}:|^{given_name}:")


@_export("get_unique_variable")
def get_unique_variable(var_op_name: str) -> Any:
    """The global variable of a name.

    Raises:
        ValueError: There is none (TG-7393).
    """
    found = get_variables(var_op_name)
    for each in found:
        if each.op.name == var_op_name:
            return each
    raise invalid(
        "contrib.framework.get_unique_variable", "a variable has exactly this name",
        f"{var_op_name!r}, with which {len(found)} begin",
        "See get_variables.", "TG-7393",
    )  # fmt: skip


@_export("get_variable_full_name")
def get_variable_full_name(var: Any) -> str:
    """The name of a variable, of its parts too, in a checkpoint."""
    info = getattr(var, "_save_slice_info", None)
    return var.op.name if info is None else info.full_name  # type: ignore[no-any-return]


@_export("get_variables_to_restore")
def get_variables_to_restore(include: Any = None, exclude: Any = None) -> list[Any]:
    """The global variables of the scopes `include`, all without it, less those of the scopes `exclude`.

    Raises:
        TypeError: One of them is no list (TG-7393).
    """
    for given in (include, exclude):
        if given is not None and not isinstance(given, (list, tuple)):
            raise wrong_type(
                "contrib.framework.get_variables_to_restore", "scopes are a list", repr(given), "Make it one.",
                "TG-7393",
            )  # fmt: skip
    wanted = [each for scope in include for each in get_variables(scope)] if include else get_variables()
    out = {id(each) for scope in exclude or () for each in get_variables(scope)}
    return [each for each in wanted if id(each) not in out]


@_export("filter_variables")
def filter_variables(
    var_list: Any, include_patterns: Any = None, exclude_patterns: Any = None, reg_search: bool = True
) -> list[Any]:
    """Variables whose names match one pattern of the first list, and none of the second.

    Patterns are found anywhere in the name, or with reg_search=False at its beginning.
    """
    match = re.search if reg_search else re.match
    kept = [
        each
        for each in var_list
        if not include_patterns or any(match(pattern, each.name) for pattern in include_patterns)
    ]
    return [
        each
        for each in kept
        if not exclude_patterns or not any(match(pattern, each.name) for pattern in exclude_patterns)
    ]
