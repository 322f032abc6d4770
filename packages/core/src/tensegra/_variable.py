"""Variables: tensors that change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensegra import _name_scope, _native, _variable_registry
from tensegra._dtypes import DType, as_dtype, dtype_from_number
from tensegra._errors import FailedPreconditionError, InvalidArgumentError
from tensegra._operators import TensorOperators
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor, _array_text
from tensegra._typing import DTypeLike, ShapeLike, TensorLike
from tensegra._variable_options import VariableAggregation, VariableSynchronization
from tensegra._variable_updates import PartialUpdates, SlicedVariable

_execute = _native.execute
_read = _native.find_op("read_variable")
_assign = _native.find_op("assign_variable")
_assign_add = _native.find_op("assign_add_variable")
_assign_sub = _native.find_op("assign_sub_variable")

creation_hook: list[Callable[[dict[str, Any]], None]] = []
"""The innermost function is called with the arguments of each variable before it is made (see tg.function)."""


class Variable(PartialUpdates, TensorOperators):
    """A tensor that can be changed in place; it keeps its dtype and, unless `shape` is given, its shape.

    Args:
        initial_value: The first value, or a function without arguments that returns it.
        trainable: Whether gradient tapes watch it by themselves.
        name: A name for messages and saved models.
        dtype: The dtype that the initial value is converted to.
        shape: What values may be assigned, where it is wider than the shape of the initial value;
            None in it stands for any size, `tg.TensorShape(None)` for any shape.
        synchronization: When copies on several devices are brought together; kept for who asks, since one process has
            one copy.
        aggregation: How copies on several devices become one value; likewise.

    Raises:
        tg.errors.InvalidArgumentError: Where the value is not convertible (TG-0117), shape and value do not
            agree (TG-0116), or an option is no such thing (TG-0106).
        tg.errors.FailedPreconditionError: On later calls of a `tg.function` (TG-0304).

    >>> import tensegra as tg
    >>> v = tg.Variable([1.0, 2.0], name="v")
    >>> v.assign_add([0.5, 0.5]).numpy()
    array([1.5, 2.5], dtype=float32)
    >>> (v * 2).numpy()
    array([3., 5.], dtype=float32)
    """

    __hash__ = TensorOperators.__hash__
    _options = (VariableSynchronization.AUTO, VariableAggregation.NONE)

    def __init__(
        self,
        initial_value: TensorLike | Callable[[], TensorLike] | None = None,
        trainable: bool = True,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        shape: ShapeLike | None = None,
        *,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
    ) -> None:
        for option, kind in ((synchronization, VariableSynchronization), (aggregation, VariableAggregation)):
            if not isinstance(option, kind):
                raise InvalidArgumentError(
                    f"[Variable] an option of a variable must be one of tg.{kind.__name__}. "
                    f"Received: {option!r}. There are: {', '.join(each.name for each in kind)}.",
                    code="TG-0106",
                )
        if creation_hook:
            arguments = {"initial_value": initial_value, "trainable": trainable, "name": name}
            creation_hook[-1]({**arguments, "dtype": dtype, "shape": shape})
        if initial_value is None:
            raise InvalidArgumentError(
                "[Variable] a variable needs an initial value. Received: initial_value=None. Give a value or a "
                "function that returns it.",
                code="TG-0117",
            )
        label = _name_scope.scoped(name or "Variable")
        # State is made outside of any graph that is being traced.
        lifted = not _native.executing_eagerly()
        if lifted:
            _native.lift()
        try:
            value = initial_value() if callable(initial_value) else initial_value
            number = 0 if dtype is None else as_dtype(dtype)._number
            initial = _native.tensor(value, number)
            if initial._is_symbolic:
                raise FailedPreconditionError(
                    "[Variable] the initial value is a value of the graph being traced. "
                    f"Received: {initial!r}. Give a function that returns the value instead.",
                    code="TG-0114",
                )
            declared = TensorShape._from_native(initial._shape) if shape is None else TensorShape(shape)
            handle = _native.variable_create(
                label, initial._dtype_number, _dims(declared), trainable, initial
            )
        finally:
            if lifted:
                _native.leave()
        self._set_up(handle, label, initial._dtype_number, declared, trainable)
        self._options = (synchronization, aggregation)

    def _set_up(self, handle: Any, name: str, number: int, shape: TensorShape, trainable: bool) -> None:
        self._handle = handle
        self._name = name
        self._declared = shape
        self._trainable = bool(trainable)
        dims = _dims(shape)
        known = None if dims is None else [-1 if size is None else size for size in dims]
        self._read_attributes = (number, known)
        _variable_registry.register(self)

    @classmethod
    def _from_handle(
        cls, handle: Tensor, name: str, dtype: DTypeLike, shape: ShapeLike | None, trainable: bool
    ) -> Variable:
        """A variable over a resource that exists already."""
        variable = cls.__new__(cls)
        declared = TensorShape(shape)
        variable._set_up(handle, name.removesuffix(":0"), as_dtype(dtype)._number, declared, trainable)
        return variable

    # ---- what it is

    @property
    def synchronization(self) -> VariableSynchronization:
        """When copies on several devices are brought together."""
        return self._options[0]

    @property
    def aggregation(self) -> VariableAggregation:
        """How copies on several devices become one value."""
        return self._options[1]

    @property
    def handle(self) -> Tensor:
        """The tensor that stands for the resource."""
        return self._handle

    @property
    def name(self) -> str:
        """The name, followed by ":0" as in TensorFlow."""
        return f"{self._name}:0"

    @property
    def dtype(self) -> DType:
        """The type of the elements."""
        return dtype_from_number(self._dtype_number)

    @property
    def shape(self) -> TensorShape:
        """The shape that every value has; None in it stands for any size."""
        return self._declared

    @property
    def ndim(self) -> int | None:
        """The number of axes."""
        return self._declared.rank

    @property
    def trainable(self) -> bool:
        """Whether gradient tapes watch it by themselves."""
        return self._trainable

    @property
    def device(self) -> str:
        """The name of the device that holds the value."""
        return self._handle._device

    @property
    def _dtype_number(self) -> int:
        return self._read_attributes[0]

    @property
    def _shape(self) -> tuple[int, ...] | None:
        sizes = self._read_attributes[1]
        if sizes is None or -1 in sizes:
            return self._as_tensor()._shape
        return tuple(sizes)

    @property
    def _id(self) -> int:
        return self._handle._id

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self._declared

    # ---- its value

    def _as_tensor(self) -> Tensor:
        return _execute(_read, (self._handle,), self._read_attributes)

    def value(self) -> Tensor:
        """The value as a tensor. Later assignments do not change that tensor."""
        return self._as_tensor()

    def read_value(self) -> Tensor:
        """The same as `value()`."""
        return self._as_tensor()

    def numpy(self) -> Any:
        """A new NumPy array with the value."""
        return self._as_tensor().numpy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._as_tensor().__array__(dtype, copy)

    # ---- changing it

    def assign(
        self, value: TensorLike, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        """Replaces the value. The other arguments are for compatibility and ignored.

        >>> import tensegra as tg
        >>> tg.Variable(1.0).assign(3.0).numpy()
        np.float32(3.0)
        """
        return self._update(_assign, value)

    def assign_add(
        self, delta: TensorLike, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        """Adds delta to the value. The other arguments are for compatibility and ignored."""
        return self._update(_assign_add, delta)

    def assign_sub(
        self, delta: TensorLike, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        """Subtracts delta from the value. The other arguments are for compatibility and ignored."""
        return self._update(_assign_sub, delta)

    def __getitem__(self, key: Any) -> Any:
        """A part of the value: a tensor, whose `assign`, `assign_add` and `assign_sub` change the variable.

        >>> import tensegra as tg
        >>> v = tg.Variable([1, 2, 3, 4])
        >>> v[1:3].assign([20, 30]).numpy()
        array([ 1, 20, 30,  4], dtype=int32)
        """
        return SlicedVariable.make(super().__getitem__(key), self, key)

    def _update(self, op: _native.Op, value: TensorLike) -> Variable:
        if not isinstance(value, _native.Tensor):
            value = _native.tensor(value, self._dtype_number)
        _execute(op, (self._handle, value))
        return self

    def _no_augmented(self, other: object) -> Any:
        raise FailedPreconditionError(
            f"[{self._name}] `variable += value` would replace the variable by a tensor. "
            f"Received: value={other!r}. Use assign, assign_add or assign_sub.",
            code="TG-0126",
        )

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ifloordiv__ = __imod__ = __ipow__ = _no_augmented

    # ---- copies

    def __copy__(self) -> Variable:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        copied = type(self).__new__(type(self))
        handle = _native.variable_create(
            self._name, self._dtype_number, _dims(self._declared), self._trainable, self._as_tensor()
        )
        copied._set_up(handle, self._name, self._dtype_number, self._declared, self._trainable)
        memo[id(self)] = copied
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        dims = _dims(self._declared)
        return _rebuild, (self._as_tensor(), self._trainable, self._name, dims)

    def __repr__(self) -> str:
        head = f"<tg.Variable '{self.name}' shape={self._declared} dtype={self.dtype.name}"
        if not _native.executing_eagerly():
            return head + ">"
        return f"{head}, numpy={_array_text(self._as_tensor()._shown(), self.dtype.name)}>"


def _dims(shape: TensorShape) -> tuple[int | None, ...] | None:
    return None if shape.rank is None else tuple(shape.as_list())


def _rebuild(value: Tensor, trainable: bool, name: str, dims: tuple[int | None, ...] | None) -> Variable:
    return Variable(value, trainable, name, shape=TensorShape(dims))
