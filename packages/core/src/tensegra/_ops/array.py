"""Functions of the ops of the family 'array'."""

# Generated from the op registry by tools/gen.py: do not edit.
# ruff: noqa: E501 (the examples are shown as they print)

from __future__ import annotations

from collections.abc import Sequence

from tensegra import _native
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute
_broadcast_to = _native.find_op("broadcast_to")
_cast = _native.find_op("cast")
_concat = _native.find_op("concat")
_expand_dims = _native.find_op("expand_dims")
_fill = _native.find_op("fill")
_gather = _native.find_op("gather")
_identity = _native.find_op("identity")
_one_hot = _native.find_op("one_hot")
_ones_like = _native.find_op("ones_like")
_rank = _native.find_op("rank")
_reshape = _native.find_op("reshape")
_reverse = _native.find_op("reverse")
_shape = _native.find_op("shape")
_size = _native.find_op("size")
_slice = _native.find_op("slice")
_squeeze = _native.find_op("squeeze")
_stack = _native.find_op("stack")
_stop_gradient = _native.find_op("stop_gradient")
_strided_slice = _native.find_op("strided_slice")
_tile = _native.find_op("tile")
_transpose = _native.find_op("transpose")
_zeros_like = _native.find_op("zeros_like")


def broadcast_to(input: TensorLike, shape: TensorLike, name: str | None = None) -> Tensor:
    """Repeats a tensor to a shape that its own broadcasts to.

    Args:
      input: a tensor of any dtype of fixed size.
      shape: the shape wanted, a vector of int32 or int64.

    Returns:
      A tensor of this shape and the same dtype.

    Raises:
      InvalidArgumentError: the shape of `input` does not broadcast to `shape` (TG-0101), a size is negative or the number
        of elements does not fit 63 bits (TG-0109).
      UnimplementedError: the dtype is string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.broadcast_to([1, 2], [2, 2])
    <tg.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [1, 2]], dtype=int32)>
    """
    return _execute(_broadcast_to, (input, shape))


def cast(x: TensorLike, dtype: DTypeLike, name: str | None = None) -> Tensor:
    """Converts each element to another dtype.

    To a narrower floating-point dtype: the nearest value, ties to even. From floating-point to integer: toward
    zero, saturated at the ends; NaN gives 0. To a narrower integer: wraps. To bool: x != 0. A gradient flows
    between floating-point dtypes.

    Args:
      x: a tensor of any shape; bool, an integer or a real floating-point dtype.
      dtype: the dtype wanted, of the same kinds.

    Returns:
      A tensor of the same shape.

    Raises:
      UnimplementedError: one of the dtypes is complex, string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.cast([1.8, -1.8], tg.int32)
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([ 1, -1], dtype=int32)>
    """
    return _execute(_cast, (x,), (dtype,))


def concat(values: Sequence[TensorLike], axis: int, name: str | None = None) -> Tensor:
    """Joins tensors along an axis.

    Args:
      values: a list of tensors of one dtype and rank, whose sizes are equal except along `axis`.
      axis: the axis along which they follow each other.

    Returns:
      A tensor of the same dtype and rank.

    Raises:
      InvalidArgumentError: the list is empty (TG-0110), the ranks are 0 (TG-0103), the axis is outside [-rank, rank)
        (TG-0104), or the shapes do not fit (TG-0105).

    >>> import tensegra as tg
    >>> tg.concat([[1, 2], [3]], axis=0)
    <tg.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>
    """
    return _execute(_concat, (values,), (axis,))


def expand_dims(input: TensorLike, axis: int, name: str | None = None) -> Tensor:
    """Inserts an axis of size 1.

    The memory is shared.

    Args:
      input: a tensor of any dtype.
      axis: where the new axis is in the result, in [-rank - 1, rank].

    Returns:
      A tensor with the same elements and one more dimension.

    Raises:
      InvalidArgumentError: the axis is outside its range (TG-0104), or the rank would exceed 8 (TG-0103).

    >>> import tensegra as tg
    >>> tg.expand_dims([1, 2], axis=0)
    <tg.Tensor: shape=(1, 2), dtype=int32, numpy=array([[1, 2]], dtype=int32)>
    """
    return _execute(_expand_dims, (input,), (axis,))


def fill(dims: TensorLike, value: TensorLike, name: str | None = None) -> Tensor:
    """Makes a tensor of one value.

    Args:
      dims: the shape, a vector of int32 or int64.
      value: a 0-d tensor of any dtype of fixed size.

    Returns:
      A tensor of this shape and the dtype of `value`.

    Raises:
      InvalidArgumentError: a size is negative or the number of elements does not fit 63 bits (TG-0109), or `value` is not
        0-d (TG-0103).

    >>> import tensegra as tg
    >>> tg.fill([2, 3], 9)
    <tg.Tensor: shape=(2, 3), dtype=int32, numpy=
    array([[9, 9, 9],
           [9, 9, 9]], dtype=int32)>
    """
    return _execute(_fill, (dims, value))


def gather(params: TensorLike, indices: TensorLike, axis: int = 0, name: str | None = None) -> Tensor:
    """Takes the slices along an axis that indices name.

    Args:
      params: a tensor of rank 1 or more and any dtype of fixed size.
      indices: which slices, int32 or int64, of any shape.
      axis: the axis along which they are taken.

    Returns:
      A tensor of the dtype of `params` and shape params.shape[:axis] + indices.shape + params.shape[axis + 1:].

    Raises:
      InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104), or the rank would exceed 8 (TG-0103).
      OutOfRangeError: an index is outside [0, params.shape[axis]) (TG-0107).
      UnimplementedError: the dtype is string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.gather([10, 20, 30], [2, 0])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([30, 10], dtype=int32)>
    """
    return _execute(_gather, (params, indices), (axis,))


def identity(input: TensorLike, name: str | None = None) -> Tensor:
    """Returns a tensor with the same contents.

    The memory is shared; the tensor is a new one to a gradient tape.

    Args:
      input: a tensor of any shape and dtype.

    Returns:
      A tensor of the same shape and dtype.

    >>> import tensegra as tg
    >>> tg.identity([1, 2])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return _execute(_identity, (input,))


def one_hot(
    indices: TensorLike,
    depth: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    axis: int = -1,
    dtype: DTypeLike = "float32",
    name: str | None = None,
) -> Tensor:
    """Makes vectors that are on at an index and off elsewhere.

    Args:
      indices: which element is on, int32, int64 or uint8, of any shape. An index outside [0, depth) gives a vector that
        is off everywhere.
      depth: the size of the new axis.
      on_value: the value at the index.
      off_value: the value elsewhere.
      axis: where the new axis is in the result, in [-rank - 1, rank].
      dtype: the dtype of the result.

    Returns:
      A tensor with one more dimension than `indices`.

    Raises:
      InvalidArgumentError: `depth` is negative (TG-0109), or the axis is outside its range (TG-0104).

    >>> import tensegra as tg
    >>> tg.one_hot([1, 0], depth=3)
    <tg.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[0., 1., 0.],
           [1., 0., 0.]], dtype=float32)>
    """
    return _execute(_one_hot, (indices,), (depth, on_value, off_value, axis, dtype))


def ones_like(input: TensorLike, name: str | None = None) -> Tensor:
    """Makes a tensor of ones with the shape and dtype of another one.

    Args:
      input: a tensor; bool, an integer or a real floating-point dtype. Only its shape and dtype count.

    Returns:
      A tensor of ones (True for bool) of the same shape and dtype. No gradient flows through it.

    Raises:
      UnimplementedError: the dtype is complex, string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.ones_like([5, 6])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>
    """
    return _execute(_ones_like, (input,))


def rank(input: TensorLike, name: str | None = None) -> Tensor:
    """Counts the dimensions of a tensor.

    Args:
      input: a tensor of any dtype.

    Returns:
      A 0-d int32 tensor.

    >>> import tensegra as tg
    >>> tg.rank([[1, 2, 3], [4, 5, 6]])
    <tg.Tensor: shape=(), dtype=int32, numpy=2>
    """
    return _execute(_rank, (input,))


def reshape(tensor: TensorLike, shape: TensorLike, name: str | None = None) -> Tensor:
    """Gives the elements of a tensor another shape, in row-major order.

    The memory is shared.

    Args:
      tensor: a tensor of any dtype.
      shape: the sizes wanted, a vector of int32 or int64. One size may be -1: it follows from the others.

    Returns:
      A tensor of this shape with the same elements.

    Raises:
      InvalidArgumentError: the number of elements would change (TG-0105), a size is negative or two are -1 (TG-0109),
        or there are more than 8 sizes (TG-0103).

    >>> import tensegra as tg
    >>> tg.reshape([[1, 2], [3, 4]], [-1])
    <tg.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>
    """
    return _execute(_reshape, (tensor, shape))


def reverse(tensor: TensorLike, axis: int | Sequence[int], name: str | None = None) -> Tensor:
    """Reverses the order of the elements along axes.

    Args:
      tensor: a tensor of any dtype of fixed size.
      axis: the axes to reverse, an int or ints.

    Returns:
      A tensor of the same shape and dtype.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104).
      UnimplementedError: the dtype is string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.reverse([1, 2, 3], axis=[0])
    <tg.Tensor: shape=(3,), dtype=int32, numpy=array([3, 2, 1], dtype=int32)>
    """
    return _execute(_reverse, (tensor,), (axis,))


def shape(input: TensorLike, out_type: DTypeLike = "int32", name: str | None = None) -> Tensor:
    """Gives the shape of a tensor as a tensor.

    Args:
      input: a tensor of any dtype.
      out_type: int32 or int64.

    Returns:
      A vector of the sizes, of dtype `out_type`.

    Raises:
      InvalidArgumentError: `out_type` is another dtype (TG-0106), or a size does not fit it (TG-0109).

    >>> import tensegra as tg
    >>> tg.shape([[1, 2, 3], [4, 5, 6]])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return _execute(_shape, (input,), (out_type,))


def size(input: TensorLike, out_type: DTypeLike = "int32", name: str | None = None) -> Tensor:
    """Counts the elements of a tensor.

    Args:
      input: a tensor of any dtype.
      out_type: int32 or int64.

    Returns:
      A 0-d tensor of dtype `out_type`.

    Raises:
      InvalidArgumentError: `out_type` is another dtype (TG-0106), or the count does not fit it (TG-0109).

    >>> import tensegra as tg
    >>> tg.size([[1, 2, 3], [4, 5, 6]])
    <tg.Tensor: shape=(), dtype=int32, numpy=6>
    """
    return _execute(_size, (input,), (out_type,))


def slice(input_: TensorLike, begin: TensorLike, size: TensorLike, name: str | None = None) -> Tensor:
    """Takes a box out of a tensor.

    Args:
      input_: a tensor of any dtype of fixed size.
      begin: the first place along each axis, a vector of int32 or int64.
      size: how many elements to take along each axis; -1 for all that follow.

    Returns:
      A tensor of the same dtype and rank.

    Raises:
      InvalidArgumentError: `begin` or `size` has not one entry for each axis (TG-0105, TG-0103).
      OutOfRangeError: the box does not lie within the tensor (TG-0107).
      UnimplementedError: the dtype is string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.slice([1, 2, 3, 4], [1], [2])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return _execute(_slice, (input_, begin, size))


def squeeze(input: TensorLike, axis: int | Sequence[int] | None = None, name: str | None = None) -> Tensor:
    """Removes axes of size 1.

    The memory is shared.

    Args:
      input: a tensor of any dtype.
      axis: the axes to remove, an int or ints. Absent: all axes of size 1.

    Returns:
      A tensor with the same elements and fewer dimensions.

    Raises:
      InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or its size is not 1 (TG-0105).

    >>> import tensegra as tg
    >>> tg.squeeze([[[1], [2]]], axis=0)
    <tg.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[1],
           [2]], dtype=int32)>
    """
    return _execute(_squeeze, (input,), (axis,))


def stack(values: Sequence[TensorLike], axis: int = 0, name: str | None = None) -> Tensor:
    """Joins tensors along a new axis.

    Args:
      values: a list of tensors of one dtype and shape.
      axis: where the new axis is in the result, in [-rank - 1, rank].

    Returns:
      A tensor of the same dtype with one more dimension, whose size is the number of tensors.

    Raises:
      InvalidArgumentError: the list is empty (TG-0110), the axis is outside its range (TG-0104), or the shapes differ
        (TG-0105).

    >>> import tensegra as tg
    >>> tg.stack([[1, 2], [3, 4]], axis=1)
    <tg.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 3],
           [2, 4]], dtype=int32)>
    """
    return _execute(_stack, (values,), (axis,))


def stop_gradient(input: TensorLike, name: str | None = None) -> Tensor:
    """Returns a tensor with the same contents, through which no gradient flows.

    Args:
      input: a tensor of any shape and dtype.

    Returns:
      A tensor of the same shape and dtype, which gradients take as a constant.

    >>> import tensegra as tg
    >>> tg.stop_gradient([1, 2])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return _execute(_stop_gradient, (input,))


def strided_slice(
    input: TensorLike,
    begin: int | Sequence[int],
    end: int | Sequence[int],
    strides: int | Sequence[int],
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    name: str | None = None,
) -> Tensor:
    """Takes a slice with strides along each axis.

    Entry i of `begin`, `end` and `strides` describes one axis as begin[i]:end[i]:strides[i] does in Python:
            negative
    places count from the end, places outside are moved to the nearest end. Bit i of a mask changes what entry i means.

    Args:
      input: a tensor of any dtype of fixed size.
      begin: the first place.
      end: the place after the last one.
      strides: the steps; not 0. A negative one goes backwards.
      begin_mask: bits of entries that start at the very first place.
      end_mask: bits of entries that go on to the very last place.
      ellipsis_mask: the bit of the entry that stands for all axes that no other entry names.
      new_axis_mask: bits of entries that insert an axis of size 1.
      shrink_axis_mask: bits of entries that take one element, begin[i], and drop the axis.

    Returns:
      A tensor of the same dtype.

    Raises:
      InvalidArgumentError: more axes are named than there are (TG-0103), a stride is 0, or the lengths differ (TG-0106).
      OutOfRangeError: the index of a dropped axis is outside of it (TG-0107).
      UnimplementedError: the dtype is string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.strided_slice([1, 2, 3, 4, 5], begin=[1], end=[5], strides=[2])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([2, 4], dtype=int32)>
    """
    return _execute(
        _strided_slice,
        (input,),
        (begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask),
    )


def tile(input: TensorLike, multiples: TensorLike, name: str | None = None) -> Tensor:
    """Repeats a tensor along each axis.

    Args:
      input: a tensor of any dtype of fixed size.
      multiples: how often to repeat along each axis, a vector of int32 or int64.

    Returns:
      A tensor of the same dtype, with axis i of size input.shape[i] * multiples[i].

    Raises:
      InvalidArgumentError: there is not one entry for each axis (TG-0105), one is negative or a size does not fit 63 bits
        (TG-0109).
      UnimplementedError: the dtype is string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.tile([[1, 2]], [2, 2])
    <tg.Tensor: shape=(2, 4), dtype=int32, numpy=
    array([[1, 2, 1, 2],
           [1, 2, 1, 2]], dtype=int32)>
    """
    return _execute(_tile, (input, multiples))


def transpose(a: TensorLike, perm: int | Sequence[int] | None = None, name: str | None = None) -> Tensor:
    """Permutes the axes of a tensor.

    Args:
      a: a tensor of any dtype of fixed size.
      perm: for each axis of the result, the axis of `a` that it is. Absent: all axes in reverse order.

    Returns:
      A tensor of the same dtype, with axis i of size a.shape[perm[i]].

    Raises:
      InvalidArgumentError: `perm` does not name each axis once (TG-0104).
      UnimplementedError: the dtype is string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.transpose([[1, 2, 3], [4, 5, 6]])
    <tg.Tensor: shape=(3, 2), dtype=int32, numpy=
    array([[1, 4],
           [2, 5],
           [3, 6]], dtype=int32)>
    """
    return _execute(_transpose, (a,), (perm,))


def zeros_like(input: TensorLike, name: str | None = None) -> Tensor:
    """Makes a tensor of zeros with the shape and dtype of another one.

    Args:
      input: a tensor of any dtype of fixed size; only its shape and dtype count.

    Returns:
      A tensor of zeros (False for bool) of the same shape and dtype. No gradient flows through it.

    Raises:
      UnimplementedError: the dtype is string or a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.zeros_like([5, 6])
    <tg.Tensor: shape=(2,), dtype=int32, numpy=array([0, 0], dtype=int32)>
    """
    return _execute(_zeros_like, (input,))
