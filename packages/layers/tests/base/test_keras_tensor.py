import numpy as np
import pytest

import tensegra as tg


def test_a_symbolic_tensor_knows_shape_and_dtype():
    x = tg.keras.Input((3, None), dtype="int32", name="ids")
    assert (x.shape, x.dtype, x.ndim, x.name) == ((None, 3, None), tg.int32, 3, "ids")
    assert repr(x) == "<KerasTensor shape=(None, 3, None), dtype=int32, name=ids>"


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x + 1,
        lambda x: 2 * x,
        lambda x: x[0],
        np.asarray,
        bool,
        float,
        list,
        len,
    ],
)
def test_it_has_no_values(use):
    with pytest.raises(ValueError, match=r"symbolic tensor has no values.*TG-1007"):
        use(tg.keras.Input((3,)))
