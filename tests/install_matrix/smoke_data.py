"""Data alone: a pipeline over arrays."""

import numpy as np

import tensegra as tg

dataset = tg.data.Dataset.from_tensor_slices((np.arange(10), np.arange(10) * 2)).shuffle(10, seed=1).batch(4)
batches = [(x.numpy(), y.numpy()) for x, y in dataset.map(lambda x, y: (x + 1, y)).prefetch(tg.data.AUTOTUNE)]
assert [len(x) for x, _ in batches] == [4, 4, 2]
assert sorted(np.concatenate([x for x, _ in batches])) == list(range(1, 11))
assert all(np.array_equal((x - 1) * 2, y) for x, y in batches)
print("ok")
