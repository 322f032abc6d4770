"""Where the wheel scipy-openblas32 is not installed, the tests use the LAPACK that SciPy's wheel carries."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from tensegra._lapack import locate

if locate() is None:
    for _library in Path(sysconfig.get_path("platlib"), "scipy.libs").glob("libscipy_openblas-*.so"):
        os.environ.setdefault("TENSEGRA_LAPACK", str(_library))
