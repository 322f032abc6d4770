"""dtypes, versions and other names that are values."""

from __future__ import annotations

from typing import Any

from ._core import tg
from ._symbols import export, put
from ._tensor import core_dtype, variant

for _name in (
    "float16",
    "float32",
    "float64",
    "bfloat16",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "bool",
    "string",
    "half",
    "double",
    "resource",
):
    _dtype = getattr(tg, _name)
    put(_name, _dtype)
    put(f"dtypes.{_name}", _dtype)
    put(f"{_name}_ref", _dtype)
put("variant", variant)
put("DType", tg.DType)
put("newaxis", None)
put("QUANTIZED_DTYPES", ())
for _name, _value in {
    "VERSION": "1.15.5",
    "GIT_VERSION": "v1.15.5",
    "COMPILER_VERSION": "",
    "GRAPH_DEF_VERSION": 134,
}.items():
    put(_name, _value)
    put(f"version.{_name}", _value)


@export("as_dtype dtypes.as_dtype")
def as_dtype(type_value: Any) -> Any:
    """A dtype from a name, a NumPy dtype or the like."""
    return core_dtype(type_value)
