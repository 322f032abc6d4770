"""Tensegra lite: small models on small machines.

`Interpreter` runs a lite model with a C runtime that needs nothing but NumPy on the Python side; `Converter` makes
one from a saved model (with tensegra-core: ``pip install tensegra-lite[converter]``).
"""

from ._converter import Converter as Converter
from ._errors import DataLossError as DataLossError
from ._errors import FailedPreconditionError as FailedPreconditionError
from ._errors import InvalidArgumentError as InvalidArgumentError
from ._errors import LiteError as LiteError
from ._errors import NotFoundError as NotFoundError
from ._errors import ResourceExhaustedError as ResourceExhaustedError
from ._errors import UnimplementedError as UnimplementedError
from ._interpreter import Interpreter as Interpreter
from ._interpreter import Step as Step
from ._optimize import Optimize as Optimize

__all__ = [
    "Converter",
    "DataLossError",
    "FailedPreconditionError",
    "Interpreter",
    "InvalidArgumentError",
    "LiteError",
    "NotFoundError",
    "Optimize",
    "ResourceExhaustedError",
    "Step",
    "UnimplementedError",
]
