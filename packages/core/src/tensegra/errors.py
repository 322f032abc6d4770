"""The errors that Tensegra raises: `tg.errors.*`.

There is one class for each of the 16 canonical status codes. Each is also the Python error of the same meaning, so that
``except ValueError`` catches an `InvalidArgumentError`. Every text ends with a code of the error catalogue.
"""

from ._errors import AbortedError as AbortedError
from ._errors import AlreadyExistsError as AlreadyExistsError
from ._errors import CancelledError as CancelledError
from ._errors import DataLossError as DataLossError
from ._errors import DeadlineExceededError as DeadlineExceededError
from ._errors import Error as Error
from ._errors import FailedPreconditionError as FailedPreconditionError
from ._errors import InternalError as InternalError
from ._errors import InvalidArgumentError as InvalidArgumentError
from ._errors import NotFoundError as NotFoundError
from ._errors import OutOfRangeError as OutOfRangeError
from ._errors import PermissionDeniedError as PermissionDeniedError
from ._errors import ResourceExhaustedError as ResourceExhaustedError
from ._errors import UnauthenticatedError as UnauthenticatedError
from ._errors import UnavailableError as UnavailableError
from ._errors import UnimplementedError as UnimplementedError
from ._errors import UnknownError as UnknownError

__all__ = [
    "AbortedError",
    "AlreadyExistsError",
    "CancelledError",
    "DataLossError",
    "DeadlineExceededError",
    "Error",
    "FailedPreconditionError",
    "InternalError",
    "InvalidArgumentError",
    "NotFoundError",
    "OutOfRangeError",
    "PermissionDeniedError",
    "ResourceExhaustedError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnimplementedError",
    "UnknownError",
]
