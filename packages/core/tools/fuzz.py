"""Fuzzes what takes input: `./dev fuzz -- ops --seconds 60`, `./dev fuzz -- graphs`, `-- c`, `-- saved_model`.

Each seed is one case: a sample of an op whose inputs, dtypes, shapes, values and attributes are changed at
random, run eagerly, traced and differentiated; or the text or the message of a traced function, damaged and
read back. `c` does the like from C (fuzz_c_abi.c), where handles are right and what they are told need not
be; `saved_model` changes the files of saved models (fuzz_saved_model.py); `graphs` compares programs with and
without passes (fuzz_graphs.py). A case has to give a result or an error of the catalogue. Cases run in child
processes, so that a crash is seen, and a case that computes for longer than 30 seconds is one. `--seed N`
runs one case again, here, with what it does printed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tensegra as tg
from tensegra import _native
from tensegra.testing._calls import Call, samples

DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
    "complex64", "complex128", "object",
)  # fmt: skip
INTS = (
    0,
    1,
    -1,
    2,
    -2,
    3,
    7,
    8,
    9,
    255,
    256,
    2**15,
    2**31 - 1,
    -(2**31),
    2**31,
    2**32,
    2**62,
    2**63 - 1,
    -(2**63),
)
FLOATS = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1e-45,
    1e38,
    -1e38,
    1e308,
    1e-308,
    float("nan"),
    float("inf"),
    float("-inf"),
)
MEMORY = 4 << 30  # of a child, so that what is too large fails there
TENSORS = (
    256 << 20
)  # of all tensors of a case: what is larger shows nothing else, and takes long under a sanitizer
CASE_SECONDS = 30  # of computing
WAITING_SECONDS = 300  # of a case that computes nothing: one that waits for itself


def ops() -> list[Any]:
    """All ops that have samples; those with state work on variables that exist for one case."""
    return [op for op in _native.all_ops() if op.samples and op.samples != "[]"]


class Case:
    """What one seed does."""

    def __init__(self, seed: int, verbose: bool = False) -> None:
        self.random = random.Random(seed)
        self.numpy = np.random.default_rng(seed)
        self.verbose = verbose

    def say(self, *what: Any) -> None:
        if self.verbose:
            print(*what, flush=True)

    def run(self) -> None:
        op = self.random.choice(ops())
        call = self.random.choice(samples(op))
        if self.random.random() < 0.15 and call.inputs:
            self.damaged(call)
            return
        changed = self.change(call)
        self.say(op.signature, [(x.dtype, x.shape) for x in changed.inputs], changed.attributes)
        self.say(*[repr(x) for x in changed.inputs if x.size < 64])
        self.attempt(lambda: [self.look(result) for result in changed.run()])
        if changed.inputs and self.random.random() < 0.5:
            self.attempt(lambda: self.differentiate(changed))
        if changed.inputs and self.random.random() < 0.3:
            self.attempt(lambda: self.trace(changed))

    def attempt(self, function: Any) -> None:
        """Runs it; only a catalogued error may come out."""
        try:
            function()
        except tg.errors.Error as error:
            self.say("error:", error)
            if not error.error_code or error.error_code == "TG-0001":
                raise AssertionError(f"an error that is not of the catalogue: {error!r}") from error

    @staticmethod
    def look(result: Any) -> None:
        if result._dtype_number != 18:
            np.asarray(result._numpy()).tobytes()

    def change(self, call: Call) -> Call:
        inputs = [np.asarray(self.change_input(x)) if self.random.random() < 0.5 else x for x in call.inputs]
        attributes = dict(call.attributes)
        for name, kind in self.kinds(call):
            if self.random.random() < 0.3:
                attributes[name] = self.attribute(kind, attributes.get(name))
        return Call(call.op, tuple(inputs), attributes, call.number)

    @staticmethod
    def kinds(call: Call) -> list[tuple[str, str]]:
        from tensegra.testing._calls import _ATTRIBUTE

        return _ATTRIBUTE.findall(call.op.signature.partition("*")[2])

    def attribute(self, kind: str, old: Any) -> Any:
        pick = self.random.choice
        if kind == "int":
            return pick(INTS)
        if kind == "float":
            return pick(FLOATS)
        if kind == "bool":
            return pick((True, False))
        if kind == "str":
            return pick(
                (
                    "",
                    "SAME",
                    "VALID",
                    "nothing",
                    "x" * 300,
                    "\u00e9\u0000",
                    old if isinstance(old, str) else "a",
                    "[",
                    "(a*)*b",
                )
            )
        if kind == "dtype":
            return pick(
                (
                    "float32",
                    "int32",
                    "bool",
                    "string",
                    "complex64",
                    "uint8",
                    "float16",
                    "bfloat16",
                    "resource",
                )
            )
        if kind == "ints":
            if isinstance(old, list) and old and self.random.random() < 0.5:
                changed = list(old)
                changed[self.random.randrange(len(changed))] = pick(INTS)
                return changed
            return [pick(INTS) for _ in range(self.random.choice((0, 1, 2, 3, 4, 8, 9, 20)))]
        if kind == "floats":
            return [pick(FLOATS) for _ in range(self.random.choice((0, 1, 2, 4, 9)))]
        return old

    def change_input(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        kind = self.random.randrange(9)
        pick = self.random.choice
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if kind == 0:
                with contextlib.suppress(ValueError, TypeError, OverflowError):
                    return x.astype(str).astype(object) if (to := pick(DTYPES)) == "object" else x.astype(to)
                return x
            if kind == 1:
                return x[:0] if x.ndim else x
            if kind == 2:
                return x.reshape(-1)[:1].reshape(()) if x.size else x.reshape((*x.shape[:-1], 0))
            if kind == 3:
                return x[None] if x.ndim < 8 else x
            if kind == 4 and x.ndim:
                return x.reshape(x.shape[1:] if x.shape[0] == 1 else (-1,))
            if kind == 5 and x.dtype.kind in "iufc" and x.size:
                changed = x.copy()
                values = INTS if x.dtype.kind in "iu" else FLOATS
                for _ in range(self.random.randrange(1, 4)):
                    index = self.random.randrange(x.size)
                    changed.reshape(-1)[index] = np.array(pick(values)).astype(x.dtype)
                return changed
            if kind == 6:
                shape = [pick((0, 1, 2, 3, 5, 17)) for _ in range(pick((0, 1, 2, 3, 4, 5)))]
                made = self.numpy.uniform(-3, 3, shape)
                return np.asarray(made).astype(x.dtype) if x.dtype != object else np.full(shape, "a", object)
            if kind == 7 and x.ndim:
                return np.repeat(x, 2, axis=-1)[..., ::2][::-1]
            if kind == 8 and x.ndim and x.size:  # a row more
                return np.concatenate([x, x[:1]])
        return x

    def differentiate(self, call: Call) -> None:
        tensors = [_native.tensor(x) for x in call.inputs]
        with tg.GradientTape(persistent=True) as tape:
            for t in tensors:
                tape.watch(t)
            results = call.run(tensors)
        floating = [r for r in results if 10 <= r._dtype_number <= 15]
        sources = [t for t in tensors if 10 <= t._dtype_number <= 15]
        if floating and sources:
            for gradient in tape.gradient(floating, sources):
                if gradient is not None:
                    self.look(gradient)

    def trace(self, call: Call) -> _native.Function:
        graph = _native.Graph("fuzz")
        tensors = [_native.tensor(x) for x in call.inputs]
        graph.enter()
        try:
            inputs = []
            for i, t in enumerate(tensors):
                dims: Any = self.random.choice((t._shape, (-1,) * t._rank, None))
                inputs.append(graph.add_input(f"x{i}", t._dtype_number, dims))
            outputs = call.run(inputs)
        finally:
            graph.leave()
        function = _native.Function.create(graph, outputs)
        for result in function.call(tensors):
            self.look(result)
        return function

    def damaged(self, call: Call) -> None:
        """The forms of a graph that can be read back, with some bytes changed."""
        try:
            function = self.trace(call)
            text, message = function.text(), function.serialize()
        except tg.errors.Error as error:
            self.say("error:", error)
            return
        if self.random.random() < 0.5:
            changed = self.damage(text.encode()).decode(errors="replace")
            self.say(changed)
            self.attempt(lambda: self.use(_native.Function.parse(changed)))
        else:
            data = self.damage(message)
            self.say(data)
            self.attempt(lambda: self.use(_native.Function.deserialize(data, [])))

    def damage(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.random.randrange(1, 5)):
            if not changed:
                break
            at = self.random.randrange(len(changed))
            what = self.random.randrange(5)
            if what == 0:
                changed[at] = self.random.randrange(256)
            elif what == 1:
                del changed[at : at + self.random.randrange(1, 9)]
            elif what == 2:
                changed[at:at] = self.random.choice(
                    (b"9999999999999999999", b"-1", b"\xff\xff\xff\xff\x0f", b"%", b"\0", b"(")
                )
            elif what == 3:
                changed[at] ^= 1 << self.random.randrange(8)
            else:
                other = self.random.randrange(len(changed))
                changed[at:at] = changed[other : other + 16]
        return bytes(changed)

    @staticmethod
    def use(function: _native.Function) -> None:
        function.text()
        function.serialize()


def limit() -> None:
    """Bounds the memory of this process, but not under a sanitizer, which maps terabytes."""
    if "LD_PRELOAD" not in os.environ:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tg.config.set_memory_limit(TENSORS)


def cases_of(what: str) -> Any:
    """The class of the cases that run in Python."""
    if what == "ops":
        return Case
    sys.path.insert(0, str(Path(__file__).parent))
    if what == "graphs":
        import fuzz_graphs

        return fuzz_graphs.Case
    import fuzz_saved_model

    return fuzz_saved_model.Case


def child(what: str, first: int, step: int, seconds: float, progress: Path) -> int:
    """Runs cases until the time is over; the seed under way is in the file."""
    limit()
    case = cases_of(what)
    end = time.monotonic() + seconds
    seed = first
    with progress.open("w") as file:
        while time.monotonic() < end:
            file.seek(0)
            file.write(f"{seed} {time.time():.0f} ")
            file.flush()
            try:
                case(seed).run()
            except MemoryError:
                pass
            except BaseException as error:
                print(f"seed {seed}: {type(error).__name__}: {error}", flush=True)
                return 1
            seed += step
    return 0


def computed(process: subprocess.Popen[str]) -> float | None:
    """The seconds that a process has computed, or nothing where the system does not say."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch(process: subprocess.Popen[str], progress: Path) -> str:
    """Waits for a child; a case that hangs is ended. Returns what went wrong, or nothing."""
    seed, begun, before = "", time.monotonic(), 0.0
    while process.poll() is None:
        time.sleep(0.2)
        parts = progress.read_text().split() if progress.exists() else []
        used, now = computed(process), time.monotonic()
        if not parts or parts[0] != seed:
            seed, begun, before = parts[0] if parts else "", now, used or 0.0
            continue
        waited = now - begun
        spent = waited if used is None else used - before  # on a busy machine a case waits for others
        if spent > CASE_SECONDS or waited > WAITING_SECONDS:
            process.kill()
            process.wait()
            return f"seed {seed}: no end after {spent:.0f} s of computing, {waited:.0f} s in all"
    if process.returncode == 0:
        return ""
    out = process.stdout.read() if process.stdout else ""
    seed = progress.read_text().split()[0] if progress.exists() else "?"
    if out.startswith("seed"):
        return out.strip()
    return f"seed {seed}: the process ended with {process.returncode}\n{out[-3000:]}"


def command_of(what: str, scratch: Path) -> Callable[[int, float, Path], list[str]]:
    """The command of a child for a first seed, a time, and a file that says how far it is."""
    if what != "c":
        return lambda seed, seconds, progress: [
            sys.executable, __file__, what, "--child", json.dumps([seed, seconds, str(progress)])
        ]  # fmt: skip
    compiler = next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
    if compiler is None:
        sys.exit("fuzz: a C compiler is needed: install gcc")
    program, source = scratch / "fuzz_c_abi", Path(__file__).with_suffix("").with_name("fuzz_c_abi.c")
    options = ["-std=c11", "-O1", "-g", f"-I{tg.sysconfig.get_include()}", *tg.sysconfig.get_link_flags()]
    subprocess.run([compiler, str(source), *options, "-o", str(program)], check=True)
    return lambda seed, seconds, progress: [str(program), str(seed), str(seconds), str(progress)]


def absolute(paths: str) -> str:
    """A list of search paths that holds in another working directory."""
    return os.pathsep.join(os.path.abspath(path) for path in paths.split(os.pathsep) if path)


def fuzz(what: str, seconds: float, first: int) -> int:
    """Runs cases in one child after the other, and says what was found."""
    cases, seed, found = 0, first, []
    with tempfile.TemporaryDirectory() as scratch:
        progress = Path(scratch) / "progress"
        command = command_of(what, Path(scratch))
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and len(found) < 20:
            progress.unlink(missing_ok=True)
            process = subprocess.Popen(
                command(seed, left, progress),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=scratch,
                env=os.environ | {"PYTHONPATH": absolute(os.environ.get("PYTHONPATH", ""))},
                errors="replace",
            )
            problem = watch(process, progress)
            last = int(progress.read_text().split()[0]) if progress.exists() else seed
            cases += last - seed + 1
            seed = last + 1
            if problem:
                found.append(problem)
                print(problem, flush=True)
    print(f"fuzz {what}: {cases} cases from seed {first}, {len(found)} failures")
    for problem in found:
        number = problem.split(":")[0].split()[-1]
        print(f"again: ./dev fuzz -- {what} --seed {number}")
    return 1 if found else 0


def again(what: str, seed: int) -> int:
    """Runs one case here."""
    if what != "c":
        limit()
        cases_of(what)(seed, verbose=True).run()
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        command = command_of(what, Path(scratch))(seed, 0, Path(scratch) / "progress")
        return subprocess.run(command, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description="Feeds the engine what it does not expect.")
    parser.add_argument(
        "what",
        choices=["ops", "graphs", "c", "saved_model"],
        help="the op interface and the forms of graphs; what passes keep; the C interface; the files of saved models",
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="run one case again, with what it does printed")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        seed, seconds, progress = json.loads(options.child)
        return child(options.what, seed, 1, seconds, Path(progress))
    if options.seed is not None:
        return again(options.what, options.seed)
    return fuzz(options.what, options.seconds, options.start)


if __name__ == "__main__":
    sys.exit(main())
