"""Small functions about graphs, eager mode, and the errors."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import tensegra as tg

from ._apply import convert_to_tensor
from ._errors import unimplemented
from ._symbols import export, namespace, put
from ._tensor import Tensor

for _name in dir(tg.errors):
    if _name.endswith("Error"):
        put(f"errors.{_name}", getattr(tg.errors, _name))
put("errors.OpError", tg.errors.Error)
put("OpError", tg.errors.Error)
for _number, _name in enumerate(
    ("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
     "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
     "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED")
):  # fmt: skip
    put(f"errors.{_name}", _number)


@export("executing_eagerly")
def executing_eagerly() -> bool:
    """False: ops are added to a graph."""
    return False


@export("enable_eager_execution compat.v1.enable_eager_execution")
def enable_eager_execution(*args: Any, **kwargs: Any) -> None:
    """Not here.

    Raises:
        tg.errors.UnimplementedError: Always (TG-7260).
    """
    raise unimplemented(
        "enable_eager_execution",
        "this runtime is for graphs",
        "a program that runs eagerly",
        "Import tensegra in place of it.",
        "TG-7260",
    )


def _nothing(name: str) -> None:
    @export(name)
    def function(*args: Any, **kwargs: Any) -> None:
        """Accepted, without effect: that is how it is."""

    function.__name__ = name.split()[0].rpartition(".")[2]


for _name in (
    "disable_v2_behavior",
    "disable_eager_execution",
    "disable_resource_variables",
    "enable_resource_variables",
    "enable_v2_behavior",
    "disable_v2_tensorshape",
    "enable_control_flow_v2",
    "disable_control_flow_v2",
    "enable_v2_tensorshape",
):
    _nothing(_name)


@export("resource_variables_enabled")
def resource_variables_enabled() -> bool:
    """False: variables are references, as in 1.x."""
    return False


@export("is_tensor contrib.framework.is_tensor")
def is_tensor(value: Any) -> bool:
    """Whether it is a tensor or a variable of a graph."""
    return (
        isinstance(value, Tensor) or hasattr(value, "_as_graph_tensor") or hasattr(value, "_graph_components")
    )


@export("convert_to_tensor_or_indexed_slices convert_to_tensor_or_sparse_tensor")
def convert_to_tensor_or_sparse_tensor(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """The value as a tensor, unless it is sparse."""
    if hasattr(value, "_graph_components") or hasattr(value, "_as_dense"):
        return value
    return convert_to_tensor(value, dtype, name)


@export("init_scope")
@contextlib.contextmanager
def init_scope() -> Iterator[None]:
    """Lifts ops out of branches, loops and control dependencies."""
    from ._graph import get_default_graph

    with get_default_graph().control_dependencies(None):
        yield


@export("make_template")
def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: Any = None,
    custom_getter_: Any = None,
    **kwargs: Any,
) -> Any:
    """A function whose variables are made by the first call and used by the later ones."""
    from ._variable_scope import variable_scope

    return _Template(name_, func_, create_scope_now_, unique_name_, custom_getter_, kwargs, variable_scope)


class _Template:
    def __init__(
        self, name: str, function: Any, now: bool, unique: Any, getter: Any, kwargs: Any, scope: Any
    ) -> None:
        self._name, self._function, self._kwargs, self._getter = name, function, kwargs, getter
        self._scope_class = scope
        self._unique = unique
        self._scope: Any = None
        self._called = False
        if now:
            self._open()

    def _open(self) -> None:
        with self._scope_class(self._unique, default_name=self._name, custom_getter=self._getter) as scope:
            self._scope = scope

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    @property
    def variable_scope(self) -> Any:
        """Its scope."""
        return self._scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._scope is None:
            self._open()
        reuse, self._called = (True if self._called else None), True
        with self._scope_class(self._scope, reuse=reuse):
            return self._function(*args, **{**self._kwargs, **kwargs})


@export("test.is_gpu_available")
def is_gpu_available(*args: Any, **kwargs: Any) -> bool:
    """Whether a device that is no CPU is there."""
    return any(not str(device.device_type).startswith("CPU") for device in tg.config.list_physical_devices())


@export("test.is_built_with_cuda")
def is_built_with_cuda() -> bool:
    """False."""
    return False


@export("test.gpu_device_name")
def gpu_device_name() -> str:
    """The name of the first device that is no CPU, or nothing."""
    return ""


class _Proto:
    """A message with any fields, nested as they are asked for."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = self.__dict__[name] = _Proto()
        return made

    def CopyFrom(self, other: Any) -> None:
        """Takes the fields of another one."""
        self.__dict__.update(other.__dict__)

    def MergeFrom(self, other: Any) -> None:
        """The same."""
        self.__dict__.update(other.__dict__)

    def SerializeToString(self) -> bytes:
        """Nothing."""
        return b""

    def HasField(self, name: str) -> bool:
        """Whether it was set."""
        return name in self.__dict__

    def __bool__(self) -> bool:
        return bool(self.__dict__)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in self.__dict__.items())})"
        )


@export("ConfigProto")
class ConfigProto(_Proto):
    """Options of a session; the engine decides what they would."""


@export("GPUOptions")
class GPUOptions(_Proto):
    """Options of GPUs; without effect."""


@export("RunOptions")
class RunOptions(_Proto):
    """Options of a run; without effect."""

    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = 0, 1, 2, 3


@export("RunMetadata")
class RunMetadata(_Proto):
    """What a run says about itself: nothing."""


@export("OptimizerOptions")
class OptimizerOptions(_Proto):
    """Options of TensorFlow's graph optimizer; without effect."""

    L0, L1, OFF, ON_1, ON_2, DEFAULT = -1, 0, -1, 1, 2, 0


@export("GraphOptions")
class GraphOptions(_Proto):
    """Options of graphs; without effect."""


@export("VariableSynchronization")
class VariableSynchronization:
    """Where copies of a variable are brought together; there is one copy."""

    AUTO, NONE, ON_WRITE, ON_READ = "auto", "none", "on_write", "on_read"


@export("VariableAggregation")
class VariableAggregation:
    """How updates of copies are brought together; there is one copy."""

    NONE, SUM, MEAN, ONLY_FIRST_REPLICA, ONLY_FIRST_TOWER = "none", "sum", "mean", "first", "first"


@export("compat.as_bytes")
def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Text as bytes."""
    return bytes_or_text.encode(encoding) if isinstance(bytes_or_text, str) else bytes(bytes_or_text)


@export("compat.as_text compat.as_str")
def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Bytes as text."""
    return bytes_or_text.decode(encoding) if isinstance(bytes_or_text, bytes) else str(bytes_or_text)


@export("compat.as_str_any")
def as_str_any(value: Any) -> str:
    """Anything as text."""
    return as_text(value) if isinstance(value, bytes) else str(value)


@export("compat.path_to_str")
def path_to_str(path: Any) -> Any:
    """A path as text."""
    return str(path) if hasattr(path, "__fspath__") else path


def _compat_v1(name: str) -> Any:
    import importlib

    return importlib.import_module(namespace("compat").__name__.rpartition(".")[0])


put("compat.v1", _compat_v1("v1"))
