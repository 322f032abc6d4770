"""State that is no variable: tables, random states, files; weights in fewer bits; options."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra._dtypes import int4
from tensegra._saved_model._messages import message_class


def through_file(root: Any, path: Path, **kwargs: Any) -> Any:
    tg.saved_model.save(root, path, **kwargs)
    return tg.saved_model.load(path)


def in_new_process(path: Path, code: str) -> str:
    code = f"import tensegra as tg\nm = tg.saved_model.load({str(path)!r})\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Tables(tg.Module):
    def __init__(self) -> None:
        super().__init__()
        words = tg.lookup.KeyValueTensorInitializer(["a", "b"], tg.constant([1, 2], tg.int64))
        self.static = tg.lookup.StaticHashTable(words, -1)
        self.vocabulary = tg.lookup.StaticVocabularyTable(
            tg.lookup.KeyValueTensorInitializer(["x", "y"], tg.constant([0, 1], tg.int64)), 3
        )
        self.counts = tg.lookup.experimental.MutableHashTable(tg.string, tg.int64, 0)
        self.rows = tg.lookup.experimental.DenseHashTable(
            tg.int64, tg.float32, [0.0, 0.5], empty_key=-1, deleted_key=-2
        )

    @tg.function(input_signature=[tg.TensorSpec([None], tg.string, name="words")])
    def __call__(self, words: Any) -> Any:
        seen = self.counts.lookup(words)
        self.counts.insert(words, seen + 1)
        return {"static": self.static.lookup(words), "vocabulary": self.vocabulary[words], "seen": seen}


def test_tables(tmp_path: Path) -> None:
    tables = Tables()
    tables(tg.constant(["a", "b"]))
    tables(tg.constant(["b"]))
    tables.rows.insert(tg.constant([7, 8], tg.int64), [[1.0, 2.0], [3.0, 4.0]])
    loaded = through_file(tables, tmp_path)
    assert type(loaded.static) is tg.lookup.StaticHashTable
    assert type(loaded.rows) is tg.lookup.experimental.DenseHashTable
    assert loaded.rows[tg.constant([8, 9], tg.int64)].numpy().tolist() == [[3.0, 4.0], [0.0, 0.5]]
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-0644"):
        loaded.rows.insert(tg.constant([-2], tg.int64), [[1.0, 2.0]])
    words = tg.constant(["b", "q", "x"])
    wanted, found = tables(words), loaded.signatures["serving_default"](words=words)
    for name, value in wanted.items():
        np.testing.assert_array_equal(found[name], value)
    # The function of the loaded model counts in the table that the model has.
    assert loaded.counts[tg.constant(["b", "q"])].numpy().tolist() == [3, 1]
    assert loaded.static.lookup(words).numpy().tolist() == [2, -1, -1]
    assert loaded.vocabulary.size().numpy() == 5
    # And what was loaded is saved again.
    again = through_file(loaded, tmp_path / "again")
    assert again.counts[tg.constant(["b"])].numpy().tolist() == [3]
    assert again.vocabulary[words].numpy().tolist() == tables.vocabulary[words].numpy().tolist()
    out = in_new_process(tmp_path, "print(int(m.counts.size()), m.static[tg.constant(['a'])].numpy())")
    assert out == "2 [1]"


def test_random_states_go_on_where_they_stood(tmp_path: Path) -> None:
    class Noise(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            self.generator = tg.random.Generator.from_seed(5)

        @tg.function(input_signature=[])
        def own(self) -> Any:
            return self.generator.normal([3])

        @tg.function(input_signature=[])
        def anonymous(self) -> Any:
            return tg.random.uniform([4], seed=3)

    noise = Noise()
    noise.own()
    noise.anonymous()
    tg.saved_model.save(noise, tmp_path)
    wanted = [noise.own().numpy(), noise.generator.uniform([2]).numpy(), noise.anonymous().numpy()]
    loaded = tg.saved_model.load(tmp_path)
    found = [loaded.own().numpy(), loaded.generator.uniform([2]).numpy(), loaded.anonymous().numpy()]
    for one, other in zip(wanted, found):
        np.testing.assert_array_equal(one, other)
    out = in_new_process(tmp_path, "print(m.own().numpy().tobytes().hex(), m.anonymous().numpy().size)")
    assert out == f"{wanted[0].tobytes().hex()} 4"


def test_the_global_stream(tmp_path: Path) -> None:
    tg.random.set_seed(11)
    tg.random.set_global_generator(tg.random.Generator.from_seed(2))
    tg.random.uniform([3], seed=4)
    root = tg.Module()
    root.state = tg.random.GlobalState()

    def draws() -> list[float]:
        seeded = tg.random.uniform([1], seed=4), tg.random.normal([1])
        return [float(x) for x in (*seeded, tg.random.get_global_generator().normal([]))]

    tg.saved_model.save(root, tmp_path)
    wanted = draws()
    assert draws() != wanted
    loaded = tg.saved_model.load(tmp_path)
    assert draws() != wanted  # loading alone changes nothing
    loaded.state.restore()
    assert draws() == wanted
    code = "m.state.restore(); print(float(tg.random.uniform([1], seed=4)), float(tg.random.normal([1])))"
    assert in_new_process(tmp_path, code) == f"{wanted[0]} {wanted[1]}"
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        root.state.set("{}")
    tg.random.set_seed(None)


def test_assets(tmp_path: Path) -> None:
    class Words(tg.Module):
        def __init__(self, path: Path) -> None:
            super().__init__()
            self.file = tg.saved_model.Asset(path)

        @tg.function(input_signature=[])
        def __call__(self) -> Any:
            return tg.io.read_file(self.file.asset_path)

    (tmp_path / "words.txt").write_text("one")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "words.txt").write_text("two")
    root = Words(tmp_path / "words.txt")
    root.other = tg.saved_model.Asset(tmp_path / "more" / "words.txt")
    tg.saved_model.save(root, tmp_path / "model")
    (tmp_path / "words.txt").write_text("changed")
    (tmp_path / "model").rename(tmp_path / "moved")
    loaded = tg.saved_model.load(tmp_path / "moved")
    assert loaded().numpy() == b"one"
    assert tg.io.read_file(loaded.other.asset_path).numpy() == b"two"
    # A model with another file of that name in the place of this one: the old file is gone, the new one is there.
    tg.saved_model.save(Words(tmp_path / "words.txt"), tmp_path / "moved")
    assert tg.saved_model.load(tmp_path / "moved")().numpy() == b"changed"
    files = [path for path in (tmp_path / "moved" / "assets").rglob("*") if path.is_file()]
    assert [path.read_text() for path in files] == ["changed"]
    # A loaded asset is saved again, into its own directory too.
    again = tg.saved_model.load(tmp_path / "moved")
    tg.saved_model.save(again, tmp_path / "moved")
    assert tg.saved_model.load(tmp_path / "moved")().numpy() == b"changed"
    with pytest.raises(tg.errors.NotFoundError, match="TG-0451"):
        tg.saved_model.Asset(tmp_path / "nothing")
    root.gone = tg.saved_model.Asset(tmp_path / "more" / "words.txt")
    (tmp_path / "more" / "words.txt").unlink()
    with pytest.raises(tg.errors.NotFoundError, match="TG-0451"):
        tg.saved_model.save(root, tmp_path / "moved")
    assert tg.saved_model.load(tmp_path / "moved")().numpy() == b"changed"


@pytest.mark.parametrize(("kind", "levels", "bits"), [("int8", 127, 8), ("int4", 7, 4)])
def test_quantized_weights(tmp_path: Path, kind: str, levels: int, bits: int) -> None:
    rng = np.random.default_rng(0)
    kernel = (rng.normal(size=(31, 5)) * [1, 10, 100, 0, 1e-3]).astype(np.float32)
    root = tg.Module()
    root.kernel, root.bias = tg.Variable(kernel), tg.Variable(rng.normal(size=5).astype(np.float32))
    root.infinite = tg.Variable([[np.inf, 1.0]])
    loaded = through_file(root, tmp_path, options=tg.saved_model.SaveOptions(quantization=kind))
    scales = np.abs(kernel).max(axis=0) / levels
    assert (np.abs(loaded.kernel.numpy() - kernel) <= scales * 0.5 + 1e-12).all()
    assert loaded.kernel.dtype == tg.float32
    np.testing.assert_array_equal(loaded.bias, root.bias)  # a vector stays what it is
    np.testing.assert_array_equal(loaded.infinite, root.infinite)
    message = tg.saved_model.read_message(tmp_path)
    weight = next(each for each in message.weights if each.name == "kernel")
    assert {"int8": tg.int8, "int4": int4}[kind]._number == weight.dtype
    assert weight.length == (31 * 5 * bits + 7) // 8
    assert list(weight.dims) == [31, 5]
    only = tg.saved_model.SaveOptions(quantization={"k*": kind})
    root.other = tg.Variable(kernel)
    again = through_file(root, tmp_path, options=only)
    np.testing.assert_array_equal(again.other, kernel)
    np.testing.assert_array_equal(again.kernel, loaded.kernel)


def test_int4_weights_as_they_are(tmp_path: Path, saved: Path, editor: Any) -> None:
    weight = next(each for each in editor.message.weights if each.name == "table")
    constant = next(each for each in editor.message.objects if each.weight == "table")
    weight.dtype, weight.length = int4._number, 25 * 40
    editor.write()
    with pytest.raises(tg.errors.DataLossError, match="TG-0402"):  # the function has float32 there
        tg.saved_model.load(saved)
    del editor.message.signatures[:], editor.message.functions[:]
    editor.message.objects[0].CopyFrom(message_class("Object")(kind="list"))
    editor.message.objects[0].children.add(name="0", object=list(editor.message.objects).index(constant))
    for each in editor.message.objects:
        del each.concrete_functions[:]
    editor.write()
    (loaded,) = tg.saved_model.load(saved)
    assert (loaded.dtype, loaded.shape.as_list()) == (int4, [50, 40])


def test_options(tmp_path: Path) -> None:
    options = tg.saved_model.SaveOptions(metadata={"license": "Apache-2.0"}, save_debug_info=False)
    f = tg.function(lambda x: x + 1.0, input_signature=[tg.TensorSpec([])])
    tg.saved_model.save(f, tmp_path, options=options)
    message = tg.saved_model.read_message(tmp_path)
    assert dict(message.metadata) == {"license": "Apache-2.0"}
    assert all(not node.source for function in message.functions for node in function.nodes)
    tg.saved_model.save(f, tmp_path, target_version=1)
    with pytest.raises(
        tg.errors.InvalidArgumentError, match=r"only version that exists so far is 1.*TG-0450"
    ):
        tg.saved_model.save(f, tmp_path, target_version=2)
    for bad in ({"quantization": "int3"}, {"shard_bytes": 0}, {"metadata": {"a": 1}}):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0452"):
            tg.saved_model.SaveOptions(**bad)
    root = tg.Module()
    root.v = tg.Variable([1.0, 2.0])
    tg.saved_model.save(root, tmp_path)
    skipped = tg.saved_model.load(
        tmp_path, options=tg.saved_model.LoadOptions(experimental_skip_checkpoint=True)
    )
    assert skipped.v.shape == [2]
    with pytest.raises(tg.errors.FailedPreconditionError):
        skipped.v.numpy()
    verify = tg.saved_model.LoadOptions(verify=True)
    assert tg.saved_model.load(tmp_path, options=verify).v.numpy().tolist() == [1.0, 2.0]
    (path,) = tmp_path.glob("weights-*")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    tg.saved_model.load(tmp_path)
    with pytest.raises(tg.errors.DataLossError, match="TG-0405"):
        tg.saved_model.load(tmp_path, options=verify)


def test_models_with_plain_hashes_are_read(saved: Path, editor: Any) -> None:
    import hashlib

    from tensegra._saved_model._check import check

    for file in editor.message.weight_files:
        file.tree_sha256 = ""
        file.sha256 = hashlib.sha256((saved / file.name).read_bytes()).hexdigest()
    editor.write()
    assert list(check(str(saved)))
    assert tg.saved_model.load(saved, options=tg.saved_model.LoadOptions(verify=True)).steps.numpy() == 0


def test_an_op_of_a_package_that_is_not_there(saved: Path, editor: Any) -> None:
    editor.message.required_ops.add(name="acme::warp", version=2, package="acme-ops")
    editor.write()
    with pytest.raises(tg.errors.NotFoundError, match=r"acme::warp version 2.*acme-ops.*TG-0404"):
        tg.saved_model.load(saved)
