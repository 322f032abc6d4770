"""Tensegra without its types: what is given to its functions here stands for tensors of another kind."""

from __future__ import annotations

from typing import Any

import tensegra

tg: Any = tensegra
