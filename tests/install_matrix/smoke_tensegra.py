"""The meta-package alone gives core, and says how to get a part."""

import tensegra as tg

assert int(tg.reduce_sum(tg.constant([1, 2, 3]))) == 6
try:
    tg.layers
except ImportError as error:
    assert "tensegra-layers" in str(error)
else:
    raise AssertionError("tg.layers is not installed here")
print("ok")
