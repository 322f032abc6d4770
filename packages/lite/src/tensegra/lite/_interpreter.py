"""Running a lite model from Python."""

from __future__ import annotations

import ctypes
import os
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _runtime
from ._errors import FailedPreconditionError, InvalidArgumentError, NotFoundError

_DTYPES: dict[int, type[np.generic]] = {
    1: np.bool_,
    2: np.int8,
    4: np.int32,
    5: np.int64,
    6: np.uint8,
    12: np.float32,
}


@dataclass(frozen=True)
class Step:
    """One op of a model: its name, its node, and its arithmetic (``"int8"``, ``"float32"``, ``"view"``)."""

    op: str
    name: str
    arithmetic: str


def _release(library: ctypes.CDLL, interpreter: int | None, model: int | None) -> None:
    library.tgl_interpreter_destroy(interpreter)
    library.tgl_model_close(model)


class Interpreter:
    """Runs a lite model with the C runtime. The methods are those of TensorFlow Lite's interpreter.

    Args:
        model_path: A file that a `Converter` wrote; it is mapped, not read.
        model_content: Or its bytes.

    Raises:
        NotFoundError: There is no such file (TG-6006), or the runtime lacks an op of the model (TG-6002).
        DataLossError: The model is damaged (TG-6001).
        FailedPreconditionError: It is of a newer format (TG-6003).
        InvalidArgumentError: Not exactly one of the two arguments was given (TG-6009).

    Example:
        >>> from tensegra import lite
        >>> interpreter = lite.Interpreter(model_path="digits.tgl")  # doctest: +SKIP
        >>> interpreter.allocate_tensors()  # doctest: +SKIP
        >>> interpreter.set_tensor(0, pixels)  # doctest: +SKIP
        >>> interpreter.invoke()  # doctest: +SKIP
        >>> scores = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])  # doctest: +SKIP
    """

    def __init__(
        self, model_path: str | os.PathLike[str] | None = None, model_content: bytes | None = None
    ) -> None:
        if (model_path is None) == (model_content is None):
            raise InvalidArgumentError(
                "[lite.Interpreter] exactly one of model_path and model_content must be given. "
                f"Received: model_path={model_path!r}, model_content={'bytes' if model_content else None}.",
                code="TG-6009",
            )
        self._library = _runtime.load()
        error = _runtime.Error()
        model = ctypes.c_void_p()
        self._content: Any = None
        if model_path is not None:
            path = os.fsencode(model_path)
            status = self._library.tgl_model_map(path, ctypes.byref(model), ctypes.byref(error))
        else:
            # numpy's memory is aligned as the runtime wants it; it is kept as long as the model.
            self._content = np.frombuffer(model_content or b"", np.uint8).copy()
            status = self._library.tgl_model_open(
                self._content.ctypes.data,
                self._content.size,
                ctypes.byref(model),
                ctypes.byref(error),
            )
        _runtime.check(status, error)
        interpreter = ctypes.c_void_p()
        status = self._library.tgl_interpreter_create(model, ctypes.byref(interpreter), ctypes.byref(error))
        self._finalizer = weakref.finalize(self, _release, self._library, interpreter.value, model.value)
        _runtime.check(status, error)
        self._handle = interpreter
        self._num_inputs: int = self._library.tgl_num_inputs(interpreter)
        self._num_outputs: int = self._library.tgl_num_outputs(interpreter)
        self._allocated = False
        # What the file says about input shapes, before anything is resized: unknown sizes are not told by the runtime.
        self._call("tgl_allocate")
        self._allocated = True

    def _call(self, name: str, *arguments: Any) -> None:
        error = _runtime.Error()
        _runtime.check(
            getattr(self._library, name)(self._handle, *arguments, ctypes.byref(error)),
            error,
        )

    def _tensor(self, index: int) -> _runtime.Tensor:
        if not isinstance(index, int) or not 0 <= index < self._num_inputs + self._num_outputs:
            raise InvalidArgumentError(
                "[lite.Interpreter] index must be one that get_input_details or get_output_details gives. "
                f"Received: index={index}.",
                code="TG-6010",
            )
        if index < self._num_inputs:
            return self._library.tgl_input(self._handle, index).contents
        return self._library.tgl_output(self._handle, index - self._num_inputs).contents

    def _details(self, index: int) -> dict[str, Any]:
        tensor = self._tensor(index)
        shape = np.array(tensor.dims[: tensor.rank], np.int32)
        return {
            "name": tensor.name.decode(),
            "index": index,
            "shape": shape,
            "dtype": _DTYPES[tensor.dtype],
        }

    def get_input_details(self) -> list[dict[str, Any]]:
        """One dict per input: ``name``, ``index``, ``shape`` (as allocated now), ``dtype``."""
        return [self._details(i) for i in range(self._num_inputs)]

    def get_output_details(self) -> list[dict[str, Any]]:
        """One dict per output, as `get_input_details`."""
        return [self._details(self._num_inputs + i) for i in range(self._num_outputs)]

    def resize_tensor_input(self, input_index: int, tensor_size: Sequence[int]) -> None:
        """Gives an input another shape; `allocate_tensors` must follow. Fixed sizes cannot change (TG-6004)."""
        self._tensor(input_index)
        dims = (ctypes.c_int64 * max(len(tensor_size), 1))(*tensor_size)
        self._call("tgl_resize_input", input_index, len(tensor_size), dims)
        self._allocated = False

    def allocate_tensors(self) -> None:
        """Infers all shapes and makes the one block of memory that the model runs in."""
        if not self._allocated:
            self._call("tgl_allocate")
            self._allocated = True

    def set_tensor(self, tensor_index: int, value: npt.ArrayLike) -> None:
        """Copies a value into an input. Dtype and shape must be those of the input (TG-6004)."""
        if isinstance(tensor_index, int) and tensor_index >= self._num_inputs:
            raise InvalidArgumentError(
                f"[lite.Interpreter] set_tensor takes an input's index. Received: tensor_index={tensor_index}.",
                code="TG-6010",
            )
        self._array(tensor_index)[...] = self._checked(tensor_index, np.asarray(value))

    def _checked(self, index: int, value: np.ndarray) -> np.ndarray:
        details = self._details(index)
        if value.dtype != details["dtype"] or value.shape != tuple(details["shape"]):
            raise InvalidArgumentError(
                f"[lite.Interpreter] input '{details['name']}' must be {np.dtype(details['dtype'])} of shape "
                f"{tuple(int(n) for n in details['shape'])}. Received: {value.dtype} of shape {value.shape}. "
                "Use resize_tensor_input for another batch.",
                code="TG-6004",
            )
        return value

    def _array(self, index: int) -> np.ndarray:
        tensor = self._tensor(index)
        if not self._allocated or not tensor.data:
            raise FailedPreconditionError(
                f"[lite.Interpreter] allocate_tensors must come first. Received: tensor {index} without memory.",
                code="TG-6007",
            )
        dtype = np.dtype(_DTYPES[tensor.dtype])
        memory = (ctypes.c_char * tensor.bytes).from_address(tensor.data)
        return np.frombuffer(memory, dtype).reshape(tensor.dims[: tensor.rank])

    def get_tensor(self, tensor_index: int) -> np.ndarray:
        """A copy of an input or output."""
        return self._array(tensor_index).copy()

    def invoke(self) -> None:
        """Runs the model on what the inputs hold. Other Python threads go on meanwhile."""
        if not self._allocated:
            raise FailedPreconditionError(
                "[lite.Interpreter] allocate_tensors must come before invoke. Received: a resized input.",
                code="TG-6007",
            )
        self._call("tgl_invoke")

    def get_signature_runner(self) -> Callable[..., dict[str, np.ndarray]]:
        """A function of the named inputs that resizes, runs, and returns the named outputs.

        Raises:
            NotFoundError: An input is missing or unknown (TG-6011).
        """

        def run(**inputs: npt.ArrayLike) -> dict[str, np.ndarray]:
            details = self.get_input_details()
            names = {each["name"] for each in details}
            if names != set(inputs):
                raise NotFoundError(
                    f"[lite.Interpreter] the inputs must be {sorted(names)}. Received: {sorted(inputs)}.",
                    code="TG-6011",
                )
            for each in details:
                value = np.asarray(inputs[each["name"]])
                if value.shape != tuple(each["shape"]):
                    self.resize_tensor_input(each["index"], value.shape)
            self.allocate_tensors()
            for each in details:
                self.set_tensor(each["index"], inputs[each["name"]])
            self.invoke()
            return {each["name"]: self.get_tensor(each["index"]) for each in self.get_output_details()}

        return run

    @property
    def steps(self) -> list[Step]:
        """The ops in the order in which they run, with the arithmetic of each."""
        result = []
        for i in range(self._library.tgl_num_steps(self._handle)):
            info = _runtime.StepInfo()
            self._library.tgl_step(self._handle, i, ctypes.byref(info))
            result.append(Step(info.op.decode(), info.name.decode(), info.arithmetic.decode()))
        return result

    @property
    def arena_bytes(self) -> int:
        """Bytes of the one block that all intermediate values share."""
        return int(self._library.tgl_arena_bytes(self._handle))

    def _places(self) -> list[tuple[int, int]]:
        """Offset in the arena (-1: elsewhere) and bytes of each value."""
        places = []
        for i in range(self._library.tgl_num_values(self._handle)):
            offset, size = ctypes.c_int64(), ctypes.c_size_t()
            self._library.tgl_value_place(self._handle, i, ctypes.byref(offset), ctypes.byref(size))
            places.append((offset.value, size.value))
        return places
