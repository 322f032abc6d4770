"""TensorFlow 1.x on Tensegra's engine: graphs, sessions, placeholders, and what was written with them.

>>> import tensegra.compat.v1 as tf
>>> x = tf.placeholder(tf.float32, [None])
>>> y = tf.reduce_sum(x * 2.0)
>>> with tf.Session() as sess:
...     print(sess.run(y, {x: [1.0, 2.0]}))
6.0
"""

from __future__ import annotations

import sys as _sys
from typing import Any as _Any

from . import _symbols

if not any(isinstance(finder, _symbols.Finder) and finder.alias is None for finder in _sys.meta_path):
    _sys.meta_path.append(_symbols.Finder())

__version__ = "1.15.5"
install = _symbols.install


def __getattr__(name: str) -> _Any:
    if name == "__all__":  # `from tensorflow import *`
        return _symbols.names("")
    return _symbols.find("", name)


def __dir__() -> list[str]:
    return _symbols.names("")
