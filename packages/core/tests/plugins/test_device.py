"""The null device of the documentation: placement, copies, fallback, errors, and the conformance suite."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

pytestmark = [pytest.mark.usefixtures("null_device"), pytest.mark.filterwarnings("ignore:.*TG-0750")]

NAMES = ["NULL:0", "null:0", "/null:0", "/NULL", "/device:NULL:0", "/job:a/replica:0/task:0/device:NULL:0"]
X = np.array([[1.0, -2.0], [3.0, 4.0]], np.float32)


def on(device: str | None, value: Any = X) -> tg.Tensor:
    with tg.device(device):
        return tg.constant(value)


def test_devices_are_listed() -> None:
    assert [d.name for d in tg.config.list_logical_devices("NULL")] == ["/device:NULL:0", "/device:NULL:1"]
    assert tg.config.list_physical_devices()[0] == ("/physical_device:CPU:0", "CPU")


@pytest.mark.parametrize("name", NAMES)
def test_names_of_devices(name: str) -> None:
    assert on(name).device == "NULL:0"


def test_wrong_names_of_devices() -> None:
    for name in ("", "null:x", ":0", 3, "a b", ["NULL:0"]):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0754"):
            tg.device(name)
    for name in ("NULL:2", "TPU:0"):
        with pytest.raises(tg.errors.NotFoundError, match=r"CPU:0, NULL:0.*TG-0502"):
            tg.device(name)


def test_ops_run_where_the_context_says_and_inputs_come_along() -> None:
    host, zero, one = on("CPU:0"), on("NULL:0"), on("NULL:1")
    assert [t.device for t in (host, zero, one)] == ["CPU:0", "NULL:0", "NULL:1"]
    with tg.device("NULL:0"):
        sums = [host + host, host + one, zero + one]
        with tg.device("CPU:0"):
            sums.append(zero + zero)
        with tg.device(None):
            sums.append(host + host)
    assert [t.device for t in sums] == ["NULL:0", "NULL:0", "NULL:0", "CPU:0", "CPU:0"]
    for t in sums:
        np.testing.assert_array_equal(t.numpy(), X + X)


def test_without_a_context_ops_follow_their_inputs() -> None:
    assert (on("NULL:1") * 2.0).device == "NULL:1"
    assert (2.0 * on("NULL:1") - on("CPU:0")).device == "NULL:1"
    assert (on("CPU:0") * 2.0).device == "CPU:0"
    with tg.device("NULL:1"):
        pass
    assert tg.constant(1.0).device == "CPU:0"


def test_values_come_back_in_every_form() -> None:
    there = on("NULL:0")
    for form in (there.numpy(), np.asarray(there), np.from_dlpack(there), np.asarray(memoryview(there))):
        np.testing.assert_array_equal(form, X)
    assert "array([[ 1., -2.]" in repr(there)
    assert [float(v) for row in there for v in row] == X.ravel().tolist()
    import copy
    import pickle

    np.testing.assert_array_equal(pickle.loads(pickle.dumps(there)).numpy(), X)
    assert copy.copy(there) is there
    assert tg.reduce_sum(on("CPU:0"), axis=on("NULL:0", 0)).numpy().tolist() == [4.0, 2.0]


def test_what_depends_on_shapes_alone_copies_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        there = on("NULL:0")
        assert tg.shape(there).device == "CPU:0"
        assert tg.size(there).numpy() == 4
        assert tg.reshape(there, tg.shape(there)).device == "NULL:0"
        assert tg.reshape(there, on("NULL:0", [4])).shape == (4,)  # a shape that has to be fetched


def fresh(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a program, in which nothing was warned of yet."""
    begin = "import sys, warnings, numpy as np, tensegra as tg\ntg.load_library(sys.argv[1])\n"
    command = [sys.executable, "-c", begin + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_a_fallback_is_warned_of_once(null_device: Path) -> None:
    done = fresh(
        """
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    with tg.device("null:0"):
        x = tg.constant([1.0, 2.0])
        for _ in range(3):
            y = tg.exp(x)          # refused: the CPU
            z = tg.nn.silu(x)      # a composite: its parts
            w = tg.math.reduce_sum(x)
print(y.device, z.device, w.device, sorted(str(item.message).split("]")[0] for item in seen))
assert all("(TG-0750)" in str(item.message) and item.category is RuntimeWarning for item in seen)
np.testing.assert_allclose(z.numpy(), [0.731058, 1.761594], rtol=1e-5)
""",
        null_device,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["NULL:0", "NULL:0", "NULL:0", "['[exp',", "'[reduce_sum',", "'[sigmoid']"]


def test_a_warning_can_be_made_an_error(null_device: Path) -> None:
    done = fresh(
        """
warnings.simplefilter("error")
try:
    with tg.device("null:0"):
        tg.exp([1.0])
except RuntimeWarning as warning:
    print(warning)
""",
        null_device,
    )
    assert "[exp] NULL:0 does not support this op" in done.stdout, done.stderr


def quietly(f: Any, *arguments: Any) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*TG-0750")
        return f(*arguments)


def test_errors_are_those_of_the_cpu() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[add\].*TG-0101"):
        on("NULL:0") + on("NULL:0", [1.0, 2.0, 3.0])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[add\].*TG-0102"):
        on("NULL:0") + on("NULL:0", [[1, 2]])


@pytest.mark.parametrize("whole", [True, False])
def test_a_function_runs_whole_or_in_parts(whole: bool) -> None:
    @tg.function
    def f(x: tg.Tensor, y: tg.Tensor) -> Any:
        z = tg.nn.relu(x * y - 1.0)
        if not whole:
            z = tg.exp(z)
        return z + y, z * z

    host = f(on("CPU:0"), on("CPU:0"))
    for x, y in ((on("NULL:0"), on("NULL:0")), (on("NULL:0"), on("CPU:0"))):
        there = quietly(f, x, y)
        assert [t.device for t in there] == ["NULL:0", "NULL:0"]
        for a, b in zip(there, host, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-6)


def test_a_context_inside_of_a_function_marks_its_nodes() -> None:
    @tg.function
    def f(x: tg.Tensor) -> Any:
        with tg.device("NULL:1"):
            y = x * x
        with tg.device("CPU:0"):
            z = y + 1.0
        return y, z

    y, z = f(on("CPU:0"))
    assert (y.device, z.device) == ("NULL:1", "CPU:0")
    np.testing.assert_array_equal(z.numpy(), X * X + 1)

    @tg.function
    def outer(x: tg.Tensor) -> Any:
        return f(x)[0]

    assert outer(on("CPU:0")).device == "NULL:1"


def test_the_context_of_a_call_is_no_part_of_the_trace() -> None:
    f = tg.function(lambda x: x * 2.0)
    with tg.device("NULL:0"):
        assert f(on("CPU:0")).device == "NULL:0"
    assert f(on("CPU:0")).device == "CPU:0"


def test_what_a_function_captures_may_lie_on_a_device() -> None:
    there = on("NULL:0")
    f = tg.function(lambda x: x + there)
    result = f(on("CPU:0"))
    assert result.device == "NULL:0"
    np.testing.assert_array_equal(result.numpy(), X + X)


def test_a_model_with_a_value_of_a_device_is_saved(tmp_path: Path) -> None:
    module = tg.Module()
    there = on("NULL:0")
    module.f = tg.function(lambda x: x * there, input_signature=[tg.TensorSpec([2, 2], tg.float32, name="x")])
    tg.saved_model.save(module, str(tmp_path / "model"))
    loaded: Any = tg.saved_model.load(str(tmp_path / "model"))
    np.testing.assert_array_equal(loaded.f(on("CPU:0")).numpy(), X * X)
    with tg.device("NULL:1"):
        assert loaded.f(on("CPU:0")).device == "NULL:1"


def test_gradients_of_composites_that_the_device_takes_whole() -> None:
    x = on("NULL:0", [-1.0, 2.0, 7.0])
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = quietly(tg.nn.relu6, x)
    assert quietly(tape.gradient, y, x).numpy().tolist() == [0.0, 1.0, 0.0]


def test_control_flow_runs_on_the_host_with_tensors_of_the_device() -> None:
    @tg.function
    def f(x: tg.Tensor) -> Any:
        return tg.cond(tg.reduce_sum(x) > 0.0, lambda: x * x, lambda: -x) + 1.0

    for sign in (1.0, -1.0):
        with tg.device("CPU:0"):
            wanted = f(on("CPU:0", sign * X)).numpy()
        x = on("NULL:0", sign * X)
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        np.testing.assert_array_equal(y.numpy(), wanted)
        np.testing.assert_array_equal(tape.gradient(y, x).numpy(), 2 * X if sign > 0 else -np.ones_like(X))


def checks() -> list[str]:
    fast = [
        "add",
        "multiply",
        "negative",
        "relu6",
        "exp",
        "matmul",
        "reduce_sum",
        "where_indices",
        "concat",
        "cast",
    ]
    return [op for op in fast if any(op == known.name for known in _native.all_ops())]


def test_conformance() -> None:
    for check in tg.testing.device_conformance("NULL:0", checks()):
        check()


@pytest.mark.full
def test_conformance_of_every_op() -> None:
    for check in tg.testing.device_conformance("NULL:1"):
        check()


def test_a_device_installed_by_a_package_is_found(null_device: Path, tmp_path: Path) -> None:
    (tmp_path / "null_package.py").write_text(f"def library():\n    return {str(null_device)!r}\n")
    info = tmp_path / "null_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: null-package\nVersion: 1.0\n")
    entries = "[tensegra.devices]\nbroken = null_package:missing\nnull = null_package:library\n"
    (info / "entry_points.txt").write_text(entries)
    code = """
import sys, warnings
sys.path.insert(0, sys.argv[1])
import tensegra as tg
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    with tg.device("/null:1"):
        print(tg.constant(1.0).device)
print(*[str(item.message) for item in seen])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    device, warned = done.stdout.splitlines()
    assert device == "NULL:1"
    assert "the plug-in 'broken' of null-package does not load" in warned
    assert "(TG-0756)" in warned
