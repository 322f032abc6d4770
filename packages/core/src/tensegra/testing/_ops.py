"""What every op must hold."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._errors import Error, InvalidArgumentError, UnimplementedError
from tensegra._tape import GradientTape

from ._calls import FLOATS, Call, samples, type_variables
from ._check import Check


def op_conformance(
    ops: ModuleType | Iterable[str], references: Mapping[str, Callable[..., Any]] | None = None
) -> list[Check]:
    """The checks that a library of ops has to pass, for each op and each of its samples.

    Values equal the reference where one is given; inference says what results are, with all sizes, some or none known;
    a traced call gives what an eager one does, and so does the function when it was saved and loaded; gradients equal
    central differences, also those of the second order, and an op without says so; empty, 0-d and badly typed inputs
    give a result or an error of the catalogue.

    Args:
        ops: What `tg.load_op_library` returned, or full names of ops.
        references: From names of ops to functions of the arrays and attributes of a call, which return an array or a
            tuple of arrays.

    Returns:
        Checks, to be called one by one.

    Raises:
        tg.errors.NotFoundError: There is no op of a name (TG-0112).
        ValueError: An op has no samples: there is nothing to check.

    >>> import tensegra as tg
    >>> checks = tg.testing.op_conformance(["square"], {"square": lambda x: x * x})
    >>> str(checks[0])
    'square (sample 0): values'
    >>> checks[0]()
    """
    if isinstance(ops, ModuleType):
        wanted = set(ops.__dict__["__all__"])
        names = [
            op.name for op in _native.all_ops() if "::" in op.name and op.name.rpartition("::")[2] in wanted
        ]
    else:
        names = list(ops)
    references = references or {}
    checks: list[Check] = []
    for name in names:
        op = _native.find_op(name)
        calls = samples(op)
        if not calls:
            raise ValueError(f"[op_conformance] {name} has no samples: give its definition some")
        for call in calls:
            checks += _checks(call, references.get(name))
    return checks


def _checks(call: Call, reference: Callable[..., Any] | None) -> list[Check]:
    functions: dict[str, Callable[[], None]] = {}
    if reference is not None:
        functions["values"] = lambda: check_values(call, reference)
    functions |= {
        f"inference, {known} known": lambda known=known: check_inference(call, known)  # type: ignore[misc]
        for known in ("sizes", "ranks", "nothing")
        if call.inputs
    }
    functions["save and load"] = lambda: check_saving(call)
    floats = [i for i, x in enumerate(call.inputs) if x.dtype.name in FLOATS]
    if floats and call.op.differentiable:
        functions["gradient"] = lambda: check_gradient(call, floats)
    elif floats:
        functions["no gradient"] = lambda: check_no_gradient(call, floats[0])
    functions["empty inputs"] = lambda: check_robust(call, lambda x: x[:0] if x.ndim else x)
    functions["0-d inputs"] = lambda: check_robust(
        call, lambda x: x.reshape(-1)[:1].reshape(()) if x.size else x
    )
    functions["non-contiguous inputs"] = lambda: check_layout(call)
    functions["other dtypes"] = lambda: check_dtypes(call)
    return [Check(f"{call}: {what}", function) for what, function in functions.items()]


def check_values(call: Call, reference: Callable[..., Any]) -> None:
    """The results are those of the reference."""
    expected = reference(*call.inputs, **call.attributes)
    expected = expected if isinstance(expected, tuple) else (expected,)
    for result, wanted in zip(call.run(), expected, strict=True):
        compare(result, np.asarray(wanted))


def compare(result: Any, wanted: np.ndarray[Any, Any], scale: float = 1.0) -> None:
    """Equal dtypes and shapes, and values up to the last bits of floats."""
    have = np.asarray(result._numpy())
    assert have.dtype == wanted.dtype, (have.dtype, wanted.dtype)
    assert have.shape == wanted.shape, (have.shape, wanted.shape)
    if have.dtype.kind in "fc":
        eps = scale * 8 * float(np.finfo(have.dtype).eps)
        np.testing.assert_allclose(have, wanted, rtol=eps, atol=eps)
    else:
        np.testing.assert_array_equal(have, wanted)


def trace(call: Call, known: str) -> tuple[_native.Function, list[Any]]:
    """The call as a graph whose inputs have their sizes known, their ranks, or nothing."""
    graph = _native.Graph("conformance")
    graph.enter()
    try:
        inputs = []
        for i, x in enumerate(call.inputs):
            dims: Any = {"sizes": x.shape, "ranks": (-1,) * x.ndim, "nothing": None}[known]
            inputs.append(graph.add_input(f"x{i}", _native.tensor(x)._dtype_number, dims))
        outputs = call.run(inputs)
    finally:
        graph.leave()
    return _native.Function.create(graph, outputs), outputs


def check_inference(call: Call, known: str) -> None:
    """What is said of results before running is so, and the traced call gives what the eager one does."""
    eager = call.run()
    try:
        function, outputs = trace(call, known)
    except InvalidArgumentError as error:
        assert known != "sizes" and error.error_code == "TG-0103", error
        return  # its composition asks for a rank or a size
    for said, result in zip(outputs, eager, strict=True):
        assert said._dtype_number == result._dtype_number
        if said._shape is not None:
            assert len(said._shape) == len(result._shape), (said._shape, result._shape)
            pairs = zip(said._shape, result._shape, strict=True)
            assert all(size in (-1, have) or size < -1 for size, have in pairs), (said._shape, result._shape)
    for result, wanted in zip(function.call([_native.tensor(x) for x in call.inputs]), eager, strict=True):
        np.testing.assert_array_equal(result._numpy(), wanted._numpy(), strict=True)


def check_saving(call: Call) -> None:
    """A function with the op in it gives the same when it was saved and loaded."""
    import tensegra as tg

    if not call.inputs or call.op.effects:
        return  # nothing to feed, or state that a file does not hold
    specs = [tg.TensorSpec(x.shape, _native.tensor(x).dtype, name=f"x{i}") for i, x in enumerate(call.inputs)]
    module: Any = tg.Module()
    module.f = tg.function(lambda *xs: tuple(call.run(xs)), input_signature=specs)
    with tempfile.TemporaryDirectory() as directory:
        tg.saved_model.save(module, directory)
        loaded: Any = tg.saved_model.load(directory)
        results = loaded.f(*map(_native.tensor, call.inputs))
    for result, wanted in zip(results, call.run(), strict=True):
        np.testing.assert_array_equal(result._numpy(), wanted._numpy(), strict=True)


def _widened(call: Call, floats: list[int]) -> Call:
    """The call in float64 where the op takes it: differences are exact enough there."""
    variables = type_variables(call.op)
    kinds = call.variables()
    inputs = list(call.inputs)
    for i in floats:
        if "float64" in variables.get(kinds[i], ()):
            inputs[i] = inputs[i].astype("float64")
    return call.with_inputs(*inputs)


def check_gradient(call: Call, floats: list[int]) -> None:
    """Gradients equal central differences; those of the gradients too."""
    call = _widened(call, floats)
    single = any(call.inputs[i].dtype == np.float32 for i in floats)
    step, tolerance = (1e-2, 5e-2) if single else (1e-6, 1e-5)
    random = np.random.default_rng(0)
    weights = [random.uniform(0.5, 1.5, tuple(result._shape)) for result in call.run()]

    def total(*arrays: np.ndarray[Any, Any]) -> float:
        results = call.run(map(_native.tensor, arrays))
        pairs = zip(results, weights, strict=True)
        return float(sum((r._numpy().astype("float64") * w).sum() for r, w in pairs if _is_float(r)))

    def slopes(*arrays: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
        tensors = [_native.tensor(x) for x in arrays]
        with GradientTape(persistent=True) as tape:
            for i in floats:
                tape.watch(tensors[i])
            results = [(r, w) for r, w in zip(call.run(tensors), weights, strict=True) if _is_float(r)]
        seeds = [_native.tensor(w.astype(r._numpy().dtype)) for r, w in results]
        found: Any = tape.gradient(
            [r for r, _ in results], [tensors[i] for i in floats], output_gradients=seeds
        )
        return [
            np.zeros_like(arrays[i]) if g is None else g._numpy() for i, g in zip(floats, found, strict=True)
        ]

    for position, i in enumerate(floats):
        have = slopes(*call.inputs)[position]
        x = call.inputs[i]
        for index in list(np.ndindex(x.shape))[:12]:
            sides = []
            for sign in (1, -1):
                moved = x.copy()
                moved[index] += sign * step
                sides.append(total(*call.inputs[:i], moved, *call.inputs[i + 1 :]))
            want = (sides[0] - sides[1]) / (2 * step)
            assert abs(have[index] - want) <= tolerance * max(1.0, abs(want)), (i, index, have[index], want)


def _is_float(tensor: Any) -> bool:
    return tensor._numpy().dtype.kind == "f"


def check_no_gradient(call: Call, index: int) -> None:
    """An op without gradient is named where one is asked for."""
    tensors = [_native.tensor(x) for x in call.inputs]
    with GradientTape() as tape:
        tape.watch(tensors[index])
        results = [result for result in call.run(tensors) if _is_float(result)]
    if not results:
        return
    try:
        tape.gradient(results, [tensors[index]])
    except UnimplementedError as error:
        assert call.op.name in str(error), error
    else:
        raise AssertionError(f"{call.op.name} has no gradient, yet none was missed")


def check_robust(call: Call, change: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]) -> None:
    """Changed inputs give a result, or an error of the catalogue that names the op."""
    for i in range(len(call.inputs)):
        for several in ([i], range(len(call.inputs))):
            inputs = [change(x) if k in several else x for k, x in enumerate(call.inputs)]
            _may_refuse(lambda inputs=inputs: [r._numpy() for r in call.with_inputs(*inputs).run()])  # type: ignore[misc]


def _may_refuse(run: Callable[[], Any]) -> None:
    try:
        run()
    except Error as error:
        assert error.error_code, error
        assert error.error_code != "TG-0001", error


def check_layout(call: Call) -> None:
    """Arrays that are strided, reversed or read-only give the same."""
    wanted = call.run()
    inputs = []
    for x in call.inputs:
        wide = np.repeat(x[..., None], 2, axis=-1)[..., 0]
        wide.flags.writeable = False
        inputs.append(wide)
    for result, want in zip(call.with_inputs(*inputs).run(), wanted, strict=True):
        np.testing.assert_array_equal(result._numpy(), want._numpy(), strict=True)


def check_dtypes(call: Call) -> None:
    """Each dtype that the signature lists runs; each that it does not list is refused."""
    variables = type_variables(call.op)
    for variable, listed in variables.items():
        places = [i for i, kind in enumerate(call.variables()) if kind == variable]
        for dtype in ("bool", "int8", "int32", "int64", "uint8", "float32", "float64", "complex64"):
            inputs = [x.astype(dtype) if i in places else x for i, x in enumerate(call.inputs)]
            changed = call.with_inputs(*inputs)
            if dtype in listed:
                _may_refuse(changed.run)
            elif places:
                try:
                    changed.run()
                except InvalidArgumentError as error:
                    assert error.error_code == "TG-0102", error
                else:
                    raise AssertionError(f"{call.op.name} took {dtype} for {variable}: {listed}")
