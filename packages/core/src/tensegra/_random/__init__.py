"""What is behind `tg.random`: draws from state (`_stateful`), without (`_stateless`), and generators."""

from ._generator import Generator as Generator
from ._stateful import categorical as categorical
from ._stateful import normal as normal
from ._stateful import set_seed as set_seed
from ._stateful import shuffle as shuffle
from ._stateful import truncated_normal as truncated_normal
from ._stateful import uniform as uniform
from ._stateless import stateless_categorical as stateless_categorical
from ._stateless import stateless_normal as stateless_normal
from ._stateless import stateless_truncated_normal as stateless_truncated_normal
from ._stateless import stateless_uniform as stateless_uniform
