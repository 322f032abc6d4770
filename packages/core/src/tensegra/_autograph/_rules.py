"""Whose code is converted."""

from __future__ import annotations

import sys
import types

# Libraries in which nothing depends on tensors of a graph; the standard library comes in addition.
_LIBRARIES = frozenset(
    {
        *(
            "IPython",
            "ipykernel",
            "jupyter_client",
            "pygments",
            "rich",
            "tqdm",
            "traitlets",
            "typing_extensions",
        ),
        *(
            "PIL",
            "gymnasium",
            "jax",
            "matplotlib",
            "numpy",
            "pandas",
            "pyarrow",
            "ray",
            "scipy",
            "sklearn",
            "sympy",
        ),
        *(
            "_pytest",
            "absl",
            "attr",
            "attrs",
            "cloudpickle",
            "dill",
            "hypothesis",
            "mock",
            "pluggy",
            "psutil",
        ),
        *("pytest", "tensegra", "tensorflow", "torch"),
    }
)


def is_user_code(function: types.FunctionType) -> bool:
    """Whether a function is of the user's program, not of a library."""
    module = function.__globals__.get("__name__")
    if not isinstance(module, str):
        return True
    top = module.partition(".")[0]
    return top == "__main__" or (top not in _LIBRARIES and top not in sys.stdlib_module_names)
