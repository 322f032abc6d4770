"""`tg.map_fn`, `tg.scan`, `tg.foldl`, `tg.foldr`: loops over the first dimension."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensegra import _native, nest
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._spec import TensorSpec
from tensegra._tensor import Tensor, convert_to_tensor

from ._structure import dtype_of, element, paths, require_callable
from ._tensor_array import TensorArray
from ._while import while_loop

_RESULTS = "[{where}] fn must return {what}. Received: {received}. {cure}"


@public("map_fn")
def map_fn(
    fn: Callable[[Any], Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """Calls a function on each slice along the first dimension and stacks what it returns.

    Args:
        fn: Takes a nest like `elems` without the first dimension, and returns a nest like `fn_output_signature`.
        elems: A nest of tensors with first dimensions of one size.
        dtype: The older name of `fn_output_signature`.
        parallel_iterations: Ignored; accepted since TensorFlow has it.
        back_prop: Whether gradients flow.
        swap_memory: Ignored.
        infer_shape: Whether all results must have one shape.
        name: Ignored.
        fn_output_signature: A nest of dtypes or `tg.TensorSpec`: what `fn` returns. By default the same structure and
            dtypes as `elems`.

    Returns:
        A nest like `fn_output_signature`, each tensor with the first dimension of `elems` in front.

    Raises:
        tg.errors.InvalidArgumentError: There is nothing to map over, or the sizes differ (TG-0515, TG-0105); `fn`
            returns another structure or other dtypes (TG-0511).

    >>> import tensegra as tg
    >>> tg.map_fn(lambda x: x * x + 1, tg.constant([1, 2, 3])).numpy().tolist()
    [2, 5, 10]
    >>> pair = tg.map_fn(lambda x: (x, -x), tg.constant([1.0, 2.0]), fn_output_signature=(tg.float32, tg.float32))
    >>> pair[1].numpy().tolist()
    [-1.0, -2.0]
    """
    fn = require_callable(fn, "map_fn", "fn")
    arrays, count, size = _unstacked(elems, "map_fn")
    signature = fn_output_signature if fn_output_signature is not None else dtype
    if signature is None:
        signature = nest.map_structure(dtype_of, nest.pack_sequence_as(elems, arrays))
    results = [_result_array(each, size, infer_shape) for each in nest.flatten(signature)]

    def step(i: Tensor, arrays_so_far: Any) -> tuple[Tensor, Any]:
        value = fn(_at(elems, arrays, i))
        return i + 1, _written(arrays_so_far, i, value, signature, "map_fn")

    final = while_loop(
        lambda i, _: i < count, step, (0, results), back_prop=back_prop, maximum_iterations=_static(size)
    )
    return nest.pack_sequence_as(signature, [array.stack() for array in final[1]])


@public("scan")
def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """Calls a function on what it returned before and the next slice along the first dimension; returns all results.

    Args:
        fn: Takes the result so far and a nest like `elems` without the first dimension; returns the next result.
        elems: A nest of tensors with first dimensions of one size.
        initializer: The result before the first slice. By default the first slice is the first result.
        parallel_iterations: Ignored; accepted since TensorFlow has it.
        back_prop: Whether gradients flow.
        swap_memory: Ignored.
        infer_shape: Whether all results must have one shape.
        reverse: Whether to go from the last slice to the first; results stay in the places of their slices.
        name: Ignored.

    Returns:
        A nest like the results, each tensor with the first dimension of `elems` in front.

    Raises:
        tg.errors.InvalidArgumentError: There is nothing to go over, or the sizes differ (TG-0515, TG-0105); `fn`
            returns another structure or other dtypes (TG-0511).

    >>> import tensegra as tg
    >>> tg.scan(lambda sum, x: sum + x, tg.constant([1, 2, 3, 4])).numpy().tolist()
    [1, 3, 6, 10]
    >>> tg.scan(lambda sum, x: sum + x, tg.constant([1, 2, 3, 4]), initializer=100, reverse=True).numpy().tolist()
    [110, 109, 107, 104]
    """
    fn = require_callable(fn, "scan", "fn")
    arrays, count, size = _unstacked(elems, "scan")
    first = initializer is None
    _require_first(first, size, "scan")
    start = count - 1 if reverse else convert_to_tensor(0)
    state = _at(elems, arrays, start) if first else nest.map_structure(convert_to_tensor, initializer)
    results = [
        TensorArray(
            dtype_of(leaf),
            size=size,
            infer_shape=infer_shape,
            element_shape=leaf.shape if infer_shape else None,
        )
        for leaf in nest.flatten(state)
    ]
    if first:
        results = [array.write(start, leaf) for array, leaf in zip(results, nest.flatten(state))]
        start = start + (-1 if reverse else 1)

    def step(i: Tensor, before: Any, arrays_so_far: Any) -> tuple[Tensor, Any, Any]:
        value = fn(before, _at(elems, arrays, i))
        written = _written(arrays_so_far, i, value, before, "scan")
        return i + (-1 if reverse else 1), _like(value, before, "scan"), written

    def more(i: Tensor, *rest: Any) -> Tensor:
        return i >= 0 if reverse else i < count

    final = while_loop(
        more, step, (start, state, results), back_prop=back_prop, maximum_iterations=_static(size)
    )
    return nest.pack_sequence_as(state, [array.stack() for array in final[2]])


@public("foldl")
def foldl(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Calls a function on what it returned before and the next slice along the first dimension, to the last result.

    Args:
        fn: Takes the result so far and a nest like `elems` without the first dimension; returns the next result.
        elems: A nest of tensors with first dimensions of one size.
        initializer: The result before the first slice. By default the first slice.
        parallel_iterations: Ignored; accepted since TensorFlow has it.
        back_prop: Whether gradients flow.
        swap_memory: Ignored.
        name: Ignored.

    Returns:
        The last result.

    Raises:
        tg.errors.InvalidArgumentError: There is nothing to go over, or the sizes differ (TG-0515, TG-0105); `fn`
            returns another structure or other dtypes (TG-0511).

    >>> import tensegra as tg
    >>> tg.foldl(lambda a, x: 10 * a + x, tg.constant([1, 2, 3])).numpy().item()
    123
    """
    return _fold(fn, elems, initializer, back_prop, False, "foldl")


@public("foldr")
def foldr(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """As `tg.foldl`, from the last slice to the first.

    Args:
        fn: Takes the result so far and a nest like `elems` without the first dimension; returns the next result.
        elems: A nest of tensors with first dimensions of one size.
        initializer: The result before the last slice. By default the last slice.
        parallel_iterations: Ignored; accepted since TensorFlow has it.
        back_prop: Whether gradients flow.
        swap_memory: Ignored.
        name: Ignored.

    Returns:
        The last result.

    Raises:
        tg.errors.InvalidArgumentError: As `tg.foldl`.

    >>> import tensegra as tg
    >>> tg.foldr(lambda a, x: 10 * a + x, tg.constant([1, 2, 3])).numpy().item()
    321
    """
    return _fold(fn, elems, initializer, back_prop, True, "foldr")


def _fold(fn: Any, elems: Any, initializer: Any, back_prop: bool, reverse: bool, where: str) -> Any:
    fn = require_callable(fn, where, "fn")
    arrays, count, size = _unstacked(elems, where)
    _require_first(initializer is None, size, where)
    start = count - 1 if reverse else convert_to_tensor(0)
    step_size = -1 if reverse else 1
    if initializer is None:
        state = _at(elems, arrays, start)
        start = start + step_size
    else:
        state = nest.map_structure(convert_to_tensor, initializer)

    def step(i: Tensor, before: Any) -> tuple[Tensor, Any]:
        return i + step_size, _like(fn(before, _at(elems, arrays, i)), before, where)

    def more(i: Tensor, before: Any) -> Tensor:
        return i >= 0 if reverse else i < count

    return while_loop(more, step, (start, state), back_prop=back_prop, maximum_iterations=_static(size))[1]


def _unstacked(elems: Any, where: str) -> tuple[list[Tensor], Tensor, Any]:
    """The tensors of `elems`, their number of slices as a tensor, and as an int where it is known."""
    tensors = [convert_to_tensor(leaf) for leaf in nest.flatten(elems)]
    if not tensors or any(tensor.shape.rank == 0 for tensor in tensors):
        raise InvalidArgumentError(
            f"[{where}] elems must be tensors with a first dimension. Received: "
            f"{[str(tensor.shape) for tensor in tensors]}. Use tg.expand_dims on a scalar.",
            code="TG-0515",
        )
    sizes = {tensor.shape[0] for tensor in tensors if tensor.shape.rank is not None} - {None}
    if len(sizes) > 1:
        raise InvalidArgumentError(
            f"[{where}] elems must have first dimensions of one size. Received: "
            f"{[str(tensor.shape) for tensor in tensors]}. Cut or pad them.",
            code="TG-0105",
        )
    known = sizes.pop() if sizes else None
    count = (
        convert_to_tensor(known, dtype="int32")
        if known is not None
        else _native.execute("array_read", (_native.execute("shape", (tensors[0],)), 0))
    )
    return tensors, count, count if known is None else known


def _at(elems: Any, arrays: list[Tensor], index: Tensor) -> Any:
    return nest.pack_sequence_as(elems, [element(tensor, index) for tensor in arrays])


def _static(size: Any) -> int | None:
    return size if isinstance(size, int) else None


def _result_array(spec: Any, size: Any, infer_shape: bool) -> TensorArray:
    if isinstance(spec, TensorSpec):
        return TensorArray(spec.dtype, size=size, infer_shape=infer_shape, element_shape=spec.shape)
    return TensorArray(as_dtype(spec), size=size, infer_shape=infer_shape)


def _like(value: Any, structure: Any, where: str) -> Any:
    """The result of `fn`, checked against the structure that it must have."""
    try:
        nest.assert_same_structure(structure, value, check_types=False)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(
            _RESULTS.format(
                where=where,
                what="the structure that it should",
                received=error.message,
                cure="Return the same tuples, lists and dicts, or say what is returned.",
            ),
            code="TG-0511",
        ) from error
    return nest.pack_sequence_as(structure, nest.flatten(value))


def _written(
    arrays: list[TensorArray], index: Tensor, value: Any, structure: Any, where: str
) -> list[TensorArray]:
    leaves = nest.flatten(_like(value, structure, where))
    written = []
    for array, leaf, path in zip(arrays, leaves, paths(structure)):
        tensor = (
            convert_to_tensor(leaf)
            if isinstance(leaf, Tensor)
            else convert_to_tensor(leaf, dtype=array.dtype)
        )
        if dtype_of(tensor) is not array.dtype:
            raise InvalidArgumentError(
                _RESULTS.format(
                    where=where,
                    what=f"{array.dtype.name} as its result{path}",
                    received=dtype_of(tensor).name,
                    cure="Use tg.cast, or fn_output_signature where it is map_fn.",
                ),
                code="TG-0511",
            )
        written.append(array.write(index, tensor))
    return written


def _require_first(needed: bool, size: Any, where: str) -> None:
    if needed and isinstance(size, int) and size == 0:
        raise InvalidArgumentError(
            f"[{where}] without an initializer there must be a first slice. Received: elems of size 0. Give an "
            "initializer.",
            code="TG-0515",
        )
