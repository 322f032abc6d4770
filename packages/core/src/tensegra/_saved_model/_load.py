"""`tg.saved_model.load`: objects over the engine's reader."""

from __future__ import annotations

import json
import os
from typing import Any

from tensegra import _native
from tensegra._dtypes import dtype_from_number
from tensegra._errors import DataLossError, Error, NotFoundError
from tensegra._function import ConcreteFunction, RestoredFunction
from tensegra._function._parameters import Parameters
from tensegra._function._structure import Leaf
from tensegra._function._trace import captured_variables
from tensegra._module import Module, snake_case
from tensegra._shape import TensorShape
from tensegra._spec import TensorSpec
from tensegra._stateful import Stateful
from tensegra._variable import Variable

from . import _classes
from ._messages import FILE_NAME, parse
from ._nests import damaged, read_nest, read_spec
from ._options import LoadOptions
from ._signatures import SignatureMap


class LoadedModule(Module):
    """A module that was loaded: the attributes that were saved, without the class they came from."""

    _type_name: str
    _metadata: dict[str, str]

    def __init__(self, type_name: str, metadata: dict[str, str]) -> None:
        super().__init__()
        self._name = snake_case(type_name)
        self._type_name = type_name
        self._metadata = metadata

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function = vars(self).get("__call__")
        if function is None:
            raise NotFoundError(
                f"[{self.name}] only what was saved as a tg.function can be called. Received: a call of an object "
                f"that was saved without one. Its attributes are: {', '.join(sorted(vars(self)))}.",
                code="TG-0406",
            )
        return function(*args, **kwargs)

    def _tensegra_children(self) -> dict[str, Any]:
        return {name: child for name, child in super()._tensegra_children().items() if name != "signatures"}

    def _tensegra_metadata(self) -> dict[str, str]:
        return self._metadata

    def __repr__(self) -> str:
        return f"<loaded {self._type_name} with {', '.join(sorted(self._tensegra_children())) or 'nothing'}>"


def load(export_dir: str | os.PathLike[str], mmap: bool = True, options: LoadOptions | None = None) -> Any:
    """Loads what `tg.saved_model.save` has saved. No code of the file is run.

    Args:
        export_dir: The directory.
        mmap: Whether weights are mapped into memory; False copies them, for files that others may truncate.
        options: What else is done; see `tg.saved_model.LoadOptions`.

    Returns:
        An object with the attributes of the saved one: variables, functions and modules under their names, lists and
        dicts. Its ``signatures`` are a dict of concrete functions, which take tensors by name and return a dict. A
        list or a dict that was saved comes back as such, without signatures.

    Raises:
        tg.errors.NotFoundError: There is no model (TG-0401), or an op that it needs is not there (TG-0404).
        tg.errors.DataLossError: It is damaged (TG-0402, TG-0405).
        tg.errors.FailedPreconditionError: Its format is newer than this reader (TG-0403).

    See `tg.saved_model.save` for an example.
    """
    directory = os.fspath(export_dir)
    options = options or LoadOptions()
    model = _open(directory, mmap)
    message = parse(model.proto(), os.path.join(directory, FILE_NAME))
    if options.verify:
        from ._check import check_files

        for _ in check_files(directory, message):
            pass
    return _Builder(model, message, options).build()


def _open(directory: str, mmap: bool) -> _native.Model:
    """The engine's reader; begins again where a writer has replaced the model in the meantime."""
    while True:
        before = _stamp(directory)
        try:
            return _native.Model.load(directory, mmap)
        except DataLossError as error:
            if error.error_code != "TG-0405" or _stamp(directory) == before:
                raise _named(error) from None
        except Error as error:
            raise _named(error) from None


def _named(error: Error) -> Error:
    """The engine's error with the place that it has no name for."""
    if error.message.startswith("["):
        return error
    return type(error)(f"[saved_model.load] {error.message}", code=error.error_code)


def _stamp(directory: str) -> tuple[int, int] | None:
    try:
        status = os.stat(os.path.join(directory, FILE_NAME))
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


class _Builder:
    """Makes the Python objects of a model."""

    def __init__(self, model: _native.Model, message: Any, options: LoadOptions) -> None:
        self._model = model
        self._message = message
        self._options = options
        self._building: set[int] = set()
        self._natives: dict[str, _native.Function] = {}

    def build(self) -> Any:
        if not self._message.objects:
            raise damaged("SavedModel.objects", "there is no root")
        # Variables first: functions refer to them.
        objects: list[Any] = [None] * len(self._message.objects)
        for number, message in enumerate(self._message.objects):
            if message.kind == "variable":
                objects[number] = self._variable(number, message.variable)
        for number, message in enumerate(self._message.objects):
            if message.kind != "variable" and not _is_stateful(message):
                objects[number] = self._object(number, message)
        for number, message in enumerate(self._message.objects):
            if _is_stateful(message):
                self._stateful(number, objects)
        for parent, message in zip(objects, self._message.objects):
            if not isinstance(parent, Stateful):
                self._link(parent, message, objects)
        root = objects[0]
        if not isinstance(root, (list, dict)):
            vars(root)["signatures"] = self._signatures()
        return root

    def _variable(self, number: int, message: Any) -> Variable:
        shape = TensorShape._from_native(tuple(message.dims))
        dtype = dtype_from_number(message.dtype)
        if self._options.experimental_skip_checkpoint:
            dims = tuple(None if size < 0 else size for size in message.dims)
            handle = _native.variable_create(message.name, message.dtype, dims, message.trainable, None)
        else:
            handle = self._model.object_tensor(number)
        return Variable._from_handle(handle, message.name, dtype, shape, message.trainable)

    def _stateful(self, number: int, objects: list[Any]) -> Any:
        """An object of one of core's own classes, after those that it is made of."""
        message = self._message.objects[number]
        if objects[number] is not None or not _is_stateful(message):
            return objects[number]
        if number in self._building:
            raise damaged("Object.children", "a table is a part of itself")
        self._building.add(number)
        children = {}
        for child in message.children:
            if not 0 <= child.object < len(objects):
                raise damaged("Child.object", f"object {child.object} does not exist")
            children[child.name] = self._stateful(child.object, objects)
        name = message.metadata[_classes.KEY]
        cls = _classes.class_of(name)
        if cls is None:
            raise damaged("Object.metadata", f"the class {name!r} is unknown")
        handle = self._model.object_tensor(number) if message.kind in ("resource", "asset") else None
        try:
            objects[number] = cls._tensegra_rebuild(children, dict(message.metadata), handle)
        except (Error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise damaged("Object", f"a {name} cannot be made of what is there: {error}") from None
        return objects[number]

    def _object(self, number: int, message: Any) -> Any:
        if message.kind == "module":
            return LoadedModule(message.type_name or "Module", dict(message.metadata))
        if message.kind == "list":
            return []
        if message.kind == "dict":
            return {}
        if message.kind == "constant":
            return self._model.object_tensor(number)
        if message.kind == "function":
            return self._function(message)
        if message.kind in ("resource", "asset"):
            return self._model.object_tensor(number)
        raise damaged("Object.kind", f"{message.kind!r} is unknown")

    def _link(self, parent: Any, message: Any, objects: list[Any]) -> None:
        if message.children and not isinstance(parent, (LoadedModule, list, dict)):
            raise damaged("Object.children", f"a {message.kind} has none")
        names = set()
        for child in message.children:
            if not 0 <= child.object < len(objects):
                raise damaged("Child.object", f"object {child.object} does not exist")
            if child.name in names:
                raise damaged("Child.name", f"{child.name!r} occurs twice")
            names.add(child.name)
            value = objects[child.object]
            if isinstance(parent, LoadedModule):
                if child.name in ("_name", "_type_name", "_metadata", "_tensegra_bound"):
                    raise damaged("Child.name", f"{child.name!r} is no name of an attribute")
                vars(parent)[child.name] = value
            elif isinstance(parent, dict):
                parent[child.name] = value
            else:
                _set_item(parent, child.name, value)

    def _function(self, message: Any) -> RestoredFunction:
        parameters = self._parameters(message)
        concrete = [self._concrete(entry, parameters) for entry in message.concrete_functions]
        left_out = self._json(message, "left_out", list, [])
        return RestoredFunction(
            message.metadata.get("name", "function"),
            parameters,
            concrete,
            [str(reason) for reason in left_out],
        )

    def _concrete(self, entry: Any, parameters: Parameters) -> ConcreteFunction:
        native = self._native(entry.function, "ConcreteFunction.function")
        leaves: list[Leaf] = []
        inputs = read_nest(entry.inputs, leaves)
        if not (
            isinstance(inputs, tuple)
            and len(inputs) == 2
            and isinstance(inputs[0], tuple)
            and isinstance(inputs[1], dict)
        ):
            raise damaged("ConcreteFunction.inputs", "it must be a pair of a tuple and a dict")
        results: list[Leaf] = []
        outputs = read_nest(entry.outputs, results)
        if len(leaves) != native.num_inputs or len(results) != native.num_outputs:
            raise damaged("ConcreteFunction", f"its structures do not fit {entry.function!r}")
        names = [leaf.spec.name or f"input_{leaf.index}" for leaf in leaves]
        specs = [leaf.spec for leaf in leaves]
        return ConcreteFunction(native, parameters, inputs, outputs, names, specs, captured_variables(native))

    def _signatures(self) -> SignatureMap:
        signatures = SignatureMap()
        for message in self._message.signatures:
            native = self._native(message.function, "Signature.function")
            inputs = [read_spec(each) for each in message.inputs]
            outputs = [read_spec(each) for each in message.outputs]
            names = self._names(inputs, native.num_inputs, message.name)
            results = self._names(outputs, native.num_outputs, message.name)
            signatures[message.name] = ConcreteFunction(
                native,
                Parameters((), {}, keyword_only=names),
                ((), {name: Leaf(index, inputs[index]) for index, name in enumerate(names)}),
                {name: Leaf(index, outputs[index]) for index, name in enumerate(results)},
                names,
                inputs,
                captured_variables(native),
            )
        return signatures

    @staticmethod
    def _names(specs: list[TensorSpec], count: int, signature: str) -> list[str]:
        names = [spec.name or "" for spec in specs]
        if len(names) != count or "" in names or len(set(names)) != count:
            raise damaged("Signature", f"the tensors of {signature!r} must have names, one each")
        return names

    def _native(self, name: str, field: str) -> _native.Function:
        if name not in self._natives:  # one object for each, so that it is saved once again
            try:
                self._natives[name] = self._model.function(name)
            except Error as error:
                raise damaged(field, f"there is no function {name!r}") from error
        return self._natives[name]

    def _parameters(self, message: Any) -> Parameters:
        facts = self._json(message, "parameters", dict, {"variadic": True, "keywords": True})
        try:
            return Parameters(
                [str(name) for name in facts.get("names", ())],
                dict(facts.get("defaults", {})),
                [str(name) for name in facts.get("keyword_only", ())],
                bool(facts.get("variadic", False)),
                bool(facts.get("keywords", False)),
            )
        except (TypeError, ValueError):
            raise damaged(
                "Object.metadata", "the parameters of a function are not what they should be"
            ) from None

    @staticmethod
    def _json(message: Any, key: str, kind: type, default: Any) -> Any:
        if key not in message.metadata:
            return default
        try:
            value = json.loads(message.metadata[key])
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, kind):
            raise damaged("Object.metadata", f"{key!r} is not what it should be")
        return value


def _is_stateful(message: Any) -> bool:
    return _classes.KEY in message.metadata


def _set_item(items: list[Any], name: str, value: Any) -> None:
    """Puts an item into a list; None stands in the places of items that hold no state, which are not saved."""
    if not name.isascii() or not name.isdigit() or len(name) > 6:
        raise damaged("Child.name", f"an item of a list has a number below a million, not {name!r}")
    index = int(name)
    items.extend([None] * (index + 1 - len(items)))
    items[index] = value
