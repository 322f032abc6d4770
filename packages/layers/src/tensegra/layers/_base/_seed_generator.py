"""Random state that a model keeps, saves and restores."""

from __future__ import annotations

import tensegra as tg

from .._seeds import next_seed


class SeedGenerator(tg.Module):
    """A stream of seeds for the `tg.random.stateless_*` functions.

    The state is a variable, so that a saved model goes on with the stream where it stopped.

    Args:
        seed: Where to start; drawn from the stream of `set_random_seed` if not given.

    Example:
        >>> import tensegra as tg
        >>> seeds = tg.layers.utils.SeedGenerator(7)
        >>> seeds.next().numpy().tolist(), seeds.next().numpy().tolist()
        ([7, 0], [7, 1])
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__()
        self.seed = next_seed() if seed is None else int(seed)
        with tg.init_scope():
            self.state = tg.Variable(
                tg.constant([self.seed, 0], dtype=tg.int64), trainable=False, name="seed_generator_state"
            )
            self._step = tg.constant([0, 1], dtype=tg.int64)

    def next(self) -> tg.Tensor:
        """The next seed: two int64 numbers."""
        seed = tg.identity(self.state.read_value())
        self.state.assign_add(self._step)
        return seed
