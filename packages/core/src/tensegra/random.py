"""Random numbers: `tg.random.*`.

The numbers come from the counter-based generator Philox 4x32-10 (J. Salmon et al., "Parallel random numbers: as easy
as 1, 2, 3", SC 2011) and follow TensorFlow's rules of seeding: with `tg.random.set_seed`, or a `seed` argument, a
program draws the same numbers each time it runs; see `set_seed`. The `stateless_` functions depend on nothing but their
arguments.
"""

from ._random import Generator as Generator
from ._random import categorical as categorical
from ._random import normal as normal
from ._random import set_seed as set_seed
from ._random import shuffle as shuffle
from ._random import stateless_categorical as stateless_categorical
from ._random import stateless_normal as stateless_normal
from ._random import stateless_truncated_normal as stateless_truncated_normal
from ._random import stateless_uniform as stateless_uniform
from ._random import truncated_normal as truncated_normal
from ._random import uniform as uniform

__all__ = [
    "Generator",
    "categorical",
    "normal",
    "set_seed",
    "shuffle",
    "stateless_categorical",
    "stateless_normal",
    "stateless_truncated_normal",
    "stateless_uniform",
    "truncated_normal",
    "uniform",
]
