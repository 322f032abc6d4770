"""Lookup tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ._apply import as_array, convert_to_tensor, from_array
from ._core import tg
from ._errors import invalid
from ._graph import GraphKeys, get_default_graph
from ._sparse import SparseTensor
from ._symbols import export
from ._tensor import Operation, core_dtype


@export("lookup.KeyValueTensorInitializer contrib.lookup.KeyValueTensorInitializer")
class KeyValueTensorInitializer:
    """Keys and values of a table."""

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        self.key_dtype = None if key_dtype is None else core_dtype(key_dtype)
        self.value_dtype = None if value_dtype is None else core_dtype(value_dtype)
        self._keys, self._values = (
            convert_to_tensor(keys, self.key_dtype),
            convert_to_tensor(values, self.value_dtype),
        )
        self.key_dtype, self.value_dtype = self._keys.dtype, self._values.dtype

    def tensors(self) -> list[Any]:
        """What the table is filled from when it is initialized."""
        return [self._keys, self._values]

    def pairs(self, keys: Any, values: Any) -> dict[Any, Any]:
        """Keys and values, from the values of these tensors."""
        return dict(zip(keys.tolist(), values.tolist()))


@export("lookup.TextFileInitializer contrib.lookup.TextFileInitializer")
class TextFileInitializer:
    """Lines of a file with their numbers, or columns of them."""

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: Any = None,
    ) -> None:
        self.key_dtype, self.value_dtype = core_dtype(key_dtype), core_dtype(value_dtype)
        self._path, self._places, self._size, self._delimiter = (
            filename,
            (key_index, value_index),
            vocab_size,
            delimiter,
        )

    def tensors(self) -> list[Any]:
        """None: the file is read."""
        return []

    def pairs(self) -> dict[Any, Any]:
        """Keys and values from the file."""
        lines = Path(self._path).read_bytes().splitlines()[: self._size]

        def part(line: bytes, number: int, place: int, dtype: Any) -> Any:
            text: Any = (
                number
                if place == -1
                else line
                if place == -2
                else line.split(self._delimiter.encode())[place]
            )
            return (
                text if dtype == tg.string or place == -1 else int(text) if dtype.is_integer else float(text)
            )

        return {
            part(line, number, self._places[0], self.key_dtype): part(
                line, number, self._places[1], self.value_dtype
            )
            for number, line in enumerate(lines)
        }


class _Table:
    """A table whose contents a session holds."""

    def __init__(
        self, initializer: Any, default: Any, name: str | None, buckets: int = 0, mutable: bool = False
    ) -> None:
        self._source, self._default, self._buckets, self._mutable = initializer, default, buckets, mutable
        self.key_dtype, self.value_dtype = initializer.key_dtype, initializer.value_dtype
        tensors = initializer.tensors()

        def lower(emitter: Any, *given: Any) -> list[Any]:
            def fill(*arrays: Any) -> None:
                emitter.state.extra[self] = initializer.pairs(*[np.asarray(each) for each in arrays])

            tg.numpy_function(fill, list(given), [])
            return []

        self._init: Operation = get_default_graph().create(
            "InitializeTableV2", lower, tensors, name, outputs=[], stateful=True, effect=True
        )
        get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, self._init)

    name = property(lambda self: self._init.name)
    init = property(lambda self: self._init)
    initializer = property(lambda self: self._init)
    default_value = property(lambda self: self._default)

    def _contents(self, state: Any) -> dict[Any, Any]:
        found = state.extra.get(self)
        if found is None:
            if self._mutable:
                return state.extra.setdefault(self, {})  # type: ignore[no-any-return]
            raise tg.errors.FailedPreconditionError(
                f"[compat.v1.lookup] Table not initialized. Received: {self.name!r}. Run "
                "tf.tables_initializer() first.",
                code="TG-7316",
            )
        return found  # type: ignore[no-any-return]

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of keys; the default where there is none."""
        if isinstance(keys, SparseTensor):
            return SparseTensor(keys.indices, self.lookup(keys.values, name), keys.dense_shape)
        tensor = convert_to_tensor(keys, self.key_dtype)
        dtype = self.value_dtype

        def lower(emitter: Any, given: Any) -> list[Any]:
            state = emitter.state

            def find(array: Any) -> Any:
                known = self._contents(state)
                flat = np.asarray(array).reshape(-1).tolist()
                found = [known.get(each, self._default) for each in flat]
                if self._buckets:
                    number = tg.strings.to_hash_bucket_fast(flat, self._buckets).numpy() if flat else []
                    found = [known[a] if a in known else int(b) + len(known) for a, b in zip(flat, number)]
                made = (
                    as_array(found, dtype).reshape(np.shape(array))
                    if flat
                    else np.zeros(np.shape(array), dtype.as_numpy_dtype)
                )
                return from_array(made, dtype).numpy()

            return [tg.ensure_shape(tg.numpy_function(find, [given], dtype), tensor.shape.as_core())]

        op = get_default_graph().create(
            "LookupTableFindV2",
            lower,
            [tensor],
            name,
            outputs=[(dtype, tensor.shape)],
            stateful=True,
            effect=self._mutable,
        )
        return op.outputs[0]

    def size(self, name: str | None = None) -> Any:
        """How many keys there are."""

        def lower(emitter: Any) -> list[Any]:
            state = emitter.state
            made = tg.numpy_function(
                lambda: np.int64(len(self._contents(state)) + self._buckets), [], tg.int64
            )
            return [tg.ensure_shape(made, [])]

        return (
            get_default_graph()
            .create("LookupTableSizeV2", lower, (), name, outputs=[(tg.int64, [])], stateful=True)
            .outputs[0]
        )

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """An op that adds to a table that can be changed."""
        if not self._mutable:
            raise invalid(
                "lookup",
                "the table must be one that can be changed",
                self.name,
                "Use MutableHashTable.",
                "TG-7317",
            )

        def lower(emitter: Any, *given: Any) -> list[Any]:
            state = emitter.state

            def put(a: Any, b: Any) -> None:
                self._contents(state).update(
                    zip(np.asarray(a).reshape(-1).tolist(), np.asarray(b).reshape(-1).tolist())
                )

            tg.numpy_function(put, list(given), [])
            return []

        inputs = [convert_to_tensor(keys, self.key_dtype), convert_to_tensor(values, self.value_dtype)]
        return get_default_graph().create(
            "LookupTableInsertV2", lower, inputs, name, outputs=[], stateful=True, effect=True
        )


@export("lookup.StaticHashTable contrib.lookup.HashTable")
class HashTable(_Table):
    """A table that is filled once."""

    def __init__(
        self, initializer: Any, default_value: Any, shared_name: Any = None, name: str | None = None
    ) -> None:
        default = default_value.encode() if isinstance(default_value, str) else default_value
        super().__init__(initializer, default, name or "hash_table")


class _Nothing:
    """The beginning of a table that can be changed."""

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self.key_dtype, self.value_dtype = core_dtype(key_dtype), core_dtype(value_dtype)

    def tensors(self) -> list[Any]:
        """None."""
        return []

    def pairs(self) -> dict[Any, Any]:
        """None."""
        return {}


@export("contrib.lookup.MutableHashTable")
class MutableHashTable(_Table):
    """A table that can be changed."""

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        shared_name: Any = None,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
    ) -> None:
        default = default_value.encode() if isinstance(default_value, str) else default_value
        super().__init__(_Nothing(key_dtype, value_dtype), default, name, mutable=True)


def _texts(values: Any) -> Any:
    return convert_to_tensor(values)


def _numbered(values: Any, count: int | None) -> tuple[Any, Any]:
    keys = _texts(values)
    size = keys.shape[0].value
    if size is None:
        raise invalid("lookup", "the number of words must be known", repr(keys), "Give a list.", "TG-7317")
    return keys, np.arange(size, dtype=np.int64)


@export("contrib.lookup.index_table_from_tensor")
def index_table_from_tensor(
    mapping: Any = None,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = None,
    dtype: Any = None,
    name: str | None = None,
    vocabulary_list: Any = None,
) -> Any:
    """The numbers of words."""
    keys, numbers = _numbered(mapping if mapping is not None else vocabulary_list, None)
    return _Table(
        KeyValueTensorInitializer(keys, numbers), default_value, name or "string_to_index", num_oov_buckets
    )


@export("contrib.lookup.index_table_from_file")
def index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: Any = None,
    key_dtype: Any = tg.string,
    name: str | None = None,
    key_column_index: int = -2,
    value_column_index: int = -1,
    delimiter: str = "\t",
) -> Any:
    """The numbers of the lines of a file."""
    source = TextFileInitializer(
        vocabulary_file, key_dtype, key_column_index, tg.int64, value_column_index, vocab_size, delimiter
    )
    return _Table(source, default_value, name or "string_to_index", num_oov_buckets)


@export("contrib.lookup.index_to_string_table_from_tensor")
def index_to_string_table_from_tensor(
    mapping: Any = None, default_value: Any = "UNK", name: str | None = None, vocabulary_list: Any = None
) -> Any:
    """The words of numbers."""
    words, numbers = _numbered(mapping if mapping is not None else vocabulary_list, None)
    return HashTable(KeyValueTensorInitializer(numbers, words), default_value, name=name or "index_to_string")


@export("contrib.lookup.index_to_string_table_from_file")
def index_to_string_table_from_file(
    vocabulary_file: Any,
    vocab_size: int | None = None,
    default_value: Any = "UNK",
    name: str | None = None,
    **options: Any,
) -> Any:
    """The lines of a file by their numbers."""
    source = TextFileInitializer(vocabulary_file, tg.int64, -1, tg.string, -2, vocab_size)
    return HashTable(source, default_value, name=name or "index_to_string")
