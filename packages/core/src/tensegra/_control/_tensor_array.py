"""`tg.TensorArray`: a list of tensors that loops write to."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import DType, as_dtype, int32
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor, convert_to_tensor

from . import _graph_array
from ._eager_array import EagerArray
from ._structure import dtype_of


@public("TensorArray")
class TensorArray:
    """A list of tensors of one dtype. Writing returns a new list; the old one must not be used any more.

    It may be a loop variable of `tg.while_loop`, and gradients flow from what is read to what was written. Inside of a
    `tg.function` its elements have one shape, which the first one decides, and those that were not written are zeros.

    Args:
        dtype: The dtype of its elements.
        size: How many elements it has. Default: 0 with `dynamic_size`, else it is needed.
        dynamic_size: Whether it grows when something is written behind its end.
        clear_after_read: Whether an element can be read once only, which frees its memory; only where ops run at once.
            Default: True.
        tensor_array_name: Ignored, as are `handle`, `flow` and `colocate_with_first_write_call`.
        handle: Ignored.
        flow: Ignored.
        infer_shape: Whether all elements must have one shape.
        element_shape: What is known of that shape.
        colocate_with_first_write_call: Ignored.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: The size is missing or no int (TG-0520).

    >>> import tensegra as tg
    >>> @tg.function
    ... def squares(n):
    ...     def step(i, array):
    ...         return i + 1, array.write(i, i * i)
    ...     return tg.while_loop(lambda i, array: i < n, step, (0, tg.TensorArray(tg.int32, size=n)))[1].stack()
    >>> squares(tg.constant(4)).numpy().tolist()
    [0, 1, 4, 9]
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        self._dtype = as_dtype(dtype)
        self._dynamic = bool(dynamic_size)
        self._clear = clear_after_read is None or clear_after_read
        self._infer = infer_shape
        self._shape = TensorShape(element_shape)
        self._store: EagerArray | _graph_array.GraphArray
        if size is None:
            if not self._dynamic:
                raise _wrong("a TensorArray without dynamic_size needs a size", "size=None", "Give its size.")
            size = 0
        if _native.executing_eagerly():
            self._store = EagerArray(_python_size(size))
        else:
            self._store = _graph_array.make(self._dtype, _tensor_size(size), self._shape, self._dynamic)

    @property
    def dtype(self) -> DType:
        """The dtype of its elements."""
        return self._dtype

    @property
    def dynamic_size(self) -> bool:
        """Whether it grows."""
        return self._dynamic

    @property
    def element_shape(self) -> TensorShape:
        """What is known of the shape of its elements."""
        return self._shape

    @property
    def handle(self) -> None:
        """None: there is none; see `flow`."""
        return None

    @property
    def flow(self) -> Tensor:
        """In a graph, the tensor that holds the elements; else a number that means nothing."""
        if isinstance(self._store, EagerArray):
            return convert_to_tensor(0.0)
        return self._store.buffer

    def size(self, name: str | None = None) -> Tensor:
        """How many elements it has: one int32."""
        return self._store.size()

    def identity(self) -> TensorArray:
        """The same array."""
        return self._with(self._store)

    def close(self, name: str | None = None) -> None:
        """Frees the elements, where ops run at once."""
        if isinstance(self._store, EagerArray):
            self._store.close()

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """One element.

        Raises:
            tg.errors.OutOfRangeError: There is no such element (TG-0107).
            tg.errors.InvalidArgumentError: Where ops run at once, it was not written, or read before (TG-0521).
        """
        if isinstance(self._store, EagerArray):
            return self._store.read(_python_size(index), self._clear, self._dtype, self._shape)
        return self._store.read(convert_to_tensor(index), self._shape)

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with an element in its place.

        Raises:
            tg.errors.OutOfRangeError: There is no such place (TG-0107).
            tg.errors.InvalidArgumentError: The element has another dtype (TG-0102) or another shape (TG-0105).
        """
        tensor = self._element(value)
        if isinstance(self._store, EagerArray):
            self._store.write(_python_size(index), tensor, self._dynamic)
            return self._with(self._store)
        return self._with(self._store.write(convert_to_tensor(index), tensor))

    def stack(self, name: str | None = None) -> Tensor:
        """All elements in one tensor of a higher rank."""
        if isinstance(self._store, EagerArray):
            return _stack(self._store.all(self._dtype, self._shape, self._clear), self._dtype, self._shape)
        return self._store.stack(self._shape)

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """Some elements in one tensor of a higher rank."""
        wanted = convert_to_tensor(indices)
        if isinstance(self._store, EagerArray):
            numbers = [int(number) for number in wanted.numpy().reshape(-1)]
            read = [self._store.read(number, self._clear, self._dtype, self._shape) for number in numbers]
            return _stack(read, self._dtype, self._shape)
        return _native.execute("gather", (self._store.stack(self._shape), wanted))  # type: ignore[no-any-return]

    def concat(self, name: str | None = None) -> Tensor:
        """All elements, one after the other along their first dimension."""
        if isinstance(self._store, EagerArray):
            elements = self._store.all(self._dtype, self._shape, self._clear)
            if not elements:
                return self._nothing()
            return _native.execute("concat", (elements,), {"axis": 0})  # type: ignore[no-any-return]
        return self._store.concat(self._shape)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """An array of the slices of a tensor along its first dimension."""
        tensor = self._typed(value, "value")
        if tensor.shape.rank == 0:
            raise _wrong("what is unstacked has a first dimension", "a scalar", "Use write for one element.")
        rank = tensor.shape.rank
        self._merge(TensorShape(None) if rank is None else tensor.shape[1:])
        if isinstance(self._store, EagerArray):
            self._store.replace(tensor)
            return self._with(self._store)
        return self._with(self._store.unstack(tensor))

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with the slices of a tensor in some places."""
        places, tensor = convert_to_tensor(indices), self._typed(value, "value")
        count = places.shape.num_elements()
        if count is None:
            return self._scatter_in_loop(places, tensor)
        array = self
        for position in range(count):
            index = _native.execute("array_read", (places, position))
            array = array.write(index, _native.execute("array_read", (tensor, position)))
        return array

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array whose elements are parts of a tensor, of these lengths along its first dimension.

        Raises:
            tg.errors.InvalidArgumentError: The lengths do not add up (TG-0105).
            tg.errors.UnimplementedError: In a graph, the lengths are not known when it is traced, or they differ
                (TG-0522).
        """
        from tensegra._composites.splitting import split

        tensor, sizes = self._typed(value, "value"), convert_to_tensor(lengths)
        known = _known_values(sizes)
        if known is None or (not isinstance(self._store, EagerArray) and len(set(known)) > 1):
            raise _graph_array.unequal("split", lengths)
        parts = split(tensor, known, axis=0)
        if isinstance(self._store, EagerArray):
            self._store.replace_all(parts)
            return self._with(self._store)
        array = self._with(
            _graph_array.make(self._dtype, _tensor_size(len(parts)), parts[0].shape, self._dynamic)
        )
        for position, part in enumerate(parts):
            array = array.write(position, part)
        return array

    def grad(self, source: str, flow: Any = None, name: str | None = None) -> Any:
        """Not there, as in TensorFlow 2: gradients flow through what is read.

        Raises:
            tg.errors.UnimplementedError: Always (TG-0522).
        """
        from tensegra._errors import UnimplementedError

        raise UnimplementedError(
            "[TensorArray.grad] gradients flow through what is read from an array; there is no array of gradients. "
            f"Received: source={source!r}. Use tg.GradientTape.",
            code="TG-0522",
        )

    def _scatter_in_loop(self, places: Tensor, tensor: Tensor) -> TensorArray:
        from ._while import while_loop

        count = _native.execute("size", (places,))

        def step(position: Tensor, array: TensorArray) -> tuple[Tensor, TensorArray]:
            index = _native.execute("array_read", (places, position))
            return position + 1, array.write(index, _native.execute("array_read", (tensor, position)))

        return while_loop(lambda position, array: position < count, step, (0, self))[1]  # type: ignore[no-any-return]

    def _with(self, store: EagerArray | _graph_array.GraphArray) -> TensorArray:
        array = TensorArray.__new__(TensorArray)
        array._dtype, array._dynamic, array._clear = self._dtype, self._dynamic, self._clear
        array._infer, array._shape, array._store = self._infer, self._shape, store
        return array

    def _typed(self, value: Any, name: str) -> Tensor:
        tensor = (
            convert_to_tensor(value)
            if isinstance(value, Tensor)
            else convert_to_tensor(value, dtype=self._dtype)
        )
        if dtype_of(tensor) is not self._dtype:
            raise InvalidArgumentError(
                f"[TensorArray] {name} must have the dtype of the array. Received: {name}.dtype="
                f"{dtype_of(tensor).name} for an array of {self._dtype.name}. Use tg.cast.",
                code="TG-0102",
            )
        return tensor

    def _element(self, value: Any) -> Tensor:
        tensor = self._typed(value, "value")
        self._merge(tensor.shape)
        return tensor

    def _merge(self, shape: TensorShape) -> None:
        if not self._shape.is_compatible_with(shape):
            raise InvalidArgumentError(
                f"[TensorArray] the elements must have one shape. Received: value.shape={shape} for an array of "
                f"{self._shape}. Make the array with infer_shape=False where ops run at once.",
                code="TG-0105",
            )
        if self._infer or not isinstance(self._store, EagerArray):
            self._shape = self._shape.merge_with(shape)

    def _nothing(self) -> Tensor:
        dims = self._shape.as_list() if self._shape.rank else [0]
        return _native.execute("fill", ([0, *(size or 0 for size in dims[1:])], self._zero()))  # type: ignore[no-any-return]

    def _zero(self) -> Tensor:
        return _graph_array.zero(self._dtype)

    def _tensegra_components(self) -> list[Tensor]:
        if isinstance(self._store, EagerArray):
            if _native.executing_eagerly():
                return []
            # Made outside of the graph that uses it.
            if self._store.is_empty():
                made = _graph_array.make(
                    self._dtype, _tensor_size(self._store.count()), self._shape, self._dynamic
                )
            else:
                elements = self._store.all(self._dtype, self._shape, False)
                made = _graph_array.GraphArray(_stack(elements, self._dtype, self._shape), None)
                made = made.opened(self._dynamic)
            return made.components()
        return self._store.components()

    def _tensegra_from_components(self, components: list[Tensor]) -> TensorArray:
        if not components:
            return self._with(self._store)
        return self._with(
            _graph_array.GraphArray(*components)
            if len(components) > 1
            else _graph_array.GraphArray(components[0], None)
        )

    def _tensegra_invariants(self) -> list[TensorShape | None]:
        """The shapes that the components keep in a loop; None: the one they have."""
        open_shape = not self._shape.is_fully_defined() or self._dynamic
        rank = self._shape.rank
        buffer = None if not open_shape else TensorShape(None)
        if self._dynamic and self._shape.is_fully_defined() and rank is not None:
            buffer = TensorShape([None, *self._shape.as_list()])
        return [buffer, TensorShape([])] if self._dynamic else [buffer]

    def __repr__(self) -> str:
        return f"<tg.TensorArray of {self._dtype.name} {self._shape}>"


def _stack(elements: list[Tensor], dtype: DType, shape: TensorShape) -> Tensor:
    if not elements:
        dims = [size or 0 for size in shape.as_list()] if shape.rank is not None else []
        return _native.execute("fill", ([0, *dims], _graph_array.zero(dtype)))  # type: ignore[no-any-return]
    return _native.execute("stack", (elements,))  # type: ignore[no-any-return]


def _python_size(value: Any) -> int:
    try:
        return int(value.numpy().item()) if isinstance(value, Tensor) else int(value.__index__())
    except (AttributeError, ValueError, TypeError) as error:
        raise _wrong("a size and an index are one integer", f"{value!r}", "Give an int.") from error


def _tensor_size(value: Any) -> Tensor:
    tensor = convert_to_tensor(value)
    if not dtype_of(tensor).is_integer or tensor.shape.rank not in (0, None):
        raise _wrong("a size is one integer", f"{value!r}", "Give an int.")
    return _native.execute("cast", (tensor,), {"dtype": int32})  # type: ignore[no-any-return]


def _known_values(tensor: Tensor) -> list[int] | None:
    if tensor._is_symbolic:
        return None
    return [int(number) for number in tensor.numpy().reshape(-1)]


def _wrong(rule: str, received: str, cure: str) -> InvalidArgumentError:
    return InvalidArgumentError(f"[TensorArray] {rule}. Received: {received}. {cure}", code="TG-0520")
