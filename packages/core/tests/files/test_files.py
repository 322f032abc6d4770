"""`tg.io`: files, records, base 64, raw numbers, comma-separated values."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg

io = tg.io


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "file.bin"
    content = bytes(range(256)) * 300
    io.write_file(str(path), content)
    assert path.read_bytes() == content
    assert io.read_file(str(path)).numpy() == content
    reader = tg.function(io.read_file, input_signature=[tg.TensorSpec([], tg.string)])
    assert reader(tg.constant(str(path))).numpy() == content
    io.write_file(str(path), "other")
    assert reader(tg.constant(str(path))).numpy() == b"other"  # each run reads anew
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "b.txt").write_text("")
    found = io.matching_files([str(tmp_path / "*.txt"), str(tmp_path / "none*")]).numpy().tolist()
    assert found == [str(tmp_path / name).encode() for name in ("a.txt", "b.txt")]
    with pytest.raises(tg.errors.NotFoundError, match="TG-0641"):
        io.read_file(str(tmp_path / "none"))
    with pytest.raises(tg.errors.UnknownError, match="TG-0645"):
        io.read_file(str(tmp_path))
    with pytest.raises(tg.errors.UnknownError, match="TG-0645"):
        io.write_file(str(tmp_path / "a.txt" / "file"), "x")


def records(content: bytes) -> list[bytes]:
    """The records of a file, by the definition of the format."""
    found, at = [], 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        data = content[at + 12 : at + 12 + length]
        for covered, place in ((content[at : at + 8], at + 8), (data, at + 12 + length)):
            (checksum,) = struct.unpack_from("<I", content, place)
            turned = (checksum - 0xA282EAD8) & 0xFFFFFFFF
            assert crc32c(covered) == (turned >> 17 | turned << 15) & 0xFFFFFFFF
        found.append(data)
        at += 16 + length
    return found


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_record_files(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "file.tfrecord"
    with io.TFRecordWriter(str(path), io.TFRecordOptions(compression)) as writer:
        writer.write(b"one")
        writer.flush()
        writer.write("two" * 1000)
        writer.write(b"")
    unpack: Any = {"": bytes, "GZIP": gzip.decompress, "ZLIB": zlib.decompress}[compression]
    assert records(unpack(path.read_bytes())) == [b"one", b"two" * 1000, b""]
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0650"):
        writer.write(b"late")
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        io.TFRecordWriter(str(path), "LZMA")


def test_bytes() -> None:
    every = bytes(range(256))
    assert io.decode_base64(io.encode_base64([every])).numpy()[0] == every
    for wrong in ("a", "ab+/", "a b=", "ab===", "abc=d"):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0646"):
            io.decode_base64(wrong)
    numbers = np.array([[1.5, -2.0], [3.0, 4.0]])
    for order, little in (("<", True), (">", False)):
        rows = [row.astype(order + "f8").tobytes() for row in numbers]
        assert io.decode_raw(rows, tg.float64, little_endian=little).numpy().tolist() == numbers.tolist()
    for wrong in (["abc"], ["ab", "abcd"]):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0647"):
            io.decode_raw(wrong, tg.int16)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        io.decode_raw(["ab"], tg.int16, fixed_length=3)


def test_comma_separated_values() -> None:
    lines = ['1,"a, ""b""",2.5', ",c,"]
    columns = io.decode_csv(lines, [tg.constant([7]), tg.string, [0.5]])
    assert [c.numpy().tolist() for c in columns] == [[1, 7], [b'a, "b"', b"c"], [2.5, 0.5]]
    one = io.decode_csv("x;NA;3", [[0]], field_delim=";", na_value="NA", select_cols=[1])
    assert one[0].numpy() == 0
    traced = tg.function(
        lambda x: io.decode_csv(x, [[0], [""]]), input_signature=[tg.TensorSpec([None], tg.string)]
    )
    assert [c.numpy().tolist() for c in traced(tg.constant(["1,a", ",b"]))] == [[1, 0], [b"a", b"b"]]
    for wrong in (
        lambda: io.decode_csv(["1,2"], [[0]]),
        lambda: io.decode_csv([",2"], [tg.int32, tg.int32]),
        lambda: io.decode_csv(['"a'], [[""]]),
        lambda: io.decode_csv(['a"b"'], [[""]]),
        lambda: io.decode_csv(['"a"b'], [[""]]),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0648"):
            wrong()
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0633"):
        io.decode_csv(["x"], [[0]])
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        io.decode_csv(["a,b"], [[""], [""]], select_cols=[1, 0])


def test_sets() -> None:
    a = tg.SparseTensor(
        [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]], [1, 2, 3, 4, 5, 6], [2, 2, 2]
    )
    b = tg.SparseTensor([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]], [1, 4, 5, 7], [2, 2, 2])
    assert tg.sparse.to_dense(tg.sets.intersection(a, b)).numpy().tolist() == [[[1], [0]], [[4], [5]]]
    assert tg.sets.difference(a, b).values.numpy().tolist() == [2, 3, 6]
    assert tg.sets.difference(a, b, aminusb=False).values.numpy().tolist() == [7]
    assert tg.sets.union(a, b).values.numpy().tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert tg.sets.size(a).numpy().tolist() == [[2, 1], [1, 2]]
    words = tg.sets.intersection([["a", "b"]], [["b", "c"]])
    assert words.values.numpy().tolist() == [b"b"]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0105"):
        tg.sets.union([[1]], [[1], [2]])
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0103"):
        tg.sets.union(1, [1])
