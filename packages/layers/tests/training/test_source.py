import numpy as np
import pytest

import tensegra as tg
from tensegra.layers._training._source import make_source

SEED = (1, 2)


def test_arrays_are_cut_into_batches():
    x, y = np.arange(7.0), np.arange(7)
    source = make_source("fit", x, y, batch_size=3)
    assert source.steps == 3
    batches = list(source.batches(SEED))
    assert [batch[0].tolist() for batch in batches] == [[0, 1, 2], [3, 4, 5], [6]]
    assert batches[0][0].dtype == np.float32
    assert batches[0][2] is None


def test_shuffled_rows_stay_together_and_follow_the_seed():
    x = np.arange(50.0)
    source = make_source("fit", {"a": x, "b": [x, -x]}, 2 * x, x + 1, batch_size=8, shuffle=True)

    def order(seed):
        rows = []
        for parts, y, weight in source.batches(seed):
            np.testing.assert_array_equal(parts["b"][1], -parts["a"])
            np.testing.assert_array_equal(y, 2 * parts["a"])
            np.testing.assert_array_equal(weight, parts["a"] + 1)
            rows += parts["a"].tolist()
        assert sorted(rows) == x.tolist()
        return rows

    assert order((1, 0)) == order((1, 0))
    assert order((1, 0)) != order((1, 1)) != order((2, 1))


def test_data_sets_say_how_many_batches_they_have():
    class Known:
        def cardinality(self):
            return 5

        def __iter__(self):
            return iter([])

    assert make_source("fit", Known()).steps == 5
    assert make_source("fit", (n for n in range(3))).steps is None


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ({"x": np.zeros((3, 2)), "y": np.zeros(4)}, "TG-1021", "x of 3, y of 4"),
        ({"x": [np.zeros(3), np.zeros(4)]}, "TG-1021", "x of 3, 4"),
        ({"x": np.zeros(3), "y": np.zeros(3), "sample_weight": np.zeros(2)}, "TG-1021", "sample_weight of 2"),
        ({"x": np.float64(3.0)}, "TG-1021", "scalar"),
        ({"x": np.zeros((0, 2))}, "TG-1022", "empty"),
        ({"x": [], "y": []}, "TG-1022", "example"),
        ({"x": [[1.0, 2.0], [3.0, 4.0]]}, "TG-1021", "numpy.asarray"),
        ({"x": iter([]), "y": np.zeros(3)}, "TG-1023", "y is not given apart"),
        ({"x": iter([]), "batch_size": 3}, "TG-1023", "batch_size is not given apart"),
        ({"x": 3}, "TG-1023", "int"),
        ({"x": np.zeros(3), "batch_size": 0}, "TG-1002", "batch_size=0"),
    ],
)
def test_wrong_data(arguments, code, text):
    with pytest.raises(tg.errors.InvalidArgumentError, match=f"{text}.*{code}"):
        make_source("fit", **arguments)
