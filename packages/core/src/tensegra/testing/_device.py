"""What every device must hold."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._device import device as device_scope
from tensegra._errors import Error

from ._calls import Call, samples
from ._check import Check
from ._ops import compare
from ._random_graphs import arguments, program

_DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
    "complex64", "complex128",
)  # fmt: skip


def device_conformance(
    device: str, ops: Iterable[str] | None = None, *, tolerance: float = 1.0
) -> list[Check]:
    """The checks that a device has to pass.

    Copies of every dtype and of empty and 0-d tensors come back as they were; random graphs, and each sample of each
    op, give what the CPU gives, run as one op and as a function, whether the device takes it or it falls back;
    gradients too; errors are the CPU's; work that depends on other work, and threads that use the device at once, see
    no half-done results.

    Args:
        device: Its name, such as "NULL:0".
        ops: Names of the ops to check; by default all that have samples and no state.
        tolerance: How many times the usual difference of results is fine, for devices that round otherwise.

    Returns:
        Checks, to be called one by one.

    Raises:
        tg.errors.NotFoundError: There is no such device (TG-0502), or no op of a name (TG-0112).

    >>> import tensegra as tg
    >>> checks = tg.testing.device_conformance("CPU:0", ["add"])
    >>> str(checks[0])
    'CPU:0: copies'
    >>> checks[0]()
    """
    device_scope(device)  # it is there
    general: dict[str, Callable[[str], None]] = {
        "copies": check_copies,
        "names": check_names,
        "views": check_views,
        "chains of work": check_chain,
        "a function": check_function,
        "random graphs": check_random_graphs,
        "gradients": check_gradients,
        "threads": check_threads,
        "variables": check_variables,
        "memory": check_memory,
    }
    checks = [Check(f"{device}: {what}", partial(function, device)) for what, function in general.items()]
    names = list(ops) if ops is not None else [op.name for op in _native.all_ops() if not op.effects]
    for name in names:
        for call in samples(_native.find_op(name)):
            checks.append(Check(f"{device}: {call}", partial(check_op, device, call, tolerance)))
            if call.inputs:
                checks.append(
                    Check(f"{device}: {call} in a function", partial(check_graph, device, call, tolerance))
                )
    return checks


def _quietly(function: Callable[[], Any]) -> Any:
    """Fallbacks are no failure."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*TG-0750")
        return function()


def _outcome(function: Callable[[], list[Any]]) -> list[Any] | str:
    try:
        return function()
    except Error as error:
        return error.error_code


def check_op(device: str, call: Call, tolerance: float) -> None:
    """One op gives what it gives on the CPU, or the same error."""
    with device_scope("CPU:0"):
        wanted = _outcome(call.run)

    def there() -> list[Any]:
        with device_scope(device):
            return call.run()

    _compare(_quietly(lambda: _outcome(there)), wanted, tolerance)


def check_graph(device: str, call: Call, tolerance: float) -> None:
    """A function of that op, and of what is around it, gives what it gives on the CPU."""
    import tensegra as tg

    function = tg.function(lambda *xs: [_twice(result) for result in call.run(xs)])
    inputs = [_native.tensor(x) for x in call.inputs]
    with device_scope("CPU:0"):
        wanted = _outcome(lambda: list(function(*inputs)))

    def there() -> list[Any]:
        with device_scope(device):
            return list(function(*inputs))

    _compare(_quietly(lambda: _outcome(there)), wanted, tolerance)


def _twice(x: Any) -> Any:
    return _native.execute("add", (x, x)) if x._dtype_number == 12 else x


def _compare(results: list[Any] | str, wanted: list[Any] | str, tolerance: float) -> None:
    if isinstance(results, str) or isinstance(wanted, str):
        assert results == wanted, (results, wanted)
        return
    for result, want in zip(results, wanted, strict=True):
        compare(result, np.asarray(want._numpy()), tolerance)


def check_copies(device: str) -> None:
    """What is copied there and back is the same."""
    import tensegra as tg

    random = np.random.default_rng(0)
    for dtype in _DTYPES:
        for shape in ((), (0,), (3, 0, 2), (7,), (64, 129)):
            array = np.asarray(random.uniform(-100, 100, shape)).astype(dtype)
            with device_scope(device):
                there = _native.tensor(array)
            assert there.device == device
            np.testing.assert_array_equal(there.numpy(), array, strict=True)
            with device_scope("CPU:0"):
                back = tg.identity(there)
            assert back.device == "CPU:0"
            np.testing.assert_array_equal(back.numpy(), array, strict=True)
    with device_scope(device):
        text = tg.constant(["strings", "stay"])
    assert text.numpy().tolist() == [b"strings", b"stay"]


def check_names(device: str) -> None:
    """The device is listed, and found under each form of its name."""
    import tensegra as tg

    kind = device.partition(":")[0]
    assert f"/device:{device}" in [item.name for item in tg.config.list_logical_devices(kind)]
    for name in (
        device,
        device.lower(),
        f"/{device}",
        f"/device:{device}",
        f"/job:localhost/replica:0/task:0/device:{device}",
    ):
        with device_scope(name):
            assert tg.constant([1.0]).device == device


def check_views(device: str) -> None:
    """Reshaping shares memory there as it does on the host."""
    import tensegra as tg

    array = np.arange(24, dtype="float32")
    with device_scope(device):
        x = tg.reshape(tg.reshape(tg.constant(array), [2, 3, 4]), [4, -1])
    assert x.device == device
    np.testing.assert_array_equal(x.numpy(), array.reshape(4, 6))


def check_chain(device: str) -> None:
    """Each piece of work sees the results of the one before, without anybody waiting in between."""
    import tensegra as tg

    def work() -> Any:
        x = tg.constant(np.arange(1000, dtype="float32"))
        for _ in range(200):
            x = x * 1.0 + 1.0
        return x

    with device_scope(device):
        result = _quietly(work)
    assert result.device == device
    np.testing.assert_array_equal(result.numpy(), np.arange(1000, dtype="float32") + 200)


def _network(x: Any) -> Any:
    import tensegra as tg

    hidden = tg.nn.relu(x * 2.0 - 1.0)
    mixed = tg.matmul(hidden, hidden, transpose_b=True) + 0.5
    return tg.nn.relu6(mixed) * mixed


def check_function(device: str) -> None:
    """A function runs there whole or in parts, for several shapes, and so does a context inside of it."""
    import tensegra as tg

    function = tg.function(_network)

    @tg.function
    def inside(x: Any) -> Any:
        with device_scope(device):
            y = x * x
        return y + 1.0

    for rows in (1, 3, 8):
        x = np.random.default_rng(rows).uniform(-1, 1, (rows, 4)).astype("float32")
        with device_scope("CPU:0"):
            wanted = _network(tg.constant(x)).numpy()
        with device_scope(device):
            result = _quietly(lambda x=x: function(tg.constant(x)))  # type: ignore[misc]
        compare(result, wanted, 4.0)
        compare(_quietly(lambda x=x: inside(tg.constant(x))), x * x + 1, 4.0)  # type: ignore[misc]


def check_random_graphs(device: str) -> None:
    """Functions made of random ops give what they give on the CPU, for sizes known and unknown."""
    import tensegra as tg

    for seed in range(12):
        inputs = arguments(seed, (1, 3, 17)[seed % 3])
        run = program(seed, smooth=True)
        rows = None if seed % 2 else inputs[0].shape[0]
        shapes = [(rows, *inputs[0].shape[1:]), *(x.shape for x in inputs[1:])]
        specs = [tg.TensorSpec(shape, x.dtype) for shape, x in zip(shapes, inputs, strict=True)]
        function = tg.function(run, input_signature=specs)
        with device_scope("CPU:0"):
            wanted = [x.numpy() for x in function(*inputs)]
        with device_scope(device):
            results = [x.numpy() for x in _quietly(lambda f=function, xs=inputs: f(*xs))]  # type: ignore[misc]
        for result, want in zip(results, wanted, strict=True):
            room = 1e-4 * float(np.max(np.abs(want), initial=1.0))
            np.testing.assert_allclose(result, want, rtol=1e-4, atol=room)


def check_gradients(device: str) -> None:
    """Gradients are those of the CPU: of ops, and of a function."""
    import tensegra as tg

    x = np.random.default_rng(1).uniform(-1, 1, (3, 4)).astype("float32")

    def slopes(function: Any) -> np.ndarray[Any, Any]:
        value = tg.constant(x)
        with tg.GradientTape() as tape:
            tape.watch(value)
            y = function(value)
        return np.asarray(tape.gradient(y, value).numpy())

    with device_scope("CPU:0"):
        wanted = slopes(_network)
    for function in (_network, tg.function(_network)):
        with device_scope(device):
            have = _quietly(lambda function=function: slopes(function))  # type: ignore[misc]
        np.testing.assert_allclose(have, wanted, rtol=1e-5, atol=1e-5)


def check_threads(device: str) -> None:
    """Threads that use the device at once do not disturb each other."""
    import tensegra as tg

    failures: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            with device_scope(device):
                x = tg.constant(np.full(500, seed, "float32"))
                for _ in range(50):
                    x = x + 1.0
                np.testing.assert_array_equal(x.numpy(), np.full(500, seed + 50, "float32"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]

    def run() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    _quietly(run)
    if failures:
        raise failures[0]


def check_variables(device: str) -> None:
    """A variable, which lives on the host, is read and changed by work there."""
    import tensegra as tg

    def work() -> Any:
        variable = tg.Variable([1.0, 2.0])
        with device_scope(device):
            variable.assign_add(variable * 2.0)
            return variable * 1.0

    np.testing.assert_array_equal(_quietly(work).numpy(), [3.0, 6.0])


def check_memory(device: str) -> None:
    """Thousands of tensors come and go."""
    import tensegra as tg

    def work() -> Any:
        with device_scope(device):
            for _ in range(2000):
                x = tg.constant(np.zeros(4096, "float32")) + 1.0
            return x

    assert float(_quietly(work).numpy().sum()) == 4096.0
