"""Restores checkpoints by structure, now and as objects come to be; the status that tells what was restored."""

from __future__ import annotations

import logging
import os
import weakref
from typing import Any

from tensegra import _deferred, _native
from tensegra._errors import Error, FailedPreconditionError, InvalidArgumentError
from tensegra._saved_model._classes import STATE
from tensegra._saved_model._load import _open
from tensegra._saved_model._messages import FILE_NAME, parse
from tensegra._stateful import Stateful
from tensegra._variable import Variable

from ._objects import children, has_state, identity

_log = logging.getLogger("tensegra")


class RestoreAssertionError(FailedPreconditionError, AssertionError):
    """What `assert_consumed` and the like raise."""


class Restoration:
    """One checkpoint that is being restored into the objects below a root."""

    def __init__(self, path: str, root: Any, ignored: tuple[str, ...]) -> None:
        self.path = path
        self._model = _open(path, True)
        self._message = parse(self._model.proto(), os.path.join(path, FILE_NAME))
        self._ignored = ignored  # children of the root that no assertion speaks of
        self._root = weakref.ref(root)
        # Object numbers to weak references; to parent and name where it is a list or a dict, to which there are none.
        self._found: dict[int, Any] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._incomplete: set[int] = set()
        self._values: set[int] = set()  # the numbers of what has a value
        self._restored: set[int] = set()
        reached, seen = [0], {0}
        for number in reached:  # what only functions refer to is nobody's to restore
            for child in self._message.objects[number].children:
                if 0 <= child.object < len(self._message.objects) and child.object not in seen:
                    seen.add(child.object)
                    reached.append(child.object)
        for number in reached:
            message = self._message.objects[number]
            if message.kind == "resource" or STATE in message.metadata or message.variable.weight:
                self._values.add(number)
        self._bind(root, 0)
        if self._incomplete:
            _deferred.pending.append(self)

    def _is_constant(self, child: Any) -> bool:
        objects = self._message.objects
        return 0 <= child.object < len(objects) and objects[child.object].kind == "constant"

    # ---- as objects come to be

    def assigned(self, parent: Any) -> None:
        """See `_deferred.Waiting`."""
        number = self._numbers.get(identity(parent))
        if number in self._incomplete and self._object(number) is parent:
            self._bind_all([(parent, number)])

    def rescan(self) -> None:
        """See `_deferred.Waiting`."""
        known = [(self._object(number), number) for number in sorted(self._incomplete)]
        if any(isinstance(found, weakref.ref) and found() is not None for found in self._found.values()):
            self._bind_all([(value, number) for value, number in known if value is not None])
        else:
            self.forget()  # nobody is left

    def forget(self) -> None:
        """Waits for nothing any more."""
        if self in _deferred.pending:
            _deferred.pending.remove(self)

    def _object(self, number: int) -> Any:
        found = self._found.get(number)
        if isinstance(found, tuple):
            parent = self._object(found[0])
            return None if parent is None else children(parent).get(found[1])
        return None if found is None else found()

    def _bind_all(self, pairs: list[tuple[Any, int]]) -> None:
        for value, number in pairs:
            self._bind(value, number)
        if not self._incomplete:
            self.forget()

    def _bind(self, root: Any, number: int) -> None:
        stack: list[tuple[Any, int, int, str]] = [(root, number, 0, "")]
        while stack:
            value, number, parent, name = stack.pop()
            key = identity(value)
            if number not in self._found or self._object(number) is None:
                if key in self._numbers and self._object(self._numbers[key]) is value:
                    continue  # shared here, two objects in the checkpoint: the first one counts
                try:
                    self._found[number] = weakref.ref(value)
                except TypeError:  # lists and dicts
                    self._found[number] = (parent, name)
                self._numbers[key] = number
                self._restore(value, number)
            elif self._object(number) is not value and identity(self._object(number)) != key:
                continue
            message = self._message.objects[number]
            below = children(value)
            missing = False
            for child in message.children:
                if not 0 <= child.object < len(self._message.objects) or self._is_constant(child):
                    continue
                if child.name not in below:
                    missing = True
                elif child.object not in self._found or (
                    child.object in self._incomplete and self._object(child.object) is not below[child.name]
                ):
                    stack.append((below[child.name], child.object, number, child.name))
            if missing:
                self._incomplete.add(number)
            else:
                self._incomplete.discard(number)

    def _restore(self, value: Any, number: int) -> None:
        if number not in self._values:
            return
        message = self._message.objects[number]
        _native.lift()
        _native.pause_tapes()
        try:
            if message.kind == "variable" and isinstance(value, Variable):
                saved = _native.variable_read(self._model.object_tensor(number))
                self._check(value, message.variable, saved)
                value.assign(saved)
            elif isinstance(value, Stateful) and self._fits(value, message):
                try:
                    value._tensegra_restore(self._state(number))
                except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                    raise self._differs(f"a {type(value).__name__} that says: {error}") from error
            else:
                raise self._differs(f"{type(value).__name__} for a {message.kind}")
            self._restored.add(number)
        finally:
            _native.resume_tapes()
            _native.leave()

    @staticmethod
    def _fits(value: Stateful, message: Any) -> bool:
        resource = value._tensegra_resource()
        return (None if resource is None else resource[0]) == (message.resource.type or None)

    def _state(self, number: int) -> list[Any]:
        """The tensors that a table, a generator or the like had as its state."""
        message = self._message.objects[number]
        if message.kind == "resource":
            handle = self._model.object_tensor(number)
            if message.resource.type == "random_state":
                return [_native.execute("read_random_state", (handle,))]
            weights = {weight.name: weight for weight in self._message.weights}
            keys, values = (weights[name] for name in message.resource.weights)
            attributes = {
                "key_dtype": keys.dtype,
                "value_dtype": values.dtype,
                "value_shape": list(values.dims[1:]),
            }
            return list(_native.execute("table_export", (handle,), attributes))
        return [
            self._model.object_tensor(child.object) for child in message.children if self._is_constant(child)
        ]

    def _check(self, variable: Variable, message: Any, saved: Any) -> None:
        if variable._dtype_number != saved._dtype_number or not variable.shape.is_compatible_with(
            list(saved._shape)
        ):
            raise self._differs(
                f"variable {variable.name!r} of dtype {variable.dtype.name} and shape {variable.shape}, and in the "
                f"checkpoint {message.name!r} of shape {list(saved._shape)}"
            )

    def _differs(self, what: str) -> InvalidArgumentError:
        return InvalidArgumentError(
            f"[train.Checkpoint.restore] an object must have the kind, dtype and shape that it had when the checkpoint "
            f"was written. Received: {what}, path={self.path!r}. Make the objects as they were made then.",
            code="TG-0832",
        )

    # ---- what the status says

    def not_restored(self) -> list[str]:
        """The names of the values in the checkpoint that no object has got."""
        ignored = {child.object for child in self._message.objects[0].children if child.name in self._ignored}
        left = sorted(self._values - self._restored - ignored)
        return [self._message.objects[number].variable.name or f"object {number}" for number in left]

    def not_matched(self) -> list[str]:
        """The names of the objects below the root that hold state and got none."""
        root = self._root()
        missing: list[str] = []
        seen: set[tuple[str, int]] = set()
        stack = [] if root is None else [(root, "")]
        while stack:
            value, path = stack.pop()
            key = identity(value)
            if key in seen:
                continue
            seen.add(key)
            if has_state(value) and self._numbers.get(key) not in self._restored:
                missing.append(path)
            for name, child in children(value).items():
                if path or name not in self._ignored:
                    stack.append((child, f"{path}/{name}" if path else name))
        return sorted(missing)

    def restored_any(self) -> bool:
        """Whether any object has got a value."""
        return bool(self._restored)


class LoadStatus:
    """What was restored. `Checkpoint.restore` and `Checkpoint.read` return it."""

    def __init__(self, restoration: Restoration | None, root: Any = None) -> None:
        self._restoration = restoration
        self._root = root  # which is looked at when something is asserted
        self._silent = restoration is None

    def assert_consumed(self) -> LoadStatus:
        """Makes sure that each value of the checkpoint has found its object, and each object its value.

        Raises:
            tg.errors.FailedPreconditionError: Some have not, or nothing was restored (TG-0831). It is an
                AssertionError too.
        """
        restoration = self._checked("assert_consumed")
        left = restoration.not_restored()
        if left:
            raise _failed("assert_consumed", "each value of the checkpoint must have found an object", left)
        return self.assert_existing_objects_matched()

    def assert_existing_objects_matched(self) -> LoadStatus:
        """Makes sure that each object of the program that holds state has got its value.

        Raises:
            tg.errors.FailedPreconditionError: Some have not, or nothing was restored (TG-0831).
        """
        missing = self._checked("assert_existing_objects_matched").not_matched()
        if missing:
            rule = "each object with state must have a value in the checkpoint"
            raise _failed("assert_existing_objects_matched", rule, missing)
        return self

    def assert_nontrivial_match(self) -> LoadStatus:
        """Makes sure that anything at all was restored.

        Raises:
            tg.errors.FailedPreconditionError: Nothing was (TG-0831).
        """
        if not self._checked("assert_nontrivial_match").restored_any():
            raise _failed("assert_nontrivial_match", "something must match", ["everything"])
        return self

    def expect_partial(self) -> LoadStatus:
        """Says that it is fine if some values of the checkpoint are not used: nothing is logged about them."""
        self._silent = True
        return self

    def initialize_or_restore(self, session: Any = None) -> None:
        """Does nothing, since values are restored at once; for compatibility."""

    def run_restore_ops(self, session: Any = None) -> None:
        """Does nothing, since values are restored at once; for compatibility."""

    def _checked(self, what: str) -> Restoration:
        if self._restoration is None:
            raise _failed(what, "a checkpoint must have been restored", ["restore(None)"])
        self._silent = True
        self._restoration.rescan()
        return self._restoration

    def __del__(self) -> None:
        try:
            if not self._silent and self._restoration is not None:
                left = self._restoration.not_restored()
                if left:
                    _log.warning(
                        "[train.Checkpoint] values of %s were not used: %s. Call expect_partial() on what restore "
                        "returned where that is right.",
                        self._restoration.path,
                        ", ".join(left[:10]),
                    )
        except (AttributeError, TypeError, Error):  # the interpreter is going down
            return


def _failed(where: str, rule: str, names: list[str]) -> RestoreAssertionError:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return RestoreAssertionError(
        f"[train.{where}] {rule}. Received: nothing for {', '.join(names[:10])}{more}. Make the objects as they were "
        "made when the checkpoint was written, or call expect_partial().",
        code="TG-0831",
    )
