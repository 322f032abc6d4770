"""Examples and tensors as messages."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

import tensegra as tg

io = tg.io


def varint(value: int) -> bytes:
    value %= 2**64
    out = b""
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def feature(values: list[Any], packed: bool = True) -> bytes:
    if not values:
        return field(3, b"")
    if isinstance(values[0], bytes):
        return field(1, b"".join(field(1, v) for v in values))
    if isinstance(values[0], float):
        parts = [struct.pack("<f", v) for v in values]
        return field(2, field(1, b"".join(parts)) if packed else b"".join(b"\x0d" + p for p in parts))
    numbers = [varint(v) for v in values]
    return field(3, field(1, b"".join(numbers)) if packed else b"".join(b"\x08" + n for n in numbers))


def features(packed: bool = True, **given: list[Any]) -> bytes:
    return b"".join(field(1, field(1, k.encode()) + field(2, feature(v, packed))) for k, v in given.items())


def example(packed: bool = True, **given: list[Any]) -> bytes:
    return field(1, features(packed, **given))


def sequence(context: dict[str, list[Any]], **lists: list[list[Any]]) -> bytes:
    entries = b"".join(
        field(1, field(1, k.encode()) + field(2, b"".join(field(1, feature(v)) for v in rows)))
        for k, rows in lists.items()
    )
    return field(1, features(**context)) + field(2, entries)


@pytest.mark.parametrize("packed", [True, False])
def test_examples(packed: bool) -> None:
    batch = [
        example(packed, age=[5], score=[1.5, 2.5], words=[b"a", b"bc"], at=[2, 0], val=[7.0, 8.0]),
        example(packed, age=[-1], score=[3.5, 4.5], at=[], val=[]),
    ]
    wanted = {
        "age": io.FixedLenFeature([], tg.int64),
        "score": io.FixedLenFeature([2, 1], tg.float32),
        "words": io.VarLenFeature(tg.string),
        "missing": io.FixedLenFeature([2], tg.string, default_value=["x", "y"]),
        "sparse": io.SparseFeature("at", "val", tg.float32, 4),
        "padded": io.FixedLenSequenceFeature([], tg.string, allow_missing=True, default_value="-"),
        "ragged": io.RaggedFeature(tg.string, value_key="words"),
        "rows": io.RaggedFeature(
            tg.string, "words", [io.RaggedFeature.UniformRowLength(1)], row_splits_dtype=tg.int64
        ),
    }
    wanted["padded"] = io.FixedLenSequenceFeature([], tg.float32, allow_missing=True)

    def check(found: dict[str, Any]) -> None:
        assert found["age"].numpy().tolist() == [5, -1]
        assert found["score"].numpy().tolist() == [[[1.5], [2.5]], [[3.5], [4.5]]]
        assert found["words"].indices.numpy().tolist() == [[0, 0], [0, 1]]
        assert found["words"].dense_shape.numpy().tolist() == [2, 2]
        assert found["missing"].numpy().tolist() == [[b"x", b"y"]] * 2
        assert tg.sparse.to_dense(found["sparse"]).numpy().tolist() == [[8, 0, 7, 0], [0] * 4]
        assert found["padded"].shape == [2, 0]
        assert found["ragged"].to_list() == [[b"a", b"bc"], []]
        assert found["ragged"].row_splits.dtype == tg.int32
        assert found["rows"].to_list() == [[[b"a"], [b"bc"]], []]

    check(io.parse_example(batch, wanted))
    traced = tg.function(
        lambda x: io.parse_example(x, wanted), input_signature=[tg.TensorSpec([None], tg.string)]
    )
    check(traced(tg.constant(batch)))
    one = io.parse_single_example(batch[0], {"words": io.VarLenFeature(tg.string), "age": wanted["age"]})
    assert one["age"].numpy() == 5
    assert one["words"].indices.numpy().tolist() == [[0], [1]]


def test_partitions() -> None:
    message = example(v=[1, 2, 3, 4, 5], n=[2, 0, 3], s=[0, 1, 5])
    kinds = io.RaggedFeature
    found = io.parse_example(
        [message, message],
        {
            "lengths": kinds(tg.int64, "v", [kinds.RowLengths("n")]),
            "splits": kinds(tg.int64, "v", [kinds.RowSplits("s")]),
        },
    )
    assert found["lengths"].to_list() == [[[1, 2], [], [3, 4, 5]]] * 2
    assert found["splits"].to_list() == [[[1], [2, 3, 4, 5]]] * 2


def test_sequences() -> None:
    batch = [
        sequence({"id": [1]}, tokens=[[1, 2], [3, 4]], tags=[[b"x"], [b"y", b"z"]]),
        sequence({"id": [2]}, tokens=[[5, 6]], tags=[]),
    ]
    context, lists, lengths = io.parse_sequence_example(
        batch,
        {"id": io.FixedLenFeature([], tg.int64)},
        {
            "tokens": io.FixedLenSequenceFeature([2], tg.int64),
            "tags": io.RaggedFeature(tg.string),
        },
    )
    assert context["id"].numpy().tolist() == [1, 2]
    assert lists["tokens"].numpy().tolist() == [[[1, 2], [3, 4]], [[5, 6], [0, 0]]]
    assert lengths["tokens"].numpy().tolist() == [2, 1]
    assert lists["tags"].to_list() == [[[b"x"], [b"y", b"z"]], []]
    context, lists = io.parse_single_sequence_example(
        batch[0], {"id": io.FixedLenFeature([], tg.int64)}, {"tags": io.VarLenFeature(tg.string)}
    )
    assert context["id"].numpy() == 1
    assert lists["tags"].indices.numpy().tolist() == [[0, 0], [1, 0], [1, 1]]


def test_bad_examples() -> None:
    good = example(x=[1])
    for spec in (
        {"x": io.FixedLenFeature([2], tg.int64)},
        {"x": io.FixedLenFeature([], tg.float32)},
        {"y": io.FixedLenFeature([], tg.int64)},
        {"y": io.FixedLenSequenceFeature([], tg.int64)},
        {"x": io.FixedLenSequenceFeature([2], tg.int64, allow_missing=True)},
        {"s": io.SparseFeature("y", "x", tg.int64, 3)},
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0653"):
            io.parse_example([good], spec)
    for size in range(1, len(good)):
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"TG-065[13]"):
            io.parse_example([good[:size]], {"x": io.FixedLenFeature([], tg.int64)})
    for kind in ({"x": 3}, {"x": io.RaggedFeature(tg.int64, partitions=["z"])}):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
            io.parse_example([good], kind)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        io.parse_example([good], {"x": io.VarLenFeature(tg.int32)})


def test_mangled_examples_do_no_harm() -> None:
    random = np.random.default_rng(4)
    good = example(x=[1, 2, 300], y=[b"abc"], z=[1.0, 2.0])
    for _ in range(300):
        mangled = bytearray(good)
        for place in random.integers(0, len(good), 3):
            mangled[place] = random.integers(0, 256)
        for key, dtype in (("x", tg.int64), ("y", tg.string), ("z", tg.float32)):
            try:
                io.parse_example([bytes(mangled)], {key: io.VarLenFeature(dtype)})
            except tg.errors.InvalidArgumentError as error:
                assert error.error_code in ("TG-0651", "TG-0653")


DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64",
          "complex64", "complex128", "string"]  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (2, 1)])
def test_tensors_return(dtype: str, shape: tuple[int, ...]) -> None:
    numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    value = tg.constant(numbers.astype(str).astype(object) if dtype == "string" else numbers.astype(dtype))
    found = io.parse_tensor(io.serialize_tensor(value), dtype)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found.numpy(), value.numpy(), strict=True)


def test_messages_of_tensors() -> None:
    # Recorded from TensorFlow 2.21.0: serialize_tensor([[1., 2.]]) and serialize_tensor(["a", "bc"]).
    floats = b'\x08\x01\x12\x08\x12\x02\x08\x01\x12\x02\x08\x02"\x08\x00\x00\x80?\x00\x00\x00@'
    texts = b"\x08\x07\x12\x04\x12\x02\x08\x02B\x01aB\x02bc"
    assert io.serialize_tensor([[1.0, 2.0]]).numpy() == floats
    assert io.serialize_tensor(["a", "bc"]).numpy() == texts
    shape = b"\x12\x04\x12\x02\x08\x03"
    # One element stands for all behind it; none for zeros.
    assert io.parse_tensor(b"\x08\x01" + shape + b"\x2d\x00\x00\x80?", tg.float32).numpy().tolist() == [
        1,
        1,
        1,
    ]
    assert io.parse_tensor(b"\x08\x03" + shape, tg.int32).numpy().tolist() == [0, 0, 0]
    assert io.parse_tensor(b"\x08\x0a" + shape + b"\x5a\x03\x01\x00\x01", tg.bool).numpy().tolist() == [
        1,
        0,
        1,
    ]
    for code, data, dtype in (
        ("TG-0652", floats, tg.int32),
        ("TG-0652", b"\x08\x03" + shape + b"\x22\x04abcd", tg.int32),
        ("TG-0652", texts[:-4], tg.string if False else tg.float32),
        ("TG-0651", floats[:-1], tg.float32),
        ("TG-0651", b"\xff\xff", tg.float32),
        ("TG-0109", b"\x08\x01\x12\x0d\x12\x0b\x08" + varint(-5), tg.float32),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match=code):
            io.parse_tensor(data, dtype)


def test_sparse_tensors_return() -> None:
    sparse = tg.SparseTensor([[0, 1], [2, 0], [2, 3]], [1.0, 2.0, 3.0], [4, 5])
    rows = io.serialize_many_sparse(sparse)
    assert rows.shape == [4, 3]
    found = io.deserialize_many_sparse(rows, tg.float32)
    np.testing.assert_array_equal(tg.sparse.to_dense(found), tg.sparse.to_dense(sparse))
    parts = io.serialize_sparse(sparse)
    assert io.parse_tensor(parts[1], tg.float32).numpy().tolist() == [1, 2, 3]
