"""What `fuzz.py saved_model` does: changes all files of saved models, knowing their structure, and uses what comes out.

A seed chooses a model of a small collection, which is made once per process, and some changes: fields of any message,
entries twice, gone or from elsewhere, bytes of each file, files gone, cut, linked or exchanged. Readers have to give
a result or an error of the catalogue.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tensegra as tg
from tensegra._saved_model._check import check
from tensegra._saved_model._describe import describe
from tensegra._saved_model._diff import differences
from tensegra._saved_model._facts import facts
from tensegra._saved_model._messages import message_class
from tensegra._saved_model._picture import picture

NUMBERS = (0, 1, -1, 2, 3, 7, 8, 64, 255, 2**31 - 1, -(2**31), 2**32, 2**62, 2**63 - 1, -(2**63))
TEXTS = (
    "",
    ".",
    "..",
    "../x",
    "/etc/passwd",
    "a\0b",
    "x" * 300,
    "serving_default",
    "{",
    "null",
    "[]",
    "matmul",
    "while",
)
LARGEST = 1 << 16  # elements of an input that a function of a changed model is given


class Everything(tg.Module):
    """One of each kind of state."""

    def __init__(self, words: Path) -> None:
        super().__init__()
        rng = np.random.default_rng(0)
        self.w = tg.Variable(rng.normal(size=(4, 3)).astype(np.float32))
        self.half = tg.Variable(tg.ones([2, 2], tg.bfloat16))
        self.names = tg.Variable(["a", "bb", ""])
        self.table = tg.constant(rng.normal(size=(60, 20)).astype(np.float32))
        self.static = tg.lookup.StaticHashTable(
            tg.lookup.KeyValueTensorInitializer(["a", "b"], tg.constant([1, 2], tg.int64)), -1
        )
        self.counts = tg.lookup.experimental.MutableHashTable(tg.string, tg.int64, 0)
        self.generator = tg.random.Generator.from_seed(1)
        self.file = tg.saved_model.Asset(words)
        self.parts = [self.w, {"again": self.w}, tg.Module()]

    @tg.function(input_signature=[tg.TensorSpec([None, 4], tg.float32, name="x")])
    def __call__(self, x: Any) -> Any:
        y = tg.nn.relu(x @ self.w)
        total = tg.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t + tg.reduce_sum(y)), (0, 0.0))[1]
        return {"y": y, "row": self.table[2], "total": tg.cond(total > 0.0, lambda: total, lambda: -total)}

    @tg.function(input_signature=[tg.TensorSpec([None], tg.string, name="words")])
    def count(self, words: Any) -> Any:
        seen = self.counts.lookup(words)
        self.counts.insert(words, seen + 1)
        return seen, self.static.lookup(words), self.generator.normal([2])


def collection(directory: Path) -> list[Path]:
    """Models to begin with."""
    words = directory / "words.txt"
    words.write_text("one\ntwo\n")
    model = Everything(words)
    model.counts.insert(tg.constant(["q"]), tg.constant([3], tg.int64))
    tg.saved_model.save(
        model, directory / "all", signatures={"serving_default": model.__call__, "count": model.count}
    )
    small = tg.saved_model.SaveOptions(quantization="int4", shard_bytes=64, metadata={"a": "b"})
    tg.saved_model.save(model, directory / "small", options=small)
    tg.train.Checkpoint(model=model, more=[tg.Variable(1.0)]).write(directory / "checkpoint")
    return [directory / "all", directory / "small", directory / "checkpoint"]


class Case:
    """What one seed does."""

    models: list[Path] | None = None
    folder: tempfile.TemporaryDirectory[str] | None = None

    def __init__(self, seed: int, verbose: bool = False) -> None:
        self.random = random.Random(seed)
        self.verbose = verbose
        if Case.models is None:
            Case.folder = tempfile.TemporaryDirectory()
            Case.models = collection(Path(Case.folder.name))

    def say(self, *what: Any) -> None:
        if self.verbose:
            print(*what, flush=True)

    def run(self) -> None:
        assert Case.models is not None
        assert Case.folder is not None
        source = self.random.choice(Case.models)
        directory = Path(Case.folder.name) / "case"
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(source, directory)
        if self.random.random() < 0.75:
            self.change_message(directory / "saved_model.pb")
        if self.random.random() < 0.4:
            self.change_files(directory)
        self.use(directory)

    # ---- changes

    def change_message(self, path: Path) -> None:
        data = path.read_bytes()
        if self.random.random() < 0.8:
            message = message_class("SavedModel").FromString(data)
            for _ in range(self.random.randrange(1, 4)):
                self.change_field(message)
            try:
                data = message.SerializeToString()
            except ValueError as error:  # a text that is none
                self.say("not written:", error)
                return
        else:
            data = self.damage(data)
        path.write_bytes(data)

    def change_field(self, root: Any) -> None:
        """Changes one field of one of the messages in a message."""
        all_messages: list[Any] = []
        pending = [root]
        while pending:
            message = pending.pop()
            all_messages.append(message)
            for field, value in message.ListFields():
                if field.message_type is not None and not _is_map(field):
                    pending += list(value) if _repeated(field) else [value]
        # Every kind of message is equally likely, however many of it there are.
        kinds = sorted({message.DESCRIPTOR.name for message in all_messages})
        kind = self.random.choice(kinds)
        message = self.random.choice([each for each in all_messages if each.DESCRIPTOR.name == kind])
        field = self.random.choice(list(message.DESCRIPTOR.fields))
        self.say("change", kind, field.name)
        if _is_map(field):
            getattr(message, field.name)[self.random.choice(TEXTS)] = self.random.choice(TEXTS)
        elif _repeated(field):
            self.change_list(getattr(message, field.name), field, all_messages)
        elif field.message_type is not None:
            others = [each for each in all_messages if each.DESCRIPTOR is field.message_type]
            if others and self.random.random() < 0.6:
                copied = field.message_type._concrete_class.FromString(
                    self.random.choice(others).SerializeToString()
                )
                getattr(message, field.name).CopyFrom(copied)
            else:
                message.ClearField(field.name)
        else:
            self.set(lambda value: setattr(message, field.name, value), field, getattr(message, field.name))

    def change_list(self, items: Any, field: Any, all_messages: list[Any]) -> None:
        what = self.random.randrange(4)
        count = len(items)
        if what == 0 and count:
            del items[self.random.randrange(count)]
        elif field.message_type is not None:
            others = [each for each in all_messages if each.DESCRIPTOR is field.message_type]
            if others and what < 3:
                items.add().ParseFromString(self.random.choice(others).SerializeToString())
            elif count:
                first, second = (self.random.randrange(count) for _ in range(2))
                data = items[first].SerializeToString()
                items[second].ParseFromString(data)
            else:
                items.add()
        elif what == 1 and count:
            items.append(items[self.random.randrange(count)])
        elif what == 2 and count:
            place = self.random.randrange(count)
            self.set(lambda value: items.__setitem__(place, value), field, items[place])
        else:
            self.set(items.append, field, None)

    def set(self, setter: Callable[[Any], None], field: Any, value: Any) -> None:
        if field.cpp_type in (field.CPPTYPE_STRING,):
            choices: tuple[Any, ...] = TEXTS
            if field.type == field.TYPE_BYTES:
                raw = value or b"12345678"
                choices = (b"", raw[:-1], raw + raw, b"\xff" * len(raw), self.damage(raw))
        elif field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
            choices = (0.0, -1.0, float("nan"), float("inf"), 1e-40)
        elif field.cpp_type == field.CPPTYPE_BOOL:
            choices = (True, False)
        else:
            near = () if value is None else (value + 1, value - 1, value * 2, value ^ 1)
            choices = (*NUMBERS, *near)
        try:
            setter(self.random.choice(choices))
        except (ValueError, TypeError):  # out of the range of the field
            setter(choices[0])

    def damage(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.random.randrange(1, 5)):
            if not changed:
                break
            at, what = self.random.randrange(len(changed)), self.random.randrange(4)
            if what == 0:
                changed[at] = self.random.randrange(256)
            elif what == 1:
                del changed[at : at + self.random.randrange(1, 40)]
            elif what == 2:
                other = self.random.randrange(len(changed))
                changed[at:at] = changed[other : other + 40]
            else:
                changed[at : at + 8] = self.random.choice((b"\xff" * 8, b"\0" * 8, b"\xff" * 7 + b"\x7f"))
        return bytes(changed)

    def change_files(self, directory: Path) -> None:
        files = sorted(path for path in directory.rglob("*") if path.is_file())
        path = self.random.choice(files)
        what = self.random.randrange(6)
        self.say("file", path.name, what)
        if what == 0:
            path.unlink()
        elif what == 1:
            os.truncate(path, self.random.randrange(path.stat().st_size + 1))
        elif what == 2:
            content = path.read_bytes()
            changed = self.damage(content)[: len(content)]
            path.write_bytes(changed + b"\0" * (len(content) - len(changed)))
        elif what == 3:
            path.rename(directory / "aside")
            path.symlink_to(directory / "aside")
        elif what == 4:
            path.unlink()
            self.random.choice((path.mkdir, lambda: os.mkfifo(path)))()
        else:
            shutil.copyfile(self.random.choice(files), directory / "copy")
            (directory / "copy").replace(path)

    # ---- uses

    def use(self, directory: Path) -> None:
        """Reads it in every way that there is."""
        for reader in (facts, describe, picture):
            self.attempt(lambda reader=reader: reader(str(directory)))  # type: ignore[misc]
        self.attempt(lambda: list(check(str(directory))))
        self.attempt(lambda: list(differences(str(directory), str(directory))))
        self.attempt(lambda: self.load(directory))
        self.attempt(lambda: self.restore(directory))

    def load(self, directory: Path) -> None:
        loaded = tg.saved_model.load(directory, mmap=self.random.random() < 0.5)
        repr(loaded)
        for function in list(getattr(loaded, "signatures", {}).values()):
            self.attempt(lambda function=function: self.call(function))  # type: ignore[misc]
        if isinstance(loaded, tg.Module):
            for variable in loaded.variables:
                self.attempt(lambda variable=variable: variable.read_value()._nbytes)  # type: ignore[misc]
        again = directory.with_name("again")
        shutil.rmtree(again, ignore_errors=True)
        self.attempt(lambda: tg.saved_model.save(loaded, again))

    def call(self, function: Any) -> None:
        inputs = {}
        for spec in function._specs:
            sizes = spec.shape.as_list() if spec.shape.rank is not None else [2]
            sizes = [self.random.randrange(1, 4) if size is None else size for size in sizes]
            if np.prod(sizes, dtype=np.float64) > LARGEST:
                return
            inputs[spec.name] = tg.zeros(sizes, spec.dtype)
        for value in function(**inputs).values():
            value._nbytes  # noqa: B018

    def restore(self, directory: Path) -> None:
        module = tg.Module()
        module.w = tg.Variable(tg.zeros([4, 3]))  # type: ignore[attr-defined]
        module.counts = tg.lookup.experimental.MutableHashTable(tg.string, tg.int64, 0)  # type: ignore[attr-defined]
        module.generator = tg.random.Generator.from_seed(1)  # type: ignore[attr-defined]
        checkpoint = (
            tg.train.Checkpoint(module) if self.random.random() < 0.5 else tg.train.Checkpoint(model=module)
        )
        status = checkpoint.read(directory).expect_partial()
        self.attempt(status.assert_consumed)
        tg.train.list_variables(directory)

    def attempt(self, function: Any) -> None:
        """Runs it; only a catalogued error may come out."""
        try:
            function()
        except tg.errors.Error as error:
            self.say("error:", error)
            if not error.error_code or error.error_code == "TG-0001":
                raise AssertionError(f"an error that is not of the catalogue: {error!r}") from error


def _repeated(field: Any) -> bool:
    return bool(field.is_repeated) if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED


def _is_map(field: Any) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry
