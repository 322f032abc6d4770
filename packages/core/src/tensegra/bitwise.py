"""Operations on the bits of integers."""

# Generated from the op registry by tools/gen.py: do not edit.

from tensegra._ops.bitwise import bitwise_and as bitwise_and
from tensegra._ops.bitwise import bitwise_or as bitwise_or
from tensegra._ops.bitwise import bitwise_xor as bitwise_xor

__all__ = [
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
]
