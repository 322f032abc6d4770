"""Tensors, and how other values become them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._dtypes import DType, as_dtype, dtype_from_number
from tensegra._errors import InvalidArgumentError, UnimplementedError, make_error
from tensegra._operators import Reference as Reference
from tensegra._operators import TensorOperators
from tensegra._shape import TensorShape
from tensegra._typing import DTypeLike, ShapeLike
from tensegra._typing import TensorLike as TensorLike

_native.set_error_factory(make_error)

_STRING = 16
_RESOURCE = 18
_BFLOAT16 = 11


class Tensor(_native.Tensor, TensorOperators):
    """An immutable array of one dtype; in a `tg.function` that is being traced, a value of its graph.

    Tensors come from `tg.constant`, `tg.convert_to_tensor` and from ops.

    >>> import tensegra as tg
    >>> x = tg.constant([[1.0, 2.0], [3.0, 4.0]])
    >>> x
    <tg.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 2.],
           [3., 4.]], dtype=float32)>
    >>> (x @ x)[0].numpy()
    array([ 7., 10.], dtype=float32)
    """

    __slots__ = ()
    __hash__ = TensorOperators.__hash__

    @property
    def shape(self) -> TensorShape:
        """The sizes of the axes; None where a size of a graph value is not known before running."""
        return TensorShape._from_native(self._shape)

    @property
    def dtype(self) -> DType:
        """The type of the elements."""
        return dtype_from_number(self._dtype_number)

    @property
    def ndim(self) -> int | None:
        """The number of axes; None where it is not known before running."""
        return None if self._rank < 0 else self._rank

    @property
    def device(self) -> str:
        """The name of the device that holds the data, such as "CPU:0"."""
        return self._device

    @property
    def name(self) -> str:
        """The name of a value of a graph. Concrete tensors have none."""
        name = self._name
        if name is None:
            raise AttributeError("only values of a graph have a name")
        return name

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    def numpy(self) -> Any:
        """A new NumPy array with the values; a NumPy scalar where the shape is ().

        `numpy.asarray(x)` gives a read-only array over the tensor's own memory instead.
        Strings become an array of `bytes`; bfloat16 becomes uint16 where ml_dtypes is not installed.

        Raises:
            tg.errors.FailedPreconditionError: For a value of a graph, which has no data (TG-0114).

        >>> import tensegra as tg
        >>> tg.constant([1, 2]).numpy()
        array([1, 2], dtype=int32)
        """
        return self._numpy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self._view()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def _as_tensor(self) -> Tensor:
        return self

    def __repr__(self) -> str:
        shape = self.shape
        if self._is_symbolic:
            name = self._name
            label = f" '{name}'" if name else ""
            return f"<tg.Tensor{label} shape={shape} dtype={self.dtype.name}>"
        if self._dtype_number == _RESOURCE:
            return f"<tg.Tensor: shape={shape}, dtype=resource>"
        dtype = self.dtype.name
        return f"<tg.Tensor: shape={shape}, dtype={dtype}, numpy={_array_text(self._shown(), dtype)}>"

    def __str__(self) -> str:
        if self._is_symbolic or self._dtype_number == _RESOURCE:
            return repr(self)
        return f"tg.Tensor({self._shown()}, shape={self.shape}, dtype={self.dtype.name})"

    def _shown(self) -> Any:
        """The values in a dtype that NumPy prints as numbers."""
        view = self._view()
        if self._dtype_number != _BFLOAT16:
            return view
        return (view.view(np.uint16).astype(np.uint32) << 16).view(np.float32)

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self._dtype_number == _RESOURCE:
            raise UnimplementedError(
                "[pickle] a reference to a resource, such as a table or the state of a generator, belongs to this "
                "process. Received: dtype=resource. Save it with tg.train.Checkpoint or tg.saved_model.save.",
                code="TG-0763",
            )
        if self._dtype_number == _BFLOAT16:
            return _rebuild_bfloat16, (self._view().view(np.uint16).copy(),)
        return _rebuild, (self._numpy(), self._dtype_number)


_native.set_tensor_class(Tensor)


def _rebuild(array: Any, dtype_number: int) -> _native.Tensor:
    return _native.tensor(array, dtype_number)


def _rebuild_bfloat16(bits: np.ndarray) -> _native.Tensor:
    return _native.tensor((bits.astype(np.uint32) << 16).view(np.float32), _BFLOAT16)


def _array_text(array: np.ndarray, dtype: str) -> str:
    """As `repr(array)`, bfloat16 under its own name; a scalar without its class, a matrix on lines of its own."""
    if array.ndim == 0:
        value = array[()]
        return repr(value.item() if isinstance(value, np.generic) else value)
    text = repr(array)
    if dtype == "bfloat16":
        text = text.replace("dtype=float32", "dtype=bfloat16")
    return "\n" + text if "\n" in text else text


def _number(dtype: DTypeLike | None) -> int:
    return 0 if dtype is None else as_dtype(dtype)._number


def convert_to_tensor(
    value: TensorLike,
    dtype: DTypeLike | None = None,
    dtype_hint: DTypeLike | None = None,
    name: str | None = None,
) -> Tensor:
    """The value as a tensor: itself where it is one, else a copy.

    Python floats become float32, ints int32 (int64 where they do not fit), as in TensorFlow; NumPy arrays keep
    their dtype. Lists may hold tensors, which are stacked.

    Args:
        value: A number, a string, a nested list, an array, a variable or a tensor.
        dtype: The dtype wanted. A tensor of another dtype is refused; use `tg.cast`.
        dtype_hint: A dtype that is taken where the value can have it.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the value is not convertible (TG-0117).

    >>> import tensegra as tg
    >>> tg.convert_to_tensor([1, 2, 3]).dtype.name
    'int32'
    >>> tg.convert_to_tensor(1, dtype=tg.float64).dtype.name
    'float64'
    """
    if dtype is None and dtype_hint is not None:
        try:
            return _native.tensor(value, _number(dtype_hint))
        except InvalidArgumentError:
            pass
    return _native.tensor(value, _number(dtype))


def constant(
    value: TensorLike, dtype: DTypeLike | None = None, shape: ShapeLike | None = None, name: str | None = None
) -> Tensor:
    """A tensor with these values.

    Args:
        value: A number, a string, a nested list or an array; copied.
        dtype: The dtype, by default float32 for floats, int32 for ints, and the dtype of an array.
        shape: The shape; a single value is repeated to fill it.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the value is not convertible (TG-0117), or does not fill the shape
            (TG-0105).

    >>> import tensegra as tg
    >>> tg.constant([1, 2, 3, 4], shape=[2, 2])
    <tg.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    >>> tg.constant(0.5, shape=[3]).numpy()
    array([0.5, 0.5, 0.5], dtype=float32)
    """
    tensor: Any = _native.tensor(value, _number(dtype))
    if shape is None:
        return tensor
    wanted = TensorShape(shape)
    count, have = wanted.num_elements(), tensor.shape.num_elements()
    if count is None or (have != count and have != 1):
        raise InvalidArgumentError(
            f"[constant] the values must fill the shape. Received: shape={wanted}, {have} values. "
            "Give as many values as the shape has elements, or one.",
            code="TG-0105",
        )
    if have == count:
        return _native.execute("reshape", (tensor, wanted.as_list()))
    scalar = _native.execute("reshape", (tensor, []))
    return _native.execute("fill", (wanted.as_list(), scalar))


def is_tensor(x: object) -> bool:
    """Whether x is a tensor or a variable.

    >>> import tensegra as tg
    >>> tg.is_tensor(tg.constant(1)), tg.is_tensor(1)
    (True, False)
    """
    return isinstance(x, TensorOperators)


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor over the memory of another library's array, through DLPack; nothing is copied where it is dense.

    The memory must not be written to as long as the tensor lives.

    >>> import numpy as np
    >>> import tensegra as tg
    >>> tg.from_dlpack(np.arange(3)).numpy()
    array([0, 1, 2])
    """
    return _native.from_dlpack(ext_tensor)
