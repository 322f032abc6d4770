"""`Saver` and what finds checkpoints."""

from __future__ import annotations

import glob
import os
import time
from typing import Any

import numpy as np

from ...checkpoint import BundleReader, write_bundle
from .._core import tg
from .._errors import invalid, not_found, precondition
from .._graph import GraphKeys, get_default_graph
from .._symbols import export
from .._variables import Variable


@export("train.CheckpointState")
class CheckpointState:
    """What the file `checkpoint` says."""

    def __init__(self, model_checkpoint_path: str = "", all_model_checkpoint_paths: Any = ()) -> None:
        self.model_checkpoint_path = model_checkpoint_path
        self.all_model_checkpoint_paths = list(all_model_checkpoint_paths)

    def __repr__(self) -> str:
        lines = [f'model_checkpoint_path: "{self.model_checkpoint_path}"']
        lines += [f'all_model_checkpoint_paths: "{path}"' for path in self.all_model_checkpoint_paths]
        return "\n".join(lines)


@export("train.Saver")
class Saver:
    """Writes variables to checkpoints of TensorFlow's format V2, and reads them.

    Args:
        var_list: Variables, or variables by name in the checkpoint; default: all that can be saved.
        reshape: Whether a tensor may have another shape in the checkpoint.
        sharded: Accepted, without effect: one file has all.
        max_to_keep: How many checkpoints stay; None or 0: all.
        keep_checkpoint_every_n_hours: One in so many hours stays for ever.
        name: Accepted, without effect.

    The other arguments are accepted without effect.
    """

    def __init__(
        self, var_list: Any = None, reshape: bool = False, sharded: bool = False, max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0, name: str | None = None, restore_sequentially: bool = False,
        saver_def: Any = None, builder: Any = None, defer_build: bool = False, allow_empty: bool = False,
        write_version: Any = 2, pad_step_number: bool = False, save_relative_paths: bool = False, filename: Any = None,
    ) -> None:  # fmt: skip
        self._given = var_list
        self._reshape, self._max_to_keep, self._hours = reshape, max_to_keep, keep_checkpoint_every_n_hours
        self._allow_empty, self._pad, self._relative = allow_empty, pad_step_number, save_relative_paths
        self._last: list[tuple[str, float]] = []
        self._next_kept = time.time() + keep_checkpoint_every_n_hours * 3600
        self._names: dict[str, list[Any]] = {}
        self._built = False
        self.saver_def = None
        if not defer_build:
            self.build()

    def build(self) -> None:
        """Decides what is saved."""
        if self._built:
            return
        given = self._given
        if given is None:
            graph = get_default_graph()
            given = graph.get_collection(GraphKeys.GLOBAL_VARIABLES) + graph.get_collection(
                GraphKeys.SAVEABLE_OBJECTS
            )
        self._names = _by_name(given)
        if not self._names and not self._allow_empty:
            raise invalid(
                "train.Saver",
                "No variables to save: there must be variables",
                "none",
                "Make them first.",
                "TG-7282",
            )
        self._built = True

    @property
    def last_checkpoints(self) -> list[str]:
        """The checkpoints that are there, the latest last."""
        return [path for path, _ in self._last]

    def set_last_checkpoints(self, last_checkpoints: list[str]) -> None:
        """Says which checkpoints are there."""
        self._last = [(path, time.time()) for path in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time: list[tuple[str, float]]) -> None:
        """The same with their times."""
        self._last = list(last_checkpoints_with_time)

    def recover_last_checkpoints(self, checkpoint_paths: list[str]) -> None:
        """The same for those that exist."""
        self._last = [
            (path, os.path.getmtime(f"{path}.index"))
            for path in checkpoint_paths
            if os.path.exists(f"{path}.index")
        ]

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> str:
        """Writes a checkpoint.

        Returns:
            Its path: `save_path`, followed by the step where one is given.

        Raises:
            tg.errors.FailedPreconditionError: A variable has no value (TG-7225).
        """
        self.build()
        state = _state_of(sess)
        save_path = os.fspath(save_path)
        if global_step is not None:
            step = global_step
            if not isinstance(step, (int, np.integer)):
                step = int(np.asarray(_inner(sess).run(step)))
            save_path = f"{save_path}-{step:08d}" if self._pad else f"{save_path}-{step}"
        tensors: dict[str, Any] = {}
        slices: dict[str, Any] = {}
        for name, parts in self._names.items():
            arrays = [_value(state, part) for part in parts]
            info = getattr(parts[0], "_save_slice_info", None)
            if info is None:
                tensors[name] = arrays[0]
            else:
                slices[name] = (
                    info.full_shape,
                    [
                        (each._save_slice_info.var_offset, each._save_slice_info.var_shape, array)
                        for each, array in zip(parts, arrays)
                    ],
                )
        write_bundle(save_path, tensors, slices)
        self._keep(save_path)
        if write_state:
            update_checkpoint_state(
                os.path.dirname(save_path) or ".",
                save_path,
                self.last_checkpoints,
                latest_filename,
                self._relative,
            )
        return save_path

    def _keep(self, path: str) -> None:
        self._last = [each for each in self._last if each[0] != path] + [(path, time.time())]
        while self._max_to_keep and len(self._last) > self._max_to_keep:
            old, made = self._last.pop(0)
            if made > self._next_kept:
                self._next_kept += self._hours * 3600
                continue
            for name in glob.glob(glob.escape(old) + ".*"):
                os.remove(name)

    def restore(self, sess: Any, save_path: Any) -> None:
        """Gives variables the values of a checkpoint.

        Raises:
            ValueError: There is no such checkpoint (TG-7283).
            tg.errors.NotFoundError: It has no tensor of a name (TG-7284).
            tg.errors.InvalidArgumentError: A tensor has another shape (TG-7285).
        """
        if not save_path or not checkpoint_exists(save_path):
            raise invalid("train.Saver.restore", "The passed save_path is not a valid checkpoint: it must exist",
                          f"{save_path!r}", "See tf.train.latest_checkpoint.", "TG-7283")  # fmt: skip
        self.build()
        reader = BundleReader(os.fspath(save_path))
        state = _state_of(sess)
        missing = [name for name in self._names if name not in reader]
        if missing:
            raise not_found(
                "train.Saver.restore",
                f"Key {missing[0]} not found in checkpoint: each name must be there",
                f"{len(missing)} missing of {len(self._names)}",
                "Give var_list with the names that are there.",
                "TG-7284",
            )
        for name, parts in self._names.items():
            array = reader.read(name)
            for part in parts:
                info = getattr(part, "_save_slice_info", None)
                value = array
                if info is not None:
                    value = array[tuple(slice(a, a + n) for a, n in zip(info.var_offset, info.var_shape))]
                put_value(state, part, value, self._reshape, name)

    def export_meta_graph(self, *args: Any, **kwargs: Any) -> Any:
        """The nodes of the graph in the fields of the message; nothing is written."""
        return get_default_graph().as_graph_def()

    def as_saver_def(self) -> Any:
        """None: there are no ops for saving."""
        return None


def _by_name(given: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    pairs = given.items() if isinstance(given, dict) else [(None, each) for each in given]
    for name, thing in pairs:
        parts = thing._get_variable_list() if hasattr(thing, "_get_variable_list") else (
            list(thing) if isinstance(thing, (list, tuple)) else [thing])  # fmt: skip
        for part in parts:
            if hasattr(part, "_reference") or isinstance(part, Variable):
                info = getattr(part, "_save_slice_info", None)
                label = name or (info.full_name if info is not None else part.op.name)
                found.setdefault(label, []).append(part)
                if info is None and len(found[label]) > 1 and len(parts) == 1:
                    raise invalid(
                        "train.Saver", "a name is used once", repr(label), "Rename a variable.", "TG-7282"
                    )
    return found


def _inner(sess: Any) -> Any:
    """The session inside of a monitored one."""
    while not hasattr(sess, "state"):
        sess = sess.raw_session() if hasattr(sess, "raw_session") else sess._sess
    return sess


def _state_of(sess: Any) -> Any:
    return _inner(sess).state


def _value(state: Any, variable: Any) -> np.ndarray:
    if variable not in state.initialized:
        raise precondition(
            "train.Saver.save", f"Attempting to use uninitialized value {variable.op.name}: variables must have values",
            "none", "Run tf.global_variables_initializer() first.", "TG-7225",
        )  # fmt: skip
    return np.asarray(state.variable(variable).numpy())


def put_value(state: Any, variable: Any, value: Any, reshape: bool = False, name: str = "") -> None:
    """Gives a variable a value in a session."""
    array = np.asarray(value)
    if not variable.shape.is_compatible_with(array.shape):
        if not reshape:
            raise invalid(
                "train.Saver.restore",
                f"the shape of {name or variable.op.name} must be {variable.shape}",
                f"{array.shape}",
                "Restore into a variable of that shape, or set reshape=True.",
                "TG-7285",
            )
        array = array.reshape(variable.shape.as_list())
    if array.dtype == object:
        tensor = tg.constant(array.tolist(), tg.string)
    else:
        tensor = tg.cast(tg.constant(array), variable.dtype)
    state.variable(variable).assign(tensor)
    state.initialized.add(variable)


@export("train.update_checkpoint_state")
def update_checkpoint_state(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Any = None,
    latest_filename: str | None = None,
    relative: bool = True,
    *args: Any,
) -> None:
    """Writes the file `checkpoint`."""
    paths = list(all_model_checkpoint_paths or [])
    if model_checkpoint_path not in paths:
        paths.append(model_checkpoint_path)

    def shown(path: str) -> str:
        return os.path.relpath(path, save_dir) if not os.path.isabs(path) or relative else path

    text = f'model_checkpoint_path: "{shown(model_checkpoint_path)}"\n'
    text += "".join(f'all_model_checkpoint_paths: "{shown(path)}"\n' for path in paths)
    target = os.path.join(save_dir, latest_filename or "checkpoint")
    with open(f"{target}.tmp", "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(f"{target}.tmp", target)


@export("train.get_checkpoint_state")
def get_checkpoint_state(checkpoint_dir: Any, latest_filename: str | None = None) -> CheckpointState | None:
    """What the file `checkpoint` of a folder says, or None."""
    path = os.path.join(os.fspath(checkpoint_dir), latest_filename or "checkpoint")
    if not os.path.exists(path):
        return None
    state = CheckpointState()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.partition(":")
            text = value.strip().strip('"')
            if text and not os.path.isabs(text):
                text = os.path.join(os.fspath(checkpoint_dir), text)
            if key.strip() == "model_checkpoint_path":
                state.model_checkpoint_path = text
            elif key.strip() == "all_model_checkpoint_paths":
                state.all_model_checkpoint_paths.append(text)
    return state


@export("train.latest_checkpoint")
def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """The path of the latest checkpoint of a folder, or None."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is not None and state.model_checkpoint_path and checkpoint_exists(state.model_checkpoint_path):
        return state.model_checkpoint_path
    return None


@export("train.checkpoint_exists")
def checkpoint_exists(checkpoint_prefix: Any) -> bool:
    """Whether there is a checkpoint of this path."""
    return os.path.exists(f"{os.fspath(checkpoint_prefix)}.index")


def _prefix(path: Any) -> str:
    found = latest_checkpoint(path) if os.path.isdir(path) else os.fspath(path)
    if found is None:
        raise invalid(
            "train", "there must be a checkpoint", repr(path), "See tf.train.latest_checkpoint.", "TG-7283"
        )
    return found


@export("train.NewCheckpointReader train.load_checkpoint")
class CheckpointReader:
    """Looks into a checkpoint."""

    def __init__(self, filepattern: Any) -> None:
        self._reader = BundleReader(_prefix(filepattern))

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """Names and shapes."""
        return {name: self._reader.shape(name) for name in self._reader.names()}

    def get_variable_to_dtype_map(self) -> dict[str, Any]:
        """Names and dtypes."""
        return {name: tg.as_dtype(self._reader.dtype(name)) for name in self._reader.names()}

    def has_tensor(self, tensor_str: str) -> bool:
        """Whether there is a tensor of this name."""
        return tensor_str in self._reader

    def get_tensor(self, tensor_str: str) -> Any:
        """A tensor's value."""
        array = self._reader.read(tensor_str)
        return array if array.ndim else array[()]

    def debug_string(self) -> bytes:
        """Names, dtypes and shapes, a line each."""
        lines = [
            f"{name} ({self._reader.dtype(name)}) {self._reader.shape(name)}" for name in self._reader.names()
        ]
        return "\n".join(lines).encode()


@export("train.list_variables contrib.framework.list_variables")
def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """Names and shapes of what a checkpoint has."""
    return sorted(CheckpointReader(ckpt_dir_or_file).get_variable_to_shape_map().items())


@export("train.load_variable contrib.framework.load_variable")
def load_variable(ckpt_dir_or_file: Any, name: str) -> Any:
    """A tensor of a checkpoint."""
    return CheckpointReader(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


@export("train.remove_checkpoint")
def remove_checkpoint(checkpoint_prefix: str, *args: Any, **kwargs: Any) -> None:
    """Removes the files of a checkpoint."""
    for name in glob.glob(glob.escape(checkpoint_prefix) + ".*"):
        os.remove(name)


@export("train.init_from_checkpoint contrib.framework.init_from_checkpoint")
def init_from_checkpoint(ckpt_dir_or_file: Any, assignment_map: dict[str, Any]) -> None:
    """Makes initializers of variables take values from a checkpoint."""
    reader = CheckpointReader(ckpt_dir_or_file)
    graph = get_default_graph()
    known = {var.op.name: var for var in graph.get_collection(GraphKeys.GLOBAL_VARIABLES)}
    for source, target in assignment_map.items():
        pairs: list[tuple[str, Any]] = []
        if source.endswith("/"):
            prefix = "" if source == "/" else source
            scope = "" if target == "/" else target
            for name, var in known.items():
                if name.startswith(scope) and reader.has_tensor(prefix + name[len(scope) :]):
                    pairs.append((prefix + name[len(scope) :], var))
        else:
            pairs.append((source, known[target] if isinstance(target, str) else target))
        for name, var in pairs:
            for part in var if isinstance(var, list) else [var]:
                _initialize_from(part, reader.get_tensor(name), name)


def _initialize_from(variable: Any, value: Any, name: str) -> None:
    from .._apply import make_constant

    array = np.asarray(value)
    if not variable.shape.is_compatible_with(array.shape):
        raise invalid(
            "train.init_from_checkpoint",
            f"the shape of {name} must be {variable.shape}",
            f"{array.shape}",
            "Leave it out.",
            "TG-7285",
        )
    graph = variable.graph
    with graph.as_default(), graph.control_dependencies(None):
        constant = make_constant(array, None, "checkpoint_initializer")
    op = variable.initializer
    op.inputs[1] = constant
    constant._consumers.append(op)
    variable._initial_value = constant
    graph.extra["changes"] = graph.extra.get("changes", 0) + 1
