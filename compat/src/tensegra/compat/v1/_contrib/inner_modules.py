"""The modules inside of contrib that programs import from, beside its public names."""

from __future__ import annotations

from .._symbols import namespace, put, table
from . import (  # noqa: F401  (their names are those that are given again)
    arg_scopes,
    assignments,
    basics,
    convolutions,
    learning,
    model_variables,
    normalizers,
    optimize,
    pools,
    simple_layers,
    summaries,
)

_INNER = {
    "contrib.layers": (
        "contrib.layers.python.layers",
        ("layers", "initializers", "regularizers", "normalization", "optimizers", "summaries"),
    ),
    "contrib.framework": ("contrib.framework.python.ops", ("variables",)),
    "contrib.slim": ("contrib.slim.python.slim", ("learning",)),
}

for _public, (_path, _modules) in _INNER.items():
    for _name, _thing in list(table.items()):
        _space, _, _last = _name.rpartition(".")
        if _space == _public:
            put(f"{_path}.{_last}", _thing)
    for _module in _modules:
        put(f"{_path}.{_module}", namespace(f"{_public}.learning" if _module == "learning" else _public))
