from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_loaded_model_computes_the_same(model: Any, saved: Path) -> None:
    loaded = tg.saved_model.load(saved)
    x = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    expected = model(x)
    for result in (loaded(x), loaded.signatures["serving_default"](x=tg.constant(x))):
        assert list(result) == ["logits", "row"]
        for name in result:
            assert result[name].numpy().tobytes() == expected[name].numpy().tobytes()
    assert tg.saved_model.contains(saved)
    assert [name[:8] for name in files(saved)] == ["saved_mo", "weights-"]


def test_in_a_fresh_process_without_the_class(model: Any, saved: Path) -> None:
    code = (
        "import sys, tensegra as tg\n"
        f"loaded = tg.saved_model.load({str(saved)!r})\n"
        "sys.stdout.buffer.write(loaded(tg.ones([2, 3]))['logits'].numpy().tobytes())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout == model(tg.ones([2, 3]))["logits"].numpy().tobytes()


def test_variables_keep_what_they_are(model: Any, saved: Path) -> None:
    loaded = tg.saved_model.load(saved)
    for name in ("w", "b", "steps"):
        one, other = getattr(model, name), getattr(loaded, name)
        assert isinstance(other, tg.Variable)
        assert (one.name, one.dtype, one.shape, one.trainable) == (
            other.name,
            other.dtype,
            other.shape,
            other.trainable,
        )
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(loaded.table, model.table)
    assert [v.name for v in loaded.trainable_variables] == ["b:0", "w:0"]
    assert loaded(tg.ones([1, 3]))["logits"].shape == [1, 4]


@pytest.mark.parametrize("mmap", [True, False])
def test_assigning_to_a_loaded_variable_leaves_the_file_alone(saved: Path, mmap: bool) -> None:
    content = {name: (saved / name).read_bytes() for name in files(saved)}
    loaded = tg.saved_model.load(saved, mmap=mmap)
    loaded.w.assign_add(tg.ones([3, 4]))
    loaded.w.assign(2.0 * loaded.w)
    loaded.steps.assign(7)
    assert {name: (saved / name).read_bytes() for name in files(saved)} == content
    again = tg.saved_model.load(saved)
    assert again.steps.numpy() == 0
    x = tg.ones([1, 3])
    assert not np.array_equal(loaded(x)["logits"], again(x)["logits"])


def test_fine_tuning(saved: Path) -> None:
    loaded = tg.saved_model.load(saved)
    x = np.random.default_rng(2).normal(size=(32, 3)).astype(np.float32)
    target = x @ np.ones((3, 4), np.float32)

    @tg.function
    def step() -> Any:
        with tg.GradientTape() as tape:
            loss = tg.reduce_mean((loaded(x)["logits"] - target) ** 2.0)
        for variable, gradient in zip((loaded.w, loaded.b), tape.gradient(loss, [loaded.w, loaded.b])):
            variable.assign_sub(0.3 * gradient)
        return loss

    losses = [float(step()) for _ in range(60)]
    assert losses[-1] < 0.01 * losses[0]
    with tg.GradientTape() as tape:
        loss = tg.reduce_sum(loaded.signatures["serving_default"](x=tg.constant(x))["logits"])
    np.testing.assert_allclose(tape.gradient(loss, loaded.w), np.tile(x.sum(0)[:, None], 4), rtol=1e-5)


def test_functions_are_dispatched_by_their_arguments(saved: Path) -> None:
    scale = tg.saved_model.load(saved).scale
    np.testing.assert_array_equal(scale([1.0, 2.0]), [2.0, 4.0])
    np.testing.assert_array_equal(scale(x=tg.constant([1.0, 2.0]), factor=2.0), [2.0, 4.0])
    np.testing.assert_array_equal(scale([1.0, 2.0, 3.0], square=True), [2.0, 8.0, 18.0])
    for _ in range(2):
        with pytest.raises(
            tg.errors.InvalidArgumentError, match=r"\[scale\] a loaded function takes.*TG-0303"
        ):
            scale([1.0, 2.0], 3.0)
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0303"):
            scale([1.0, 2.0], square=True)
    with pytest.raises(tg.errors.InvalidArgumentError, match="no argument cube.*TG-0303"):
        scale([1.0, 2.0], cube=True)


def test_saving_again_what_was_loaded(model: Any, saved: Path, tmp_path: Path) -> None:
    loaded = tg.saved_model.load(saved)
    loaded.b.assign(tg.ones([4]))
    tg.saved_model.save(loaded, tmp_path / "again")
    again = tg.saved_model.load(tmp_path / "again")
    model.b.assign(tg.ones([4]))
    x = tg.ones([2, 3])
    np.testing.assert_array_equal(again(x)["logits"], model(x)["logits"])
    np.testing.assert_array_equal(again.signatures["serving_default"](x=x)["logits"], model(x)["logits"])
    np.testing.assert_array_equal(again.scale([1.0, 2.0, 3.0], square=True), [2.0, 8.0, 18.0])
    assert repr(again) == repr(loaded) == "<loaded Model with __call__, b, scale, steps, table, w>"


def test_structures_sharing_and_metadata(tmp_path: Path) -> None:
    class Part(tg.Module):
        def __init__(self, value: float) -> None:
            super().__init__()
            self.v = tg.Variable(value)

        def _tensegra_metadata(self) -> dict[str, str]:
            return {"config": '{"value": 1}'}

    root = tg.Module()
    shared = Part(1.0)
    root.parts = [shared, 3, {"a": Part(2.0), "none": None}, (shared.v, tg.constant([1, 2]))]  # type: ignore[attr-defined]
    root.again = shared  # type: ignore[attr-defined]
    root.me = root  # type: ignore[attr-defined]
    tg.saved_model.save(root, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    assert loaded.me is loaded
    assert loaded.again is loaded.parts[0]
    assert loaded.parts[3][0] is loaded.again.v
    assert loaded.parts[1] is None
    assert loaded.parts[2]["a"].v.numpy() == 2.0
    assert loaded.parts[3][1].numpy().tolist() == [1, 2]
    assert loaded.again._metadata == {"config": '{"value": 1}'}
    assert loaded._metadata == {}
    assert len(loaded.variables) == 2
    with pytest.raises(tg.errors.NotFoundError, match="only what was saved as a tg.function.*TG-0406"):
        loaded(1.0)


def test_names_that_a_module_gives_itself(tmp_path: Path) -> None:
    class Layer(tg.Module):
        def __init__(self) -> None:
            super().__init__()
            self._private = tg.Variable(1.0)

        def _tensegra_children(self) -> dict[str, Any]:
            return {"kernel": self._private, "extra": [self._private]}

    tg.saved_model.save(Layer(), tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    assert loaded.kernel is loaded.extra[0]
    assert not hasattr(loaded, "_private")


_VALUES = [
    np.array([[True], [False]]),
    np.arange(-3, 3, dtype=np.int8),
    np.arange(5, dtype=np.int16),
    np.arange(5, dtype=np.int32),
    np.arange(5, dtype=np.int64),
    np.arange(5, dtype=np.uint8),
    np.arange(5, dtype=np.uint16),
    np.arange(5, dtype=np.uint32),
    np.arange(5, dtype=np.uint64),
    np.array([1.5, np.inf], np.float16),
    np.array([[1.5, np.nan]], np.float32),
    np.array([1e300]),
    np.float32(4.0),
    np.zeros((0, 3), np.float32),
    np.array([1 + 2j], np.complex64),
    np.array([1 + 2j], np.complex128),
    np.array([[b"", b"abc"], ["ä".encode(), b"\0x"]], object),
    np.array(b"one", object),
]


@pytest.mark.parametrize("value", _VALUES, ids=lambda value: f"{value.dtype}{value.shape}")
def test_every_dtype(value: Any, tmp_path: Path) -> None:
    root = tg.Module()
    root.constant = tg.constant(value)  # type: ignore[attr-defined]
    root.small = tg.Variable(1.0)  # type: ignore[attr-defined]
    if value.dtype != object:
        root.variable = tg.Variable(value)  # type: ignore[attr-defined]
    tg.saved_model.save(root, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    for found in (loaded.constant, *([loaded.variable] if value.dtype != object else [])):
        array = np.asarray(found.numpy())
        assert array.dtype == value.dtype or value.dtype == object
        assert array.shape == value.shape
        assert array.tolist() == np.asarray(value).tolist() or np.isnan(value).any()


def test_bfloat16(tmp_path: Path) -> None:
    v = tg.Variable(tg.cast([1.5, -2.0], tg.bfloat16))
    tg.saved_model.save(v, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    assert loaded.dtype == tg.bfloat16
    assert tg.cast(loaded, tg.float32).numpy().tolist() == [1.5, -2.0]
    assert loaded.signatures == {}


def test_variables_of_unknown_size(tmp_path: Path) -> None:
    root = tg.Module()
    root.v = tg.Variable(tg.ones([2, 3]), shape=[None, 3])  # type: ignore[attr-defined]
    tg.saved_model.save(root, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    assert loaded.v.shape == [None, 3]
    loaded.v.assign(tg.zeros([5, 3]))
    assert loaded.v.numpy().shape == (5, 3)


@pytest.mark.parametrize("kind", ["function", "concrete", "list", "dict"])
def test_other_roots(kind: str, tmp_path: Path) -> None:
    v = tg.Variable(3.0)
    f = tg.function(lambda x: v * x)
    f(tg.constant(1.0))
    concrete = f.get_concrete_function(tg.TensorSpec([], tg.float32, name="x"))
    root: Any = {"function": f, "concrete": concrete, "list": [f, v], "dict": {"f": f, "v": v}}[kind]
    tg.saved_model.save(root, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    found = loaded[0] if kind == "list" else loaded["f"] if kind == "dict" else loaded
    assert found(tg.constant(2.0)).numpy() == 6.0
    if kind == "concrete":
        assert loaded.signatures["serving_default"](x=2.0)["output_0"].numpy() == 6.0


def test_saving_over_a_model_removes_what_is_no_longer_needed(model: Any, saved: Path) -> None:
    before = files(saved)
    old = tg.saved_model.load(saved)
    model.w.assign(tg.zeros([3, 4]))
    (saved / ".saving-1-0").write_bytes(b"left by a writer that was killed")
    tg.saved_model.save(model, saved)
    after = files(saved)
    assert len(before) == len(after) == 2
    assert before != after
    # What was loaded lives on.
    assert np.abs(old.w.numpy()).min() > 0
    assert tg.saved_model.load(saved).w.numpy().tolist() == np.zeros((3, 4)).tolist()
    tg.saved_model.save(model, saved)
    assert files(saved) == after


def test_a_failing_save_leaves_the_old_model(
    model: Any, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: (saved / name).read_bytes() for name in files(saved)}
    model.w.assign(tg.zeros([3, 4]))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(tg.errors.UnavailableError, match=r"No space left.*TG-0408"):
        tg.saved_model.save(model, saved)
    assert {name: (saved / name).read_bytes() for name in files(saved)} == before


def test_a_place_that_cannot_be_written(model: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(tg.errors.UnavailableError, match=r"file.*TG-0408"):
        tg.saved_model.save(model, tmp_path / "file")


@pytest.mark.parametrize("value", [3, "text", [1, 2], {"a": None}, lambda x: x, object()])
def test_what_cannot_be_saved(value: Any, tmp_path: Path) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0407"):
        tg.saved_model.save(value, tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_keys_of_state_must_be_strings(tmp_path: Path) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"Received: 1 .*TG-0407"):
        tg.saved_model.save({1: tg.Variable(1.0)}, tmp_path)


def test_traces_that_cannot_be_saved_are_left_out(tmp_path: Path) -> None:
    class Noisy(tg.Module):
        @tg.function
        def f(self, x: Any, how: Any = None) -> Any:
            return x + tg.random.uniform([]) if how is True else x

    model = Noisy()
    x = tg.constant(1.0)
    model.f(x, True)
    model.f(x, object())
    model.f(x)
    tg.saved_model.save(model, tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    assert loaded.f(x).numpy() == 1.0
    with pytest.raises(tg.errors.InvalidArgumentError) as caught:
        loaded.f(tg.constant([1]))
    assert "TG-0303" in str(caught.value)
    (reason,) = loaded.f._left_out
    assert reason.endswith("a object is among its arguments")


def test_variables_made_by_the_first_trace_are_saved(tmp_path: Path) -> None:
    class Late(tg.Module):
        v: tg.Variable | None = None

        @tg.function(input_signature=[tg.TensorSpec([], tg.float32)])
        def __call__(self, x: Any) -> Any:
            if self.v is None:
                self.v = tg.Variable(4.0)
            return self.v * x

    tg.saved_model.save(Late(), tmp_path)
    loaded = tg.saved_model.load(tmp_path)
    assert loaded.v.numpy() == 4.0
    assert loaded(2.0).numpy() == 8.0


def test_contains(tmp_path: Path) -> None:
    assert not tg.saved_model.contains(tmp_path)
    (tmp_path / "saved_model.pb").mkdir()
    assert not tg.saved_model.contains(str(tmp_path))


def test_loading_while_another_process_saves(model: Any, saved: Path) -> None:
    code = (
        "import sys, numpy as np, tensegra as tg\n"
        "root = tg.Module(); root.v = tg.Variable(tg.zeros([1000]))\n"
        "print('ready', flush=True)\n"
        "for i in range(60):\n"
        "    root.v.assign(tg.zeros([1000]) + float(i))\n"
        f"    tg.saved_model.save(root, {str(saved)!r})\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        loads = 0
        while writer.poll() is None:
            loaded = tg.saved_model.load(saved)
            if hasattr(loaded, "v"):
                values = loaded.v.numpy()
                assert (values == values[0]).all()
            loads += 1
    assert writer.returncode == 0
    assert loads > 0
