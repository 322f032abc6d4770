"""The programs whose models are in the corpus: each writes one model and says what to call it with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tensegra as tg

Calls = dict[str, dict[str, Any]]
FLOATS = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]], np.float32)


def module(**attributes: Any) -> tg.Module:
    made = tg.Module()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def spec(*sizes: int | None, dtype: Any = tg.float32, name: str = "x") -> tg.TensorSpec:
    return tg.TensorSpec(list(sizes), dtype, name=name)


def values(*shape: int) -> np.ndarray:
    return (np.arange(np.prod(shape)).reshape(shape) % 7 - 3).astype(np.float32) / 4


def dense(directory: Path) -> Calls:
    w, b = tg.Variable(values(3, 4), name="w"), tg.Variable(values(4), name="b")

    @tg.function(input_signature=[spec(None, 3)])
    def serve(x: Any) -> Any:
        return {"scores": tg.nn.relu(x @ w + b), "classes": tg.argmax(x @ w + b, axis=-1)}

    tg.saved_model.save(module(w=w, b=b, serve=serve), directory, signatures=serve)
    return {"serving_default": {"x": FLOATS}}


def signatures(directory: Path) -> Calls:
    """Several, with shapes that are partly unknown, and of unknown rank."""
    add = tg.function(
        lambda a, b: (a + b, a * b),
        input_signature=[spec(None, 3, name="a"), spec(None, None, name="b")],
    )
    any_rank = tg.function(
        lambda x: {"y": tg.reduce_sum(x), "size": tg.size(x)}, input_signature=[tg.TensorSpec(None, name="x")]
    )
    tg.saved_model.save(
        module(add=add, any_rank=any_rank), directory, signatures={"add": add, "any_rank": any_rank}
    )
    return {"add": {"a": FLOATS, "b": FLOATS}, "any_rank": {"x": FLOATS}}


def control_flow(directory: Path) -> Calls:
    @tg.function(input_signature=[spec(None)])
    def serve(x: Any) -> Any:
        steps, total = tg.while_loop(
            lambda i, t: tg.reduce_sum(t) < 50.0,
            lambda i, t: (i + 1, tg.cond(i % 2 == 0, lambda: t * 2.0, lambda: t + 1.0)),
            (0, x),
        )
        return {"steps": steps, "total": total}

    tg.saved_model.save(module(serve=serve), directory, signatures=serve)
    return {"serving_default": {"x": np.array([0.5, 1.0, 2.0], np.float32)}}


def nested_functions(directory: Path) -> Calls:
    scale = tg.Variable(3.0)
    inner = tg.function(lambda x: x * scale)

    @tg.function(input_signature=[spec(2, 3)])
    def serve(x: Any) -> Any:
        return inner(x) + inner(x[0])

    inner(tg.constant(FLOATS))
    tg.saved_model.save(module(scale=scale, inner=inner, serve=serve), directory, signatures=serve)
    return {"serving_default": {"x": FLOATS}}


def tables(directory: Path) -> Calls:
    static = tg.lookup.StaticHashTable(
        tg.lookup.KeyValueTensorInitializer(["a", "b"], tg.constant([1, 2], tg.int64)), -1
    )
    words = tg.lookup.StaticVocabularyTable(
        tg.lookup.KeyValueTensorInitializer(["a", "b"], tg.constant([0, 1], tg.int64)), 2
    )
    counts = tg.lookup.experimental.MutableHashTable(tg.string, tg.int64, 0)
    counts.insert(tg.constant(["a", "z"]), tg.constant([5, 7], tg.int64))

    @tg.function(input_signature=[spec(None, dtype=tg.string, name="words")])
    def serve(x: Any) -> Any:
        seen = counts.lookup(x)
        counts.insert(x, seen + 1)
        return {"static": static.lookup(x), "words": words.lookup(x), "seen": seen, "after": counts.lookup(x)}

    root = module(static=static, words=words, counts=counts, serve=serve)
    tg.saved_model.save(root, directory, signatures=serve)
    return {"serving_default": {"words": np.array([b"a", b"q", b"z"], object)}}


def random_state(directory: Path) -> Calls:
    generator = tg.random.Generator.from_seed(5)
    generator.normal([3])

    @tg.function(input_signature=[])
    def serve() -> Any:
        return {"own": generator.normal([4]), "stateful": tg.random.uniform([4], seed=3)}

    tg.saved_model.save(module(generator=generator, serve=serve), directory, signatures=serve)
    return {"serving_default": {}}


def asset(directory: Path) -> Calls:
    words = directory.with_name("words.txt")
    words.write_text("one\ntwo\n")
    try:
        file = tg.saved_model.Asset(words)
        serve = tg.function(lambda: {"text": tg.io.read_file(file.asset_path)}, input_signature=[])
        tg.saved_model.save(module(file=file, serve=serve), directory, signatures=serve)
    finally:
        words.unlink()
    return {"serving_default": {}}


def _quantized(directory: Path, kind: str) -> Calls:
    w = tg.Variable(values(5, 3))
    serve = tg.function(lambda x: {"y": x @ w}, input_signature=[spec(None, 5)])
    options = tg.saved_model.SaveOptions(quantization=kind)
    tg.saved_model.save(module(w=w, serve=serve), directory, signatures=serve, options=options)
    return {"serving_default": {"x": values(2, 5)}}


def int8_weights(directory: Path) -> Calls:
    return _quantized(directory, "int8")


def int4_weights(directory: Path) -> Calls:
    return _quantized(directory, "int4")


def shards(directory: Path) -> Calls:
    parts = [tg.Variable(values(4, 5) + index) for index in range(3)]
    options = tg.saved_model.SaveOptions(shard_bytes=100, metadata={"license": "Apache-2.0", "ü": "ä"})
    tg.saved_model.save(module(parts=parts), directory, options=options)
    return {}


def dtypes(directory: Path) -> Calls:
    kinds = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
    kinds += ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"]
    held = {kind: tg.Variable(tg.cast(tg.constant([[0, 1, 2], [3, 4, 100]]), kind)) for kind in kinds}
    held["string"] = tg.Variable([["", "a"], ["bb", "ünï"]])
    held["scalar"] = tg.Variable(1.5)
    held["empty"] = tg.Variable(tg.zeros([0, 3]))
    held["wide"] = tg.Variable([1.0, 2.0], shape=[None])
    tg.saved_model.save(module(held=held), directory)
    return {}


def objects(directory: Path) -> Calls:
    """Lists, dicts, shared and cyclic objects, a variable twice, untrained ones, methods with several traces."""
    shared = tg.Variable([1.0, 2.0], name="shared")

    class Inner(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            self.steps = tg.Variable(3, trainable=False)

        @tg.function
        def scaled(self, x: Any, factor: float = 2.0, *, square: bool = False) -> Any:
            return x * x * factor if square else x * factor

    root = module(shared=shared, items=[shared, None, {"again": shared}], inner=Inner())
    root.inner.parent = root
    root.inner.scaled(tg.ones([2]))
    root.inner.scaled(tg.ones([2]), square=True)
    serve = tg.function(lambda x: {"y": root.inner.scaled(x) + shared}, input_signature=[spec(2)])
    tg.saved_model.save(root, directory, signatures=serve)
    return {"serving_default": {"x": np.array([1.0, -1.0], np.float32)}}


def large_constant(directory: Path) -> Calls:
    table = tg.constant(values(70, 20))
    serve = tg.function(
        lambda i: {"row": tg.gather(table, i)}, input_signature=[spec(None, dtype=tg.int32, name="i")]
    )
    tg.saved_model.save(module(serve=serve), directory, signatures=serve)
    return {"serving_default": {"i": np.array([3, 0, 69], np.int32)}}


def checkpoint(directory: Path) -> Calls:
    root = module(
        w=tg.Variable(values(2, 2)), table=tg.lookup.experimental.MutableHashTable(tg.int64, tg.float32, 0.0)
    )
    root.table.insert(tg.constant([4], tg.int64), [2.5])
    tg.train.Checkpoint(root, step=tg.Variable(7, dtype=tg.int64)).write(directory)
    return {}


def plain_hashes(directory: Path) -> Calls:
    """Hashes of whole files, as the first writers gave them."""
    calls = dense(directory)
    message = tg.saved_model.read_message(directory)
    for file in message.weight_files:
        file.tree_sha256 = ""
        file.sha256 = hashlib.sha256((directory / file.name).read_bytes()).hexdigest()
    (directory / "saved_model.pb").write_bytes(message.SerializeToString(deterministic=True))
    return calls


PROGRAMS: dict[str, Callable[[Path], Calls]] = {
    each.__name__: each
    for each in (
        dense,
        signatures,
        control_flow,
        nested_functions,
        tables,
        random_state,
        asset,
        int8_weights,
        int4_weights,
        shards,
        dtypes,
        objects,
        large_constant,
        checkpoint,
        plain_hashes,
    )
}
