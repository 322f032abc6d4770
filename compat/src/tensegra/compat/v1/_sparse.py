"""`SparseTensor` and what is done with it."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from ._apply import apply, as_array, convert_to_tensor, register_composite
from ._arrays import placeholder
from ._core import tg
from ._errors import invalid
from ._shapes import TensorShape
from ._static import shape_from
from ._symbols import export, put
from ._tensor import core_dtype

SparseTensorValue = namedtuple("SparseTensorValue", ("indices", "values", "dense_shape"))
put("SparseTensorValue", SparseTensorValue)


@export("SparseTensor sparse.SparseTensor")
class SparseTensor:
    """Values and where they are in a tensor of zeros."""

    def __init__(self, indices: Any, values: Any, dense_shape: Any = None, shape: Any = None) -> None:
        sizes = dense_shape if dense_shape is not None else shape
        self._indices = convert_to_tensor(indices, tg.int64)
        self._values = convert_to_tensor(values)
        self._dense_shape = convert_to_tensor(sizes, tg.int64)

    indices = property(lambda self: self._indices)
    values = property(lambda self: self._values)
    dense_shape = property(lambda self: self._dense_shape)
    dtype = property(lambda self: self._values.dtype)
    op = property(lambda self: self._values.op)
    graph = property(lambda self: self._values.graph)
    name = property(lambda self: self._values.name)

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape."""
        return shape_from(self._dense_shape)

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    def _graph_components(self) -> tuple[Any, list[Any]]:
        return tg.SparseTensor, [self._indices, self._values, self._dense_shape]

    def _loop_parts(self) -> list[Any]:
        return [self._indices, self._values, self._dense_shape]

    def _loop_rebuilt(self, parts: list[Any]) -> SparseTensor:
        return SparseTensor(*parts)

    def _fetch(self) -> Any:
        return [self._indices, self._values, self._dense_shape], lambda values: SparseTensorValue(*values)

    def _feed(self, value: Any) -> list[tuple[Any, Any]]:
        parts = (
            (value.indices, value.values, value.dense_shape)
            if hasattr(value, "dense_shape")
            else tuple(value)
        )
        if len(parts) != 3:
            raise invalid(
                "Session.run",
                "a sparse tensor is fed indices, values and shape",
                repr(value)[:80],
                "Give a SparseTensorValue.",
                "TG-7314",
            )
        return list(zip((self._indices, self._values, self._dense_shape), parts))

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Its value in a session, by default the current one."""
        from ._graph import default_session

        return default_session(session, "SparseTensor.eval").run(self, feed_dict)

    def __repr__(self) -> str:
        return (
            f"SparseTensor(indices={self._indices}, values={self._values}, dense_shape={self._dense_shape})"
        )

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """From what a session gives."""
        return cls(*sparse_tensor_value)

    def __hash__(self) -> int:
        return id(self)


register_composite(
    tg.SparseTensor,
    lambda value: [value.indices, value.values, value.dense_shape],
    lambda parts: SparseTensor(*parts),
)


@export("sparse_placeholder sparse.placeholder")
def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """A sparse tensor whose value is given with each run."""
    rank = None if shape is None else len(TensorShape(shape).as_list())
    base = name or "Placeholder"
    values = placeholder(core_dtype(dtype), [None], f"{base}/values")
    indices = placeholder(tg.int64, [None, rank], f"{base}/indices")
    known = None if shape is None else TensorShape(shape).as_list()
    if known is not None and None not in known:
        sizes = convert_to_tensor(as_array(known, tg.int64), tg.int64)
    else:
        sizes = placeholder(tg.int64, [rank], f"{base}/shape")
    return SparseTensor(indices, values, sizes)


def _wrapped(names: str, type: str, function: Any) -> None:
    @export(names)
    def op(*args: Any, **kwargs: Any) -> Any:
        return apply(type, function, *args, op_name=kwargs.pop("name", None), **kwargs)

    op.__name__, op.__doc__ = names.split()[0].rpartition(".")[2], f"The op {type}."


_wrapped("sparse_tensor_to_dense sparse.to_dense", "SparseToDense", tg.sparse.to_dense)
_wrapped(
    "sparse_tensor_dense_matmul sparse.sparse_dense_matmul sparse.matmul",
    "SparseTensorDenseMatMul",
    tg.sparse.sparse_dense_matmul,
)
_wrapped("sparse_reorder sparse.reorder", "SparseReorder", tg.sparse.reorder)
_wrapped("sparse_reshape sparse.reshape", "SparseReshape", tg.sparse.reshape)
_wrapped("sparse_transpose sparse.transpose", "SparseTranspose", tg.sparse.transpose)
_wrapped("sparse_slice sparse.slice", "SparseSlice", tg.sparse.slice)
_wrapped("sparse_add sparse.add", "SparseAdd", tg.sparse.add)
_wrapped("sparse_retain sparse.retain", "SparseRetain", tg.sparse.retain)
_wrapped("sparse_softmax sparse.softmax", "SparseSoftmax", tg.sparse.softmax)
_wrapped("sparse_fill_empty_rows sparse.fill_empty_rows", "SparseFillEmptyRows", tg.sparse.fill_empty_rows)
_wrapped("sparse_reduce_sum sparse.reduce_sum", "SparseReduceSum", tg.sparse.reduce_sum)
_wrapped("sparse_maximum sparse.maximum", "SparseSparseMaximum", tg.sparse.maximum)
_wrapped("sparse_minimum sparse.minimum", "SparseSparseMinimum", tg.sparse.minimum)


@export("nn.embedding_lookup_sparse")
def embedding_lookup_sparse(
    params: Any,
    sp_ids: Any,
    sp_weights: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    combiner: str | None = None,
    max_norm: Any = None,
) -> Any:
    """The sum, mean or root of rows of a table, for each row of numbers."""
    table = params[0] if isinstance(params, (list, tuple)) and len(params) == 1 else params
    return apply(
        "embedding_lookup_sparse",
        lambda t, i, w: tg.nn.embedding_lookup_sparse(t, i, w, combiner or "mean", max_norm),
        table,
        sp_ids,
        sp_weights,
        op_name=name,
    )


@export("sparse_concat sparse.concat")
def sparse_concat(
    axis: Any, sp_inputs: Any, name: str | None = None, expand_nonconcat_dim: bool = False, **unused: Any
) -> Any:
    """Sparse tensors one after the other."""
    return apply("SparseConcat", lambda *parts: tg.sparse.concat(axis, list(parts)), *sp_inputs, op_name=name)


@export("sparse_to_dense")
def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Any:
    """A tensor with values in some places."""

    def function(indices: Any, sizes: Any, values: Any) -> Any:
        places = tg.cast(indices, tg.int64)
        if places.shape.rank == 1:
            places = tg.expand_dims(places, 1)
        elif places.shape.rank == 0:
            places = tg.reshape(places, [1, 1])
        dims = tg.cast(sizes, tg.int64)
        base = tg.fill(dims, tg.cast(default_value, values.dtype))
        spread = tg.broadcast_to(values, tg.shape(places)[:1])
        return tg.tensor_scatter_nd_update(base, places, spread)

    made = apply(
        "SparseToDense",
        function,
        convert_to_tensor(sparse_indices),
        convert_to_tensor(output_shape),
        convert_to_tensor(sparse_values),
        op_name=name,
    )
    known = shape_from(output_shape)
    if known.ndims is not None:
        made.set_shape(known)
    return made
