"""Linear algebra."""

# Generated from the op registry by tools/gen.py: do not edit.

from tensegra._composites.clipping import l2_normalize as l2_normalize
from tensegra._composites.creation import eye as eye
from tensegra._ops.linalg import matmul as matmul

__all__ = [
    "eye",
    "l2_normalize",
    "matmul",
]
