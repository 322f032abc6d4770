"""The C runtime through ctypes: one declaration per function of tensegra/lite.h."""

from __future__ import annotations

import ctypes
import functools
from pathlib import Path

from ._errors import LiteError, UnimplementedError, make_error

MAX_RANK = 8


class Error(ctypes.Structure):
    """tgl_error."""

    _fields_ = [
        ("code", ctypes.c_int32),
        ("error_code", ctypes.c_char * 12),
        ("message", ctypes.c_char * 240),
    ]

    def exception(self) -> LiteError:
        message = self.message.decode("utf-8", "replace")
        return make_error(self.code, self.error_code.decode(), f"[lite] {message}.")


class Tensor(ctypes.Structure):
    """tgl_tensor."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("bytes", ctypes.c_size_t),
        ("dims", ctypes.c_int64 * MAX_RANK),
        ("dtype", ctypes.c_int32),
        ("rank", ctypes.c_int32),
    ]


class StepInfo(ctypes.Structure):
    """tgl_step_info."""

    _fields_ = [("op", ctypes.c_char_p), ("name", ctypes.c_char_p), ("arithmetic", ctypes.c_char_p)]


_ERROR = ctypes.POINTER(Error)
_SIGNATURES = {
    "tgl_version": ([], ctypes.c_char_p),
    "tgl_supports_op": ([ctypes.c_char_p], ctypes.c_int32),
    "tgl_model_open": (
        [ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_void_p), _ERROR],
        ctypes.c_int,
    ),
    "tgl_model_map": ([ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), _ERROR], ctypes.c_int),
    "tgl_model_close": ([ctypes.c_void_p], None),
    "tgl_interpreter_create": (
        [ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), _ERROR],
        ctypes.c_int,
    ),
    "tgl_interpreter_destroy": ([ctypes.c_void_p], None),
    "tgl_num_inputs": ([ctypes.c_void_p], ctypes.c_int32),
    "tgl_num_outputs": ([ctypes.c_void_p], ctypes.c_int32),
    "tgl_input": ([ctypes.c_void_p, ctypes.c_int32], ctypes.POINTER(Tensor)),
    "tgl_output": ([ctypes.c_void_p, ctypes.c_int32], ctypes.POINTER(Tensor)),
    "tgl_resize_input": (
        [ctypes.c_void_p, ctypes.c_int32, ctypes.c_int32, ctypes.POINTER(ctypes.c_int64), _ERROR],
        ctypes.c_int,
    ),
    "tgl_allocate": ([ctypes.c_void_p, _ERROR], ctypes.c_int),
    "tgl_invoke": ([ctypes.c_void_p, _ERROR], ctypes.c_int),
    "tgl_num_steps": ([ctypes.c_void_p], ctypes.c_int32),
    "tgl_step": ([ctypes.c_void_p, ctypes.c_int32, ctypes.POINTER(StepInfo)], ctypes.c_int),
    "tgl_arena_bytes": ([ctypes.c_void_p], ctypes.c_size_t),
    "tgl_num_values": ([ctypes.c_void_p], ctypes.c_int32),
    "tgl_value_place": (
        [
            ctypes.c_void_p,
            ctypes.c_int32,
            ctypes.POINTER(ctypes.c_int64),
            ctypes.POINTER(ctypes.c_size_t),
        ],
        ctypes.c_int,
    ),
}


@functools.cache
def load() -> ctypes.CDLL:
    """The runtime of this wheel."""
    path = Path(__file__).with_name("libtensegra_lite.so")
    try:
        loaded = ctypes.CDLL(str(path))
    except OSError as error:
        raise UnimplementedError(
            f"[lite] the runtime must be there and fit this machine. Received: {error}. Reinstall tensegra-lite.",
            code="TG-6008",
        ) from error
    for name, (arguments, result) in _SIGNATURES.items():
        function = getattr(loaded, name)
        function.argtypes = arguments
        function.restype = result
    return loaded


def check(status: int, error: Error) -> None:
    """Raises what a function reported."""
    if status != 0:
        raise error.exception()
