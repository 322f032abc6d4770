"""How an error becomes an HTTP answer."""

from __future__ import annotations

import tensegra as tg

# Canonical status code -> HTTP status, as gRPC gateways map them.
_HTTP = {
    1: 499,
    3: 400,
    4: 504,
    5: 404,
    6: 409,
    7: 403,
    8: 429,
    9: 400,
    10: 409,
    11: 400,
    12: 501,
    14: 503,
    16: 401,
}


def http_status(error: BaseException) -> int:
    """The HTTP status for an error; 500 for one that is not catalogued."""
    return _HTTP.get(error.code, 500) if isinstance(error, tg.errors.Error) else 500


def invalid(
    where: str, rule: str, received: str, code: str, cure: str = ""
) -> tg.errors.InvalidArgumentError:
    """An error of the catalogue, in its form."""
    text = f"[serving.{where}] {rule}. Received: {received}." + (f" {cure}" if cure else "")
    return tg.errors.InvalidArgumentError(text, code=code)
