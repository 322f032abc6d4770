from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

import tensegra as tg

_DTYPES = {
    "F32": np.float32,
    "F64": np.float64,
    "I64": np.int64,
    "U8": np.uint8,
    "BOOL": np.bool_,
    "I32": np.int32,
}


def read_safetensors(path: Path) -> dict[str, np.ndarray]:
    """A reader written from the description of the layout, with its rule that there are no holes."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__")
    start, end, arrays = 8 + length, 0, {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        assert begin == end
        end = stop
        if not name.startswith("__padding_"):
            assert (start + begin) % 64 == 0
        array = np.frombuffer(content[start + begin : start + stop], _DTYPES[entry["dtype"]])
        arrays[name] = array.reshape(entry["shape"])
    assert start + end == len(content)
    return arrays


def root_with(**values: Any) -> tg.Module:
    root = tg.Module()
    for name, value in values.items():
        setattr(root, name, tg.Variable(value))
    return root


def test_the_layout(tmp_path: Path, editor: Any, saved: Path) -> None:
    values = {
        "a": np.arange(5, dtype=np.float32),
        "b": np.arange(7, dtype=np.float64).reshape(7, 1),
        "ü": np.array(3, np.int64),
        "flags": np.array([True, False, True]),
        "empty": np.zeros((0, 4), np.float32),
        "even": np.arange(32, dtype=np.float32),
    }
    tg.saved_model.save(root_with(**values), tmp_path)
    (path,) = tmp_path.glob("weights-*")
    arrays = read_safetensors(path)
    for name, value in values.items():
        np.testing.assert_array_equal(arrays[name], value)
        assert arrays[name].dtype == value.dtype
    message = type(editor)(tmp_path).message
    (file,) = message.weight_files
    content = path.read_bytes()
    pieces = [content[i : i + (4 << 20)] for i in range(0, len(content), 4 << 20)]
    digest = hashlib.sha256(b"".join(hashlib.sha256(piece).digest() for piece in pieces)).hexdigest()
    assert (file.name, file.size, file.tree_sha256) == (path.name, path.stat().st_size, digest)
    assert path.name == f"weights-{digest[:16]}-00001.safetensors"
    content = path.read_bytes()
    for weight in message.weights:
        data = content[weight.offset : weight.offset + weight.length]
        assert data == values[weight.name].tobytes()
        assert list(weight.dims) == list(values[weight.name].shape)


def test_shards(tmp_path: Path) -> None:
    values = {f"v{index}": np.full(60, index, np.float32) for index in range(10)} | {
        "large": np.arange(1000, dtype=np.float32)
    }
    root = root_with(**values)
    tg.saved_model.save(root, tmp_path, options=tg.saved_model.SaveOptions(shard_bytes=1000))
    files = sorted(tmp_path.glob("weights-*"), key=lambda path: path.name[-17:])
    assert [path.name[-17:] for path in files] == [f"{n:05d}.safetensors" for n in range(1, len(files) + 1)]
    assert len(files) == 4
    loaded = tg.saved_model.load(tmp_path)
    for name, value in values.items():
        np.testing.assert_array_equal(getattr(loaded, name), value)


def test_no_weights_no_files(tmp_path: Path) -> None:
    tg.saved_model.save(tg.function(lambda x: x, input_signature=[tg.TensorSpec([])]), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["saved_model.pb"]


def test_shared_variables_are_stored_once(tmp_path: Path) -> None:
    v = tg.Variable(np.arange(1000, dtype=np.float32))
    f = tg.function(lambda x: x * v, input_signature=[tg.TensorSpec([1000])])
    tg.saved_model.save({"a": v, "b": [v], "f": f}, tmp_path)
    (path,) = tmp_path.glob("weights-*")
    arrays = read_safetensors(path)
    assert list(arrays) == ["a"]
    loaded = tg.saved_model.load(tmp_path)
    loaded["a"].assign(tg.ones([1000]))
    np.testing.assert_array_equal(loaded["f"](tg.ones([1000])), np.ones(1000))
