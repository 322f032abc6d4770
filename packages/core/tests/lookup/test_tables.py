"""`tg.lookup`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

L = tg.lookup


def words(default: Any = -1) -> Any:
    return L.StaticHashTable(L.KeyValueTensorInitializer(["a", "b", "c"], [1, 2, 3]), default)


@pytest.mark.parametrize("key_dtype", ["int32", "int64", "string"])
@pytest.mark.parametrize("value_dtype", ["bool", "int32", "float64", "string"])
def test_every_dtype(key_dtype: str, value_dtype: str) -> None:
    numbers = np.random.default_rng(1).permutation(1000)[:300]
    keys = tg.strings.as_string(numbers) if key_dtype == "string" else tg.cast(numbers, key_dtype)
    plain = tg.range(300)
    values = tg.strings.as_string(plain) if value_dtype == "string" else tg.cast(plain, value_dtype)
    default = {"bool": False, "string": "none"}.get(value_dtype, -7)
    asked = np.arange(1000)
    query = tg.strings.as_string(asked) if key_dtype == "string" else tg.cast(asked, key_dtype)
    known = dict(zip(numbers.tolist(), values.numpy().tolist(), strict=True))
    missing = b"none" if value_dtype == "string" else default
    wanted = [known.get(n, missing) for n in asked.tolist()]
    static = L.StaticHashTable(L.KeyValueTensorInitializer(keys, values), default)
    assert static.lookup(query).numpy().tolist() == wanted
    assert int(static.size()) == 300
    changing = L.experimental.MutableHashTable(key_dtype, value_dtype, default)
    changing.insert(keys, values)
    assert changing[query].numpy().tolist() == wanted
    exported, found = changing.export()
    assert sorted(exported.numpy().tolist()) == sorted(keys.numpy().tolist())
    assert changing.lookup(exported).numpy().tolist() == found.numpy().tolist()


def test_forms_of_keys() -> None:
    table = words()
    assert table.lookup(tg.constant("b")).numpy() == 2
    assert table[tg.constant([["a"], ["x"]])].numpy().tolist() == [[1], [-1]]
    assert table.lookup(tg.ragged.constant([["a"], [], ["c", "x"]])).to_list() == [[1], [], [3, -1]]
    sparse = table.lookup(tg.SparseTensor([[0, 1]], ["b"], [2, 2]))
    assert tg.sparse.to_dense(sparse).numpy().tolist() == [[0, 2], [0, 0]]
    empty = L.StaticHashTable(L.KeyValueTensorInitializer([], [], tg.string, tg.int64), 5)
    assert empty.lookup(tg.constant(["a"])).numpy().tolist() == [5]
    assert (table.key_dtype, table.value_dtype, table.default_value.numpy()) == (tg.string, tg.int32, -1)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0102"):
        table.lookup(tg.constant([1]))


def test_in_functions_and_saved_models(tmp_path: Path) -> None:
    class Model(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = words()

        @tg.function(input_signature=[tg.TensorSpec([None], tg.string)])
        def __call__(self, x: Any) -> Any:
            return self.table.lookup(x)

    model = Model()
    query = tg.constant(["c", "nobody"])
    assert model(query).numpy().tolist() == [3, -1]
    tg.saved_model.save(model, str(tmp_path / "model"))
    restored = tg.saved_model.load(str(tmp_path / "model"))
    assert restored(query).numpy().tolist() == [3, -1]


def test_vocabularies() -> None:
    table = L.StaticVocabularyTable(
        L.KeyValueTensorInitializer(["a", "b"], tg.constant([0, 1], tg.int64)), num_oov_buckets=3
    )
    found = table.lookup(tg.constant(["b", "x", "y", "z"])).numpy()
    assert found[0] == 1
    # The buckets follow from FarmHash's fingerprint, as in TensorFlow.
    wanted = tg.strings.to_hash_bucket_fast(["x", "y", "z"], 3).numpy() + 2
    assert found[1:].tolist() == wanted.tolist()
    assert int(table.size()) == 5
    numbers = L.StaticVocabularyTable(
        L.KeyValueTensorInitializer(tg.constant([7], tg.int64), tg.constant([0], tg.int64)), 1, tg.int32
    )
    assert numbers.lookup(tg.constant([7, 8])).numpy().tolist() == [0, 1]
    assert L.StaticVocabularyTable(None, 1)[tg.constant(["q"])].numpy().tolist() == [0]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        L.StaticVocabularyTable(None, 0)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0102"):
        L.StaticVocabularyTable(L.KeyValueTensorInitializer(["a"], [0]), 1)


def test_text_files(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(b"one 1\r\ntwo 2\nthree 3\n")
    index = L.TextFileIndex
    columns = L.TextFileInitializer(str(path), tg.string, 0, tg.int64, 1, delimiter=" ")
    assert L.StaticHashTable(columns, -1)[tg.constant(["three", "x"])].numpy().tolist() == [3, -1]
    lines = L.TextFileInitializer(
        str(path), tg.int64, index.LINE_NUMBER, tg.string, index.WHOLE_LINE, vocab_size=2
    )
    assert L.StaticHashTable(lines, "")[tg.constant([1, 2], tg.int64)].numpy().tolist() == [b"two 2", b""]
    offset = L.TextFileInitializer(
        str(path), tg.string, 0, tg.int64, index.LINE_NUMBER, delimiter=" ", value_index_offset=10
    )
    assert L.StaticHashTable(offset, -1)[tg.constant("two")].numpy() == 11
    for wrong in (
        lambda: L.TextFileInitializer(str(path), tg.string, 2, tg.int64, 1, delimiter=" "),
        lambda: L.TextFileInitializer(str(path), tg.int64, 0, tg.int64, 1, delimiter=" "),
        lambda: L.TextFileInitializer(str(path), tg.string, 0, tg.int64, 1, vocab_size=9, delimiter=" "),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0642"):
            wrong()
    with pytest.raises(tg.errors.NotFoundError, match="TG-0641"):
        L.TextFileInitializer(str(tmp_path / "none"), tg.string, 0, tg.int64, 1)


def test_tables_that_change() -> None:
    table = L.experimental.MutableHashTable(tg.string, tg.float32, [0.0, -1.0])
    table.insert(["a", "b"], [[1.0, 2.0], [3.0, 4.0]])
    table.insert(["b"], [[5.0, 6.0]])
    assert table.lookup(tg.constant(["b", "x"])).numpy().tolist() == [[5.0, 6.0], [0.0, -1.0]]
    assert table.lookup(["x"], dynamic_default_values=[9.0, 9.0]).numpy().tolist() == [[9.0, 9.0]]
    table.remove(["a", "never"])
    assert int(table.size()) == 1

    @tg.function
    def count(x: Any) -> Any:
        table.insert(x, [[7.0, 8.0]])
        return table.size(), table.lookup(x)

    size, found = count(tg.constant(["new"]))
    assert int(size) == 2
    assert found.numpy().tolist() == [[7.0, 8.0]]
    texts = L.experimental.MutableHashTable(tg.int64, tg.string, ["", "?"])
    texts.insert([1], [["a", "b"]])
    assert texts.lookup([1, 2]).numpy().tolist() == [[b"a", b"b"], [b"", b"?"]]
    dense = L.experimental.DenseHashTable(tg.int64, tg.int64, -1, empty_key=-1, deleted_key=-2)
    dense.insert([1, 2], [3, 4])
    dense.erase([1])
    assert dense.lookup([1, 2]).numpy().tolist() == [-1, 4]
    for wrong in (
        lambda: dense.insert([-1], [0]),
        lambda: L.experimental.DenseHashTable(tg.int64, tg.int64, 0, empty_key=1, deleted_key=1),
    ):
        with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0644"):
            wrong()


def test_bad_input() -> None:
    for code, wrong in (
        ("TG-0643", lambda: L.StaticHashTable(L.KeyValueTensorInitializer(["a", "a"], [1, 2]), 0)),
        ("TG-0105", lambda: L.KeyValueTensorInitializer(["a"], [1, 2])),
        ("TG-0102", lambda: L.KeyValueTensorInitializer([1.5], [1])),
        ("TG-0102", lambda: L.experimental.MutableHashTable(tg.float32, tg.int64, 0)),
        ("TG-0105", lambda: L.experimental.MutableHashTable(tg.int64, tg.int64, 0).insert([1], [[2]])),
        (
            "TG-0640",
            lambda: _native.execute(
                "table_find", (tg.constant([1]), tg.constant([5], tg.int64), tg.constant([1]))
            ),
        ),
        ("TG-0501", lambda: _native.execute("table_size", (tg.Variable(1.0).handle,))),
        ("TG-0106", lambda: _native.execute("mutable_table", (), {"key_dtype": 12, "value_dtype": 12})),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match=code):
            wrong()
    same = L.StaticHashTable(L.KeyValueTensorInitializer(["a", "a"], [1, 1]), 0)
    assert int(same.size()) == 1
