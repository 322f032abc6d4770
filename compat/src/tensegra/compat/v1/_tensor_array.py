"""`TensorArray`: a list of tensors on its way through the ops of a graph."""

from __future__ import annotations

from typing import Any

from ._apply import apply, convert_to_tensor
from ._core import tg
from ._shapes import TensorShape
from ._symbols import export
from ._tensor import Tensor, core_dtype


@export("TensorArray")
class TensorArray:
    """A list of tensors of one dtype; writing gives a new one."""

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
        self._dtype = core_dtype(dtype)
        self._dynamic = bool(dynamic_size)
        self._infer = infer_shape
        self._static = TensorShape(element_shape)
        self._count = size
        made = flow
        if made is None:
            known = self._static.as_core()
            made = apply(
                "TensorArrayV3",
                lambda count: tg.TensorArray(
                    self._dtype, size=count, dynamic_size=self._dynamic, clear_after_read=False,
                    infer_shape=infer_shape, element_shape=known,
                ),
                0 if size is None else size,
                op_name=name or tensor_array_name or "TensorArray",
            )  # fmt: skip
        self._flow: Tensor = made

    dtype = property(lambda self: self._dtype)
    flow = property(lambda self: self._flow)
    handle = property(lambda self: self._flow)
    dynamic_size = property(lambda self: self._dynamic)
    element_shape = property(lambda self: self._static)

    def _with(self, flow: Any) -> TensorArray:
        made = TensorArray.__new__(TensorArray)
        made.__dict__.update(self.__dict__)
        made._flow = flow
        return made

    def _loop_parts(self) -> list[Any]:
        return [self._flow]

    def _loop_rebuilt(self, parts: list[Any]) -> TensorArray:
        return self._with(parts[0])

    def _as_graph_tensor(self) -> Tensor:
        return self._flow

    def identity(self) -> TensorArray:
        """The same, after the control inputs of the surroundings."""
        return self._with(apply("Identity", lambda array: array.identity(), self._flow))

    def grad(self, source: Any, flow: Any = None, name: Any = None) -> TensorArray:
        """The array itself: gradients flow through what is read."""
        return self

    def _merge(self, shape: TensorShape) -> None:
        if self._infer and self._static.is_compatible_with(shape):
            self._static = self._static.merge_with(shape)

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """One element."""
        made = apply(
            "TensorArrayReadV3",
            lambda array, place: array.read(place),
            self._flow,
            index,
            op_name=name or "TensorArrayReadV3",
        )
        return self._typed(made, self._static)

    def _typed(self, tensor: Tensor, shape: TensorShape) -> Tensor:
        if shape.ndims is not None and tensor.shape.is_compatible_with(shape):
            tensor.set_shape(shape)
        return tensor

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with an element in its place."""
        tensor = convert_to_tensor(value, self._dtype)
        self._merge(tensor.shape)
        return self._with(
            apply(
                "TensorArrayWriteV3", lambda array, place, new: array.write(place, new), self._flow, index, tensor,
                op_name=name or "TensorArrayWriteV3",
            )
        )  # fmt: skip

    def stack(self, name: str | None = None) -> Tensor:
        """All elements in one tensor."""
        made = apply(
            "TensorArrayGatherV3", lambda array: array.stack(), self._flow, op_name=name or "TensorArrayStack"
        )
        count = self._count if isinstance(self._count, int) and not self._dynamic else None
        return self._typed(made, TensorShape([count]).concatenate(self._static))

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """Some elements in one tensor."""
        return apply(
            "TensorArrayGatherV3", lambda array, rows: array.gather(rows), self._flow, indices, op_name=name
        )  # type: ignore[no-any-return]

    def concat(self, name: str | None = None) -> Tensor:
        """All elements, one after the other."""
        return apply("TensorArrayConcatV3", lambda array: array.concat(), self._flow, op_name=name)  # type: ignore[no-any-return]

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """An array of the slices of a tensor."""
        tensor = convert_to_tensor(value, self._dtype)
        if tensor.shape.ndims:
            self._merge(tensor.shape[1:])
        return self._with(
            apply(
                "TensorArrayScatterV3",
                lambda array, new: array.unstack(new),
                self._flow,
                tensor,
                op_name=name or "TensorArrayUnstack",
            )
        )

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with elements in some places."""
        return self._with(
            apply(
                "TensorArrayScatterV3",
                lambda array, rows, new: array.scatter(rows, new),
                self._flow,
                indices,
                value,
                op_name=name,
            )
        )

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """An array of parts of a tensor."""
        return self._with(
            apply(
                "TensorArraySplitV3",
                lambda array, new, sizes: array.split(new, sizes),
                self._flow,
                value,
                lengths,
                op_name=name,
            )
        )

    def size(self, name: str | None = None) -> Tensor:
        """How many elements there are."""
        return apply(
            "TensorArraySizeV3", lambda array: array.size(), self._flow, op_name=name or "TensorArraySizeV3"
        )  # type: ignore[no-any-return]

    def close(self, name: str | None = None) -> Any:
        """Does nothing: memory is the engine's."""
        from ._control import no_op

        return no_op(name)
