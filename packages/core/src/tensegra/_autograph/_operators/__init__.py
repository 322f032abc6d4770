"""What converted code calls. With Python values each does what Python does; with values of a graph it adds to it."""

from ._assertions import assert_stmt as assert_stmt
from ._branches import if_stmt as if_stmt
from ._calls import fn as fn
from ._lists import list_append as list_append
from ._lists import list_extend as list_extend
from ._logic import and_ as and_
from ._logic import and_then as and_then
from ._logic import compare as compare
from ._logic import if_exp as if_exp
from ._logic import not_ as not_
from ._logic import or_ as or_
from ._logic import or_then as or_then
from ._loops import for_stmt as for_stmt
from ._loops import loop_options as loop_options
from ._loops import while_stmt as while_stmt
from ._undefined import Undefined as Undefined
from ._undefined import ld as ld
from ._undefined import peek as peek
from ._undefined import put_attribute as put_attribute
from ._undefined import put_item as put_item
from ._undefined import returned as returned

__all__ = [
    "Undefined",
    "and_",
    "and_then",
    "assert_stmt",
    "compare",
    "fn",
    "for_stmt",
    "if_exp",
    "if_stmt",
    "ld",
    "list_append",
    "list_extend",
    "loop_options",
    "not_",
    "or_",
    "or_then",
    "peek",
    "put_attribute",
    "put_item",
    "returned",
    "while_stmt",
]
