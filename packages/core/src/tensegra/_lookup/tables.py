"""`tg.lookup`: tables from keys to values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._dtypes import DType, as_dtype, int32, int64, string
from tensegra._errors import FailedPreconditionError, InvalidArgumentError, NotFoundError
from tensegra._public import public
from tensegra._ragged.tensor import RaggedTensor
from tensegra._sparse.tensor import SparseTensor
from tensegra._stateful import Stateful, register
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike

_execute = _native.execute


@public("lookup.TextFileIndex")
class TextFileIndex:
    """What `TextFileInitializer` takes of a line, besides a column: its number, or all of it.

    >>> import tensegra as tg
    >>> tg.lookup.TextFileIndex.WHOLE_LINE
    -2
    """

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class TableInitializer:
    """Keys and values with which a table begins."""

    def __init__(self, keys: Any, values: Any) -> None:
        self._keys, self._values = keys, values

    @property
    def key_dtype(self) -> DType:
        """The dtype of the keys."""
        return self._keys.dtype  # type: ignore[no-any-return]

    @property
    def value_dtype(self) -> DType:
        """The dtype of the values."""
        return self._values.dtype  # type: ignore[no-any-return]


@public("lookup.KeyValueTensorInitializer")
class KeyValueTensorInitializer(TableInitializer):
    """Keys and values from tensors.

    Args:
        keys: A vector of int32, int64 or strings.
        values: As many values.
        key_dtype: The dtype of the keys, by default their own.
        value_dtype: The dtype of the values, by default their own.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: There are more keys than values or the reverse (TG-0105), or the keys have
            another dtype (TG-0102).

    >>> import tensegra as tg
    >>> tg.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]).key_dtype.name
    'string'
    """

    def __init__(
        self,
        keys: Any,
        values: Any,
        key_dtype: DTypeLike | None = None,
        value_dtype: DTypeLike | None = None,
        name: str | None = None,
    ) -> None:
        _native.lift()  # tables are made outside of graphs and captured by them
        try:
            super().__init__(_vector(keys, key_dtype), _vector(values, value_dtype))
        finally:
            _native.leave()
        if self._keys.shape != self._values.shape:
            raise InvalidArgumentError(
                "[lookup.KeyValueTensorInitializer] there must be a value for each key. Received: keys.shape="
                f"{self._keys.shape}, values.shape={self._values.shape}. Compare them.",
                code="TG-0105",
            )
        _require_key(self._keys.dtype)


@public("lookup.TextFileInitializer")
class TextFileInitializer(TableInitializer):
    """Keys and values from the lines of a text file, which is read now.

    Args:
        filename: The path.
        key_dtype: int64 or string.
        key_index: The column of the keys, counted from 0; or one of `TextFileIndex`.
        value_dtype: The dtype of the values.
        value_index: The column of the values; or one of `TextFileIndex`.
        vocab_size: How many lines are read at most; None: all.
        delimiter: What separates columns.
        name: Ignored; for compatibility.
        value_index_offset: Added to line numbers that are values.

    Raises:
        tg.errors.NotFoundError: There is no such file (TG-0641).
        tg.errors.InvalidArgumentError: A line has too few columns, or what is in it is no number (TG-0642).

    >>> import os, tempfile
    >>> import tensegra as tg
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "vocabulary.txt")
    ...     with open(path, "w") as file:
    ...         _ = file.write("emerson\\nlake\\npalmer\\n")
    ...     index = tg.lookup.TextFileIndex
    ...     initializer = tg.lookup.TextFileInitializer(
    ...         path, tg.string, index.WHOLE_LINE, tg.int64, index.LINE_NUMBER)
    ...     table = tg.lookup.StaticHashTable(initializer, -1)
    >>> table.lookup(tg.constant(["palmer", "nash"])).numpy().tolist()
    [2, -1]
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: DTypeLike,
        key_index: int,
        value_dtype: DTypeLike,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
        value_index_offset: int = 0,
    ) -> None:
        path = filename._numpy().decode() if isinstance(filename, _native.Tensor) else str(filename)
        try:
            lines = Path(path).read_bytes().split(b"\n")
        except OSError as error:
            raise NotFoundError(
                f"[lookup.TextFileInitializer] the file must be there and readable. Received: filename={path!r} "
                f"({error.strerror}). Check the path.",
                code="TG-0641",
            ) from error
        lines = [line.removesuffix(b"\r") for line in (lines[:-1] if lines[-1] == b"" else lines)]
        if vocab_size is not None and vocab_size > len(lines):
            raise _bad_file(path, f"vocab_size={vocab_size} for {len(lines)} lines")
        lines = lines[:vocab_size]
        keys = _column(path, lines, key_index, delimiter, as_dtype(key_dtype), 0)
        values = _column(path, lines, value_index, delimiter, as_dtype(value_dtype), value_index_offset)
        _native.lift()
        try:
            super().__init__(_vector(keys, key_dtype), _vector(values, value_dtype))
        finally:
            _native.leave()
        _require_key(self._keys.dtype)


@public("lookup.StaticHashTable")
class StaticHashTable(Stateful):
    """A table from keys to values that does not change.

    In a `tg.function`, and in a model that is saved, its keys and values are constants.

    Args:
        initializer: A `KeyValueTensorInitializer` or a `TextFileInitializer`.
        default_value: The value of keys that are not there.
        name: Ignored; for compatibility.
        experimental_is_anonymous: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: A key has two values (TG-0643).

    >>> import tensegra as tg
    >>> table = tg.lookup.StaticHashTable(tg.lookup.KeyValueTensorInitializer(["a", "b"], [10, 20]), default_value=-1)
    >>> table.lookup(tg.constant(["b", "c"])).numpy().tolist(), int(table.size())
    ([20, -1], 2)
    """

    def __init__(
        self,
        initializer: TableInitializer,
        default_value: Any,
        name: str | None = None,
        experimental_is_anonymous: bool = False,
    ) -> None:
        _native.lift()
        try:
            keys, values = initializer._keys, initializer._values
            self._index = _execute("table_index", (keys,))
            first = _execute("table_find", (keys, self._index, keys)).numpy()
            twice = np.flatnonzero(first != np.arange(len(first)))
            if twice.size:
                found = values.numpy()
                wrong = [i for i in twice.tolist() if found[i] != found[first[i]]]
                if wrong:
                    raise InvalidArgumentError(
                        "[lookup.StaticHashTable] a key must have one value. Received: "
                        f"{keys.numpy()[wrong[0]]!r} with {found[first[wrong[0]]]!r} and {found[wrong[0]]!r}. "
                        "Remove one of them.",
                        code="TG-0643",
                    )
            self._size = len(first) - twice.size
            self._keys, self._values = keys, values
            self._default = convert_to_tensor(default_value, values.dtype)
        finally:
            _native.leave()

    @property
    def key_dtype(self) -> DType:
        """The dtype of the keys."""
        return self._keys.dtype  # type: ignore[no-any-return]

    @property
    def value_dtype(self) -> DType:
        """The dtype of the values."""
        return self._values.dtype  # type: ignore[no-any-return]

    @property
    def default_value(self) -> Tensor:
        """The value of keys that are not there."""
        return self._default

    def size(self, name: str | None = None) -> Tensor:
        """How many keys there are."""
        return _native.tensor(self._size, int64._number)  # type: ignore[no-any-return]

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of keys.

        Args:
            keys: Keys of any shape; ragged and sparse tensors keep their form.
            name: Ignored; for compatibility.

        Raises:
            tg.errors.InvalidArgumentError: The keys have another dtype (TG-0102).
        """
        return _keeping_form("lookup.StaticHashTable", keys, self.key_dtype, self._find)

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys and values."""
        return self._keys, self._values

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def _find(self, keys: Any) -> Any:
        if self._size == 0:
            return _execute("broadcast_to", (self._default, _execute("shape", (keys,))))
        places = _execute("table_find", (self._keys, self._index, keys))
        zero = _native.tensor(0, int64._number)
        values = _execute("gather", (self._values, _execute("maximum", (places, zero))))
        return _execute("select", (_execute("greater_equal", (places, zero)), values, self._default))

    def _tensegra_children(self) -> dict[str, Any]:
        return {"keys": self._keys, "values": self._values, "default_value": self._default}

    @classmethod
    def _tensegra_rebuild(
        cls, children: dict[str, Any], metadata: dict[str, str], handle: Any
    ) -> StaticHashTable:
        initializer = KeyValueTensorInitializer(children["keys"], children["values"])
        return cls(initializer, children["default_value"])


@public("lookup.StaticVocabularyTable")
class StaticVocabularyTable(Stateful):
    """The numbers of the words of a vocabulary; words that are not in it go to further buckets by their hash.

    Args:
        initializer: Keys and their numbers, int64. None: all keys go to the buckets.
        num_oov_buckets: How many further buckets there are, above 0.
        lookup_key_dtype: The dtype of the keys asked for: string or an integer one.
        name: Ignored; for compatibility.
        experimental_is_anonymous: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: There is no bucket (TG-0106), or the numbers are not int64 (TG-0102).

    >>> import tensegra as tg
    >>> words = tg.lookup.KeyValueTensorInitializer(["emerson", "lake"], tg.constant([0, 1], tg.int64))
    >>> table = tg.lookup.StaticVocabularyTable(words, num_oov_buckets=1)
    >>> table.lookup(tg.constant(["lake", "king"])).numpy().tolist()
    [1, 2]
    """

    def __init__(
        self,
        initializer: TableInitializer | None,
        num_oov_buckets: int,
        lookup_key_dtype: DTypeLike | None = None,
        name: str | None = None,
        experimental_is_anonymous: bool = False,
    ) -> None:
        where = "lookup.StaticVocabularyTable"
        if num_oov_buckets <= 0:
            raise InvalidArgumentError(
                f"[{where}] there must be a bucket. Received: num_oov_buckets={num_oov_buckets}. Use 1, say.",
                code="TG-0106",
            )
        if initializer is not None and initializer.value_dtype != int64:
            raise InvalidArgumentError(
                f"[{where}] the numbers must be int64. Received: value_dtype={initializer.value_dtype.name}. "
                "Use value_dtype=tg.int64.",
                code="TG-0102",
            )
        self._table = None if initializer is None else StaticHashTable(initializer, -1)
        own = string if initializer is None else initializer.key_dtype
        self._key_dtype = own if lookup_key_dtype is None else as_dtype(lookup_key_dtype)
        self._buckets = num_oov_buckets

    @property
    def key_dtype(self) -> DType:
        """The dtype of the keys asked for."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """int64."""
        return int64

    def size(self, name: str | None = None) -> Tensor:
        """How many numbers there are, those of the further buckets among them."""
        own = 0 if self._table is None else self._table._size
        return _native.tensor(own + self._buckets, int64._number)  # type: ignore[no-any-return]

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The numbers of keys; ragged and sparse tensors keep their form."""
        return _keeping_form("lookup.StaticVocabularyTable", keys, self._key_dtype, self._find)

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def _find(self, keys: Any) -> Any:
        text = keys if keys.dtype == string else _execute("string_as_string", (keys,))
        buckets = _execute("string_to_hash_bucket_fast", (text,), {"num_buckets": self._buckets})
        if self._table is None:
            return buckets
        own = self._table.key_dtype
        known = self._table._find(
            keys if keys.dtype == own else _execute("cast", (keys,), {"dtype": own._number})
        )
        further = _execute("add", (buckets, _native.tensor(self._table._size, int64._number)))
        there = _execute("greater_equal", (known, _native.tensor(0, int64._number)))
        return _execute("select", (there, known, further))

    def _tensegra_children(self) -> dict[str, Any]:
        return {} if self._table is None else {"table": self._table}

    def _tensegra_metadata(self) -> dict[str, str]:
        return {"num_oov_buckets": str(self._buckets), "key_dtype": self._key_dtype.name}

    @classmethod
    def _tensegra_rebuild(
        cls, children: dict[str, Any], metadata: dict[str, str], handle: Any
    ) -> StaticVocabularyTable:
        made = cls(None, int(metadata["num_oov_buckets"]), as_dtype(metadata["key_dtype"]))
        table = children.get("table")
        if table is not None and not isinstance(table, StaticHashTable):
            raise TypeError("the vocabulary is no table")
        made._table = table
        return made


class MutableHashTable(Stateful):
    """A table from keys to values that can change. It is saved with a model, and functions share it.

    Args:
        key_dtype: int32, int64 or string.
        value_dtype: The dtype of the values.
        default_value: The value of keys that are not there; its shape is that of all values.
        name: Ignored; for compatibility.
        checkpoint: Ignored; for compatibility.
        experimental_is_anonymous: Ignored; for compatibility.
    """

    def __init__(
        self,
        key_dtype: DTypeLike,
        value_dtype: DTypeLike,
        default_value: Any,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
        experimental_is_anonymous: bool = False,
    ) -> None:
        self._key_dtype, self._value_dtype = as_dtype(key_dtype), as_dtype(value_dtype)
        _require_key(self._key_dtype)
        _native.lift()
        try:
            self._default = convert_to_tensor(default_value, self._value_dtype)
            self._shape = self._default.shape.as_list()
            attributes = {
                "key_dtype": self._key_dtype._number,
                "value_dtype": self._value_dtype._number,
                "value_shape": self._shape,
            }
            self._attributes = attributes
            self._resource = _execute("mutable_table", (), attributes)
        finally:
            _native.leave()
        register(self, self._resource)

    @property
    def key_dtype(self) -> DType:
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The dtype of the values."""
        return self._value_dtype

    def size(self, name: str | None = None) -> Tensor:
        """How many keys there are."""
        return _execute("table_size", (self._resource,))  # type: ignore[no-any-return]

    def insert(self, keys: Any, values: Any, name: str | None = None) -> None:
        """Puts keys with their values into the table, in place of the values that they have."""
        inputs = (convert_to_tensor(keys, self._key_dtype), convert_to_tensor(values, self._value_dtype))
        _execute("table_insert", (self._resource, *inputs))

    def remove(self, keys: Any, name: str | None = None) -> None:
        """Takes keys out; those that are not there do not matter."""
        _execute("table_remove", (self._resource, convert_to_tensor(keys, self._key_dtype)))

    erase = remove

    def lookup(self, keys: Any, dynamic_default_values: Any = None, name: str | None = None) -> Any:
        """The values of keys.

        Args:
            keys: Keys of any shape; ragged and sparse tensors keep their form.
            dynamic_default_values: The value of keys that are not there, in place of the table's.
            name: Ignored; for compatibility.
        """
        default = self._default
        if dynamic_default_values is not None:
            default = convert_to_tensor(dynamic_default_values, self._value_dtype)

        def find(tensor: Any) -> Any:
            attributes = {"value_shape": self._shape}
            return _execute("table_lookup", (self._resource, tensor, default), attributes)

        return _keeping_form("lookup.experimental.MutableHashTable", keys, self._key_dtype, find)

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys and values, in no particular order."""
        return _execute("table_export", (self._resource,), self._attributes)  # type: ignore[no-any-return]

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def _tensegra_children(self) -> dict[str, Any]:
        return {"default_value": self._default}

    def _tensegra_resource(self) -> tuple[str, Any]:
        return "table", self._resource

    def _tensegra_state(self) -> list[Any]:
        return list(self.export())

    def _tensegra_restore(self, state: list[Any]) -> None:
        keys, values = state
        self.remove(self.export()[0])
        MutableHashTable.insert(self, keys, values)

    @classmethod
    def _tensegra_rebuild(
        cls, children: dict[str, Any], metadata: dict[str, str], handle: Any
    ) -> MutableHashTable:
        made = cls.__new__(cls)
        made._default = children["default_value"]
        made._shape = made._default.shape.as_list()
        made._value_dtype = made._default.dtype
        made._key_dtype = as_dtype(metadata["key_dtype"])
        made._attributes = {
            "key_dtype": made._key_dtype._number,
            "value_dtype": made._value_dtype._number,
            "value_shape": made._shape,
        }
        made._resource = handle
        made.export()  # the table is of these dtypes
        register(made, handle)
        return made

    def _tensegra_metadata(self) -> dict[str, str]:
        return {"key_dtype": self._key_dtype.name}


class DenseHashTable(MutableHashTable):
    """A `MutableHashTable` with TensorFlow's further arguments: two keys that are never used.

    Args:
        key_dtype: int32, int64 or string.
        value_dtype: The dtype of the values.
        default_value: The value of keys that are not there; its shape is that of all values.
        empty_key: A key that is never inserted.
        deleted_key: Another one.
        initial_num_buckets: Ignored; for compatibility.
        name: Ignored; for compatibility.
        checkpoint: Ignored; for compatibility.
        experimental_is_anonymous: Ignored; for compatibility.
    """

    def __init__(
        self,
        key_dtype: DTypeLike,
        value_dtype: DTypeLike,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
        experimental_is_anonymous: bool = False,
    ) -> None:
        super().__init__(key_dtype, value_dtype, default_value)
        self._reserved_keys = convert_to_tensor([empty_key, deleted_key], self._key_dtype)
        self._reserved = list(self._reserved_keys.numpy())
        if self._reserved[0] == self._reserved[1]:
            raise FailedPreconditionError(
                "[lookup.experimental.DenseHashTable] empty_key and deleted_key must differ. Received: "
                f"{self._reserved[0]!r} twice. Choose two keys that are never used.",
                code="TG-0644",
            )

    def insert(self, keys: Any, values: Any, name: str | None = None) -> None:
        """Puts keys with their values into the table.

        Raises:
            tg.errors.FailedPreconditionError: A key is one of the two that are never used (TG-0644).
        """
        tensor = convert_to_tensor(keys, self._key_dtype)
        if not tensor._is_symbolic and np.isin(tensor.numpy(), self._reserved).any():
            raise FailedPreconditionError(
                "[lookup.experimental.DenseHashTable] empty_key and deleted_key are never inserted. Received: one of "
                f"{self._reserved!r}. Choose other reserved keys.",
                code="TG-0644",
            )
        super().insert(tensor, values)

    def _tensegra_children(self) -> dict[str, Any]:
        return {**super()._tensegra_children(), "reserved": self._reserved_keys}

    @classmethod
    def _tensegra_rebuild(
        cls, children: dict[str, Any], metadata: dict[str, str], handle: Any
    ) -> MutableHashTable:
        made = super()._tensegra_rebuild(children, metadata, handle)
        assert isinstance(made, DenseHashTable)
        made._reserved_keys = children["reserved"]
        made._reserved = list(made._reserved_keys.numpy())
        return made


@public("lookup.experimental")
class experimental:
    """Tables that can change.

    >>> import tensegra as tg
    >>> table = tg.lookup.experimental.MutableHashTable(tg.string, tg.int64, default_value=-1)
    >>> table.insert(["a", "b"], [1, 2])
    >>> table.remove(["a"])
    >>> table.lookup(tg.constant(["a", "b"])).numpy().tolist(), int(table.size())
    ([-1, 2], 1)
    """

    DenseHashTable = DenseHashTable
    MutableHashTable = MutableHashTable


def _vector(value: Any, dtype: DTypeLike | None) -> Any:
    if isinstance(value, (list, tuple)) and not value:
        kind = as_dtype("float32" if dtype is None else dtype)
        return _execute("fill", ([0], _native.tensor("" if kind == string else 0, kind._number)))
    return convert_to_tensor(value, dtype)


def _require_key(dtype: DType) -> None:
    if dtype not in (int32, int64, string):
        raise InvalidArgumentError(
            f"[lookup] keys must be int32, int64 or string. Received: key_dtype={dtype.name}. Use tg.cast.",
            code="TG-0102",
        )


def _keeping_form(where: str, keys: Any, dtype: DType, find: Callable[[Any], Any]) -> Any:
    """`find` of the values of a ragged or sparse tensor, in its form; of other tensors as they are."""
    if isinstance(keys, RaggedTensor):
        return keys.with_flat_values(_keeping_form(where, keys.flat_values, dtype, find))
    if isinstance(keys, SparseTensor):
        return keys.with_values(_keeping_form(where, keys.values, dtype, find))
    tensor = convert_to_tensor(keys, dtype_hint=dtype)
    if tensor.dtype != dtype:
        raise InvalidArgumentError(
            f"[{where}] keys must have the dtype of the table. Received: {tensor.dtype.name} for {dtype.name}. "
            "Use tg.cast.",
            code="TG-0102",
        )
    return find(tensor)


def _bad_file(path: str, what: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[lookup.TextFileInitializer] each line must have the columns, of their dtypes. Received: {what} in {path!r}. "
        "Check the indices, the delimiter and the dtypes.",
        code="TG-0642",
    )


def _column(
    path: str, lines: list[bytes], index: int, delimiter: str, dtype: DType, offset: int
) -> list[Any]:
    if index == TextFileIndex.LINE_NUMBER:
        return [i + offset for i in range(len(lines))]
    found: list[Any] = []
    for number, line in enumerate(lines):
        parts = [line] if index == TextFileIndex.WHOLE_LINE else line.split(delimiter.encode())
        place = 0 if index == TextFileIndex.WHOLE_LINE else index
        if not 0 <= place < len(parts):
            raise _bad_file(path, f"line {number + 1} of {len(parts)} columns, column {index}")
        try:
            value: Any = parts[place]
            found.append(value if dtype == string else float(value) if dtype.is_floating else int(value))
        except ValueError:
            raise _bad_file(path, f"line {number + 1}: {parts[place][:40]!r}") from None
    return found
