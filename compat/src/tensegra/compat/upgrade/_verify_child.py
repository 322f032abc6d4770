"""One side of a comparison, in a process of its own: `python -m tensegra.compat.upgrade._verify_child JOB`.

JOB is a file of JSON: `side` (`before`: the 1.x program on the runtime; `after`: the native one), `program`,
`arguments`, `values` (where the fetched values go, one run a line), `initial` (where the initial
values of variables go, or come from), and `limit` (after so many runs with values the program is stopped).
"""

from __future__ import annotations

import builtins
import json
import os
import random
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

FETCHED = "__tensegra_fetched__"
_WHOLE = 512
_RUNTIME = "tensegra.compat.v1"


def leaves(value: Any) -> Iterator[Any]:
    """The arrays in what a run gave; operations have none."""
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key])
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from leaves(each)
    elif value is not None:
        yield value


def described(value: Any) -> dict[str, Any] | None:
    """The numbers of one array: all of them, or those at both ends with the mean and the spread. None for text."""
    array = np.asarray(value)
    if array.dtype.kind not in "biufc" and array.dtype.name != "bfloat16":
        return None
    if array.dtype.kind == "c":
        array = np.stack([array.real, array.imag], -1)
    flat = array.astype(np.float64).reshape(-1)
    if flat.size > _WHOLE:
        half = _WHOLE // 2
        flat = np.concatenate([flat[:half], flat[-half:], [flat.mean(), flat.std()]])
    return {"shape": list(array.shape), "numbers": [repr(number) for number in flat.tolist()]}


class Recorder:
    """Writes what is fetched as it comes."""

    def __init__(self, path: Path, limit: int) -> None:
        self._stream = path.open("w", encoding="utf-8")
        self._left = limit

    def write(self, line: int, values: list[Any], random_ops: int = 0) -> None:
        """One run. The process ends where enough were recorded."""
        if not values:
            return
        kept = [each for each in map(described, values) if each is not None]
        text = len(kept) < len(values)
        self._stream.write(
            json.dumps({"line": line, "values": kept, "text": text, "random": random_ops}) + "\n"
        )
        self._stream.flush()
        self._left -= 1
        if self._left == 0:
            sys.stdout.flush()
            os._exit(0)

    def fetched(self, line: int, value: Any) -> Any:
        """What the native program calls around each run."""
        self.write(line, list(leaves(value)))
        return value


class Before:
    """The runs of sessions, and the values with which variables begin."""

    def __init__(self, recorder: Recorder, initial: Path, program: str) -> None:
        from tensegra.compat.v1 import _session

        self._recorder, self._initial, self._program = recorder, initial, program
        self._seen: dict[Any, tuple[str, np.ndarray]] = {}
        self._quiet: set[Any] = set()
        kind: Any = _session.Session
        original = kind.run

        def run(session: Any, fetches: Any, *rest: Any, **options: Any) -> Any:
            values = original(session, fetches, *rest, **options)
            self._after(session, fetches, values, sys._getframe(1))
            return values

        kind.run = run

    def _after(self, session: Any, fetches: Any, values: Any, frame: Any) -> None:
        state = session.state
        new = [v for v in state.initialized if v not in self._seen]
        if new:
            for variable in new:
                self._seen[variable] = (variable.op.name, np.array(state.variable(variable).numpy()))
            self._save(session.graph)
            self._quiet |= set(state.random)
        caller = frame.f_globals.get("__name__", "")
        if isinstance(fetches, dict) and "caller" in fetches:
            values = values["caller"]
        elif caller.startswith("tensegra.") and not caller.endswith(("._tensor", "._variables")):
            return
        line = 0
        while frame is not None:
            if frame.f_code.co_filename == self._program:
                line = frame.f_lineno
                break
            frame = frame.f_back
        self._recorder.write(line, list(leaves(values)), len(set(state.random) - self._quiet))

    def _save(self, graph: Any) -> None:
        """All initial values in the order in which the variables were made, without the memory of optimizers."""
        order = {op: index for index, op in enumerate(graph.get_operations())}
        found = sorted(self._seen, key=lambda v: order.get(v.op, len(order)))
        names = {self._seen[v][0] for v in found}
        arrays = {}
        for variable in found:
            name, array = self._seen[variable]
            parent = name
            while "/" in parent and (parent := parent.rpartition("/")[0]) not in names:
                pass
            slot = parent != name and parent in names
            if not slot and name.split("/")[-1].rstrip("_0123456789") not in ("beta1_power", "beta2_power"):
                arrays[name] = array
        part = self._initial.with_suffix(".part")
        with part.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]
        part.replace(self._initial)


class After:
    """Gives the variables of the native program the initial values of the 1.x program, in order."""

    def __init__(self, initial: Path, report: Path) -> None:
        import tensegra as tg

        self._report, self._left, self._matched = report, [], 0
        self._strange: list[str] = []
        if initial.is_file():
            with np.load(initial, allow_pickle=False) as arrays:
                self._left = [(name, arrays[name]) for name in arrays.files]
        kind: Any = tg.Variable
        original: Callable[..., None] = kind.__init__

        def init(variable: Any, *arguments: Any, **options: Any) -> None:
            original(variable, *arguments, **options)
            caller = sys._getframe(1).f_globals.get("__name__", "")
            own = caller.endswith("._weight_owner") or caller.startswith("tensegra.compat.")
            if own or not caller.startswith("tensegra."):
                with tg.init_scope():
                    self._begin(variable)

        kind.__init__ = init

    def _begin(self, variable: Any) -> None:
        shape = tuple(variable.shape.as_list())
        kind = variable.name.removesuffix(":0").rpartition("/")[2]
        fitting = [
            (name, array) for name, array in self._left
            if array.shape == shape and array.dtype == variable.dtype.as_numpy_dtype
        ]  # fmt: skip
        same = [pair for pair in fitting if pair[0].rpartition("/")[2] == kind]
        if fitting:
            chosen = (same or fitting)[0]
            self._left.remove(next(pair for pair in self._left if pair[0] == chosen[0]))
            variable.assign(chosen[1])
            self._matched += 1
        else:
            self._strange.append(f"{variable.name} {shape}")
        text = json.dumps({"matched": self._matched, "strange": self._strange})
        self._report.write_text(text, encoding="utf-8")


def _seed() -> None:
    """Both sides draw the same from Python and NumPy; what asks for a fresh seed goes on with the numbers there are."""
    random.seed(0)
    np.random.seed(0)
    module: Any = np.random
    original = module.seed

    def seed(given: Any = None) -> None:
        if given is not None:
            original(given)

    module.seed = seed


def main(job: Path) -> None:
    """Runs it."""
    asked = json.loads(job.read_text(encoding="utf-8"))
    program = asked["program"]
    recorder = Recorder(Path(asked["values"]), asked["limit"])
    _seed()
    if asked["side"] == "before":
        from tensegra.compat import v1

        v1.install("tensorflow")
        Before(recorder, Path(asked["initial"]), program)
    else:
        setattr(builtins, FETCHED, recorder.fetched)
        After(Path(asked["initial"]), Path(asked["report"]))
    sys.argv = [program, *asked["arguments"]]
    sys.path[0] = str(Path(program).parent)
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
