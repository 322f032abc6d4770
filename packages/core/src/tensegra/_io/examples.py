"""Parsing of tf.train.Example and SequenceExample messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tensegra import _native
from tensegra._dtypes import DType, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._ragged.tensor import RaggedTensor, _cast
from tensegra._sparse.basic import reorder
from tensegra._sparse.tensor import SparseTensor
from tensegra._tensor import convert_to_tensor
from tensegra._typing import TensorLike

from .features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SparseFeature,
    VarLenFeature,
)

_execute = _native.execute


@public("io.parse_example")
def parse_example(
    serialized: TensorLike,
    features: Mapping[str, Any],
    example_names: Any = None,
    name: str | None = None,
) -> dict[str, Any]:
    """Reads tf.train.Example messages.

    Args:
        serialized: A vector of messages.
        features: For each name a `FixedLenFeature`, `FixedLenSequenceFeature`, `VarLenFeature`, `SparseFeature` or
            `RaggedFeature`.
        example_names: Ignored; for compatibility.
        name: Ignored; for compatibility.

    Returns:
        For each name a tensor, a sparse tensor or a ragged one, with the batch as its first dimension.

    Raises:
        tg.errors.InvalidArgumentError: Bytes are no message (TG-0651); a feature is missing, or has another dtype or
            number of values (TG-0653).

    >>> import tensegra as tg
    >>> message = b"\\n\\x0c\\n\\n\\n\\x01x\\x12\\x05\\x1a\\x03\\n\\x01\\x07"
    >>> tg.io.parse_example([message], {"x": tg.io.FixedLenFeature([], tg.int64)})["x"].numpy()
    array([7])
    """
    messages: Any = convert_to_tensor(serialized)
    if messages.shape.rank == 0:
        return parse_single_example(messages, features)
    return {key: _parsed("io.parse_example", messages, key, feature) for key, feature in features.items()}


@public("io.parse_single_example")
def parse_single_example(
    serialized: TensorLike,
    features: Mapping[str, Any],
    example_names: Any = None,
    name: str | None = None,
) -> dict[str, Any]:
    """Reads one tf.train.Example message; see `parse_example`. The results have no dimension for the batch.

    >>> import tensegra as tg
    >>> message = b"\\n\\x0c\\n\\n\\n\\x01x\\x12\\x05\\x1a\\x03\\n\\x01\\x07"
    >>> tg.io.parse_single_example(message, {"x": tg.io.VarLenFeature(tg.int64)})["x"].values.numpy()
    array([7])
    """
    messages = _execute("reshape", (convert_to_tensor(serialized), [1]))
    return {
        key: _first(_parsed("io.parse_single_example", messages, key, feature))
        for key, feature in features.items()
    }


@public("io.parse_sequence_example")
def parse_sequence_example(
    serialized: TensorLike,
    context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None,
    example_names: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Reads tf.train.SequenceExample messages.

    Args:
        serialized: A vector of messages.
        context_features: What is looked for in their contexts; see `parse_example`.
        sequence_features: What is looked for in their lists of features: `FixedLenSequenceFeature`, `VarLenFeature` or
            `RaggedFeature` without partitions.
        example_names: Ignored; for compatibility.
        name: Ignored; for compatibility.

    Returns:
        The context, the sequences (filled up to one length, sparse or ragged), and the lengths of the sequences that
        are filled up.

    Raises:
        tg.errors.InvalidArgumentError: As `parse_example` does.

    >>> import tensegra as tg
    >>> context, lists, lengths = tg.io.parse_sequence_example([b""], sequence_features={
    ...     "x": tg.io.FixedLenSequenceFeature([], tg.int64, allow_missing=True)})
    >>> lists["x"].shape, lengths["x"].numpy()
    (TensorShape([1, 0]), array([0]))
    """
    messages: Any = convert_to_tensor(serialized)
    where = "io.parse_sequence_example"
    context = {key: _parsed(where, messages, key, f) for key, f in (context_features or {}).items()}
    lists, lengths = {}, {}
    for key, feature in (sequence_features or {}).items():
        lists[key], length = _sequence(where, messages, key, feature)
        if length is not None:
            lengths[key] = length
    return context, lists, lengths


@public("io.parse_single_sequence_example")
def parse_single_sequence_example(
    serialized: TensorLike,
    context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None,
    example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Reads one tf.train.SequenceExample message; see `parse_sequence_example`. There is no dimension for the batch.

    >>> import tensegra as tg
    >>> tg.io.parse_single_sequence_example(b"", sequence_features={"x": tg.io.VarLenFeature(tg.int64)})[1]["x"].shape
    TensorShape([0, 0])
    """
    messages = _execute("reshape", (convert_to_tensor(serialized), [1]))
    context, lists, _ = parse_sequence_example(messages, context_features, sequence_features)
    return (
        {key: _first(value) for key, value in context.items()},
        {key: _first(value) for key, value in lists.items()},
    )


def _first(value: Any) -> Any:
    """What a batch of one holds."""
    if isinstance(value, SparseTensor):
        return SparseTensor(value.indices[:, 1:], value.values, value.dense_shape[1:])
    return value[0]


def _read(messages: Any, key: str, dtype: DType, sequence: bool = False) -> tuple[Any, Any, Any, Any]:
    attributes = {"key": key, "dtype": dtype._number, "sequence": sequence}
    return _execute("string_example_feature", (messages,), attributes)  # type: ignore[no-any-return]


def _wrong(where: str, key: str, what: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[{where}] each example must have the features asked for. Received: key={key!r}, {what}. "
        "Compare the features with what was written.",
        code="TG-0653",
    )


def _lengths(splits: Any) -> Any:
    return _execute("subtract", (splits[1:], splits[:-1]))


def _parsed(where: str, messages: Any, key: str, feature: Any) -> Any:
    if isinstance(feature, VarLenFeature):
        values, splits, _, _ = _read(messages, key, feature.dtype)
        return RaggedTensor(values, splits).to_sparse()
    if isinstance(feature, FixedLenFeature):
        return _fixed(where, messages, key, feature)
    if isinstance(feature, FixedLenSequenceFeature):
        values, splits, _, there = _read(messages, key, feature.dtype)
        if not feature.allow_missing and not there._is_symbolic and not there.numpy().all():
            raise _wrong(where, key, "an example without it")
        rows = _entries(where, key, values, splits, feature.shape)
        return rows.to_tensor(feature.default_value)
    if isinstance(feature, RaggedFeature):
        return _ragged(where, messages, key, feature)
    if isinstance(feature, SparseFeature):
        return _sparse(where, messages, key, feature)
    raise InvalidArgumentError(
        f"[{where}] a feature is one of the classes of tg.io. Received: {key!r}: {feature!r}. "
        "Use such as tg.io.FixedLenFeature.",
        code="TG-0106",
    )


def _size(shape: list[int]) -> int:
    size = 1
    for part in shape:
        size *= int(part)
    return size


def _fixed(where: str, messages: Any, key: str, feature: FixedLenFeature) -> Any:
    values, splits, _, there = _read(messages, key, feature.dtype)
    size, lengths = _size(feature.shape), _lengths(splits)
    batch = _execute("shape", (messages,), {"out_type": int64._number})
    shape = _execute(
        "concat",
        ([batch, _native.tensor(feature.shape or [0], int64._number)[: len(feature.shape)]],),
        {"axis": 0},
    )
    if feature.default_value is None:
        if not lengths._is_symbolic and (lengths.numpy() != size).any():
            what = f"{sorted(set(lengths.numpy().tolist()))} values where {size} are wanted"
            raise _wrong(where, key, what)
        return _execute("reshape", (values, shape))
    if not lengths._is_symbolic and (lengths.numpy()[there.numpy()] != size).any():
        raise _wrong(where, key, f"{sorted(set(lengths.numpy().tolist()))} values where {size} are wanted")
    default = convert_to_tensor(feature.default_value, feature.dtype)
    whole = _execute("broadcast_to", (_execute("reshape", (default, [-1])), [size]))
    rows = RaggedTensor(values, splits).to_tensor(shape=[None, size])
    chosen = _execute("select", (_execute("expand_dims", (there,), {"axis": 1}), rows, whole))
    return _execute("reshape", (chosen, shape))


def _entries(where: str, key: str, values: Any, splits: Any, shape: list[int]) -> RaggedTensor:
    """The values of each example as entries of a shape."""
    if not shape:
        return RaggedTensor(values, splits)
    size = _size(shape)
    if not splits._is_symbolic and (splits.numpy() % max(size, 1) != 0).any():
        raise _wrong(where, key, f"values that are no multiple of {size}")
    flat = _execute("reshape", (values, [-1, *shape]))
    return RaggedTensor(flat, _execute("floordiv", (splits, _native.tensor(size, int64._number))))


def _ragged(where: str, messages: Any, key: str, feature: RaggedFeature) -> Any:
    values, splits, _, _ = _read(messages, feature.value_key or key, feature.dtype)
    result, outer = values, splits
    for part in reversed(feature.partitions):
        if isinstance(part, RaggedFeature.UniformRowLength):
            count = _execute("floordiv", (_lengths(outer), _native.tensor(part.length, int64._number)))
            result = RaggedTensor.from_uniform_row_length(result, part.length)
            outer = RaggedTensor.from_row_lengths(result.row_starts(), count, validate=False).row_splits
            continue
        if not isinstance(part, RaggedFeature.RowLengths | RaggedFeature.RowSplits):
            raise InvalidArgumentError(
                f"[{where}] partitions are RowSplits, RowLengths or UniformRowLength. Received: {part!r}. "
                "Use such as RaggedFeature.RowLengths('key').",
                code="TG-0106",
            )
        numbers, rows, _, _ = _read(messages, part.key, int64)
        if isinstance(part, RaggedFeature.RowLengths):
            lengths, outer = numbers, rows
        else:
            # Those of each example begin with 0: the differences within each example are the lengths.
            per_example = RaggedTensor(numbers, rows)
            lengths_ragged = per_example[:, 1:] - per_example[:, :-1]
            lengths, outer = lengths_ragged.values, lengths_ragged.row_splits
        result = RaggedTensor.from_row_lengths(result, lengths)
    whole = RaggedTensor(result, outer)
    return whole.with_row_splits_dtype(feature.row_splits_dtype)


def _sparse(where: str, messages: Any, key: str, feature: SparseFeature) -> SparseTensor:
    values, splits, _, _ = _read(messages, feature.value_key, feature.dtype)
    keys = [feature.index_key] if isinstance(feature.index_key, str) else list(feature.index_key)
    sizes = [feature.size] if isinstance(feature.size, int) else list(feature.size)
    columns = [_cast(RaggedTensor(values, splits).value_rowids(), int64)]
    for index_key in keys:
        places, own, _, _ = _read(messages, index_key, int64)
        if (
            not own._is_symbolic
            and not splits._is_symbolic
            and own.numpy().tolist() != splits.numpy().tolist()
        ):
            raise _wrong(where, key, f"other numbers of places in {index_key!r} than of values")
        columns.append(places)
    batch = _execute("shape", (messages,), {"out_type": int64._number})
    shape = _execute("concat", ([batch, _native.tensor(sizes, int64._number)],), {"axis": 0})
    result = SparseTensor(_execute("stack", (columns,), {"axis": 1}), values, shape)
    return result if feature.already_sorted else reorder(result)


def _sequence(where: str, messages: Any, key: str, feature: Any) -> tuple[Any, Any]:
    """The lists of features, and the lengths where they are filled up."""
    name = feature.value_key or key if isinstance(feature, RaggedFeature) else key
    values, inner, outer, there = _read(messages, name, feature.dtype, sequence=True)
    rows = RaggedTensor(RaggedTensor(values, inner), outer)
    if isinstance(feature, RaggedFeature) and not feature.partitions:
        return rows.with_row_splits_dtype(feature.row_splits_dtype), None
    if isinstance(feature, VarLenFeature):
        return rows.to_sparse(), None
    if not isinstance(feature, FixedLenSequenceFeature):
        raise InvalidArgumentError(
            f"[{where}] lists are read as FixedLenSequenceFeature, VarLenFeature or RaggedFeature without partitions. "
            f"Received: {key!r}: {feature!r}. Use one of these.",
            code="TG-0106",
        )
    if not feature.allow_missing and not there._is_symbolic and not there.numpy().all():
        raise _wrong(where, key, "an example without it")
    size = _size(feature.shape)
    if not inner._is_symbolic and (_lengths(inner).numpy() != size).any():
        raise _wrong(where, key, f"entries of other than {size} values")
    entries = _execute("reshape", (values, [-1, *feature.shape]))
    filled = RaggedTensor(entries, outer)
    return filled.to_tensor(feature.default_value), filled.row_lengths()
