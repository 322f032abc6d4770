"""`tf.gfile`: files of this machine."""

from __future__ import annotations

import glob as python_glob
import os
import shutil
from collections.abc import Iterator
from typing import Any

from ._symbols import export, put


@export("gfile.GFile gfile.Open gfile.FastGFile")
class GFile:
    """A file that is opened when it is first used."""

    def __init__(self, name: Any, mode: str = "r") -> None:
        self._name, self._mode = os.fspath(name), mode
        self._file: Any = None

    def _opened(self) -> Any:
        if self._file is None:
            options = {} if "b" in self._mode else {"encoding": "utf-8"}
            self._file = open(self._name, self._mode, **options)  # type: ignore[call-overload]  # noqa: SIM115 (stays open until close)
        return self._file

    name = property(lambda self: self._name)
    mode = property(lambda self: self._mode)

    def read(self, n: int = -1) -> Any:
        """So many characters or bytes, by default all."""
        return self._opened().read(n)

    def write(self, file_content: Any) -> None:
        """Appends."""
        self._opened().write(file_content)

    def readline(self) -> Any:
        """A line."""
        return self._opened().readline()

    def readlines(self) -> list[Any]:
        """All lines."""
        return list(self._opened().readlines())

    def seek(self, offset: int, whence: int = 0) -> None:
        """Moves to a place."""
        self._opened().seek(offset, whence)

    def tell(self) -> int:
        """The place."""
        return int(self._opened().tell())

    def size(self) -> int:
        """How many bytes there are."""
        return os.path.getsize(self._name)

    def flush(self) -> None:
        """Writes what is left."""
        self._opened().flush()

    def close(self) -> None:
        """Closes it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def seekable(self) -> bool:
        """True."""
        return True

    def __enter__(self) -> GFile:
        self._opened()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._opened())

    def __next__(self) -> Any:
        return next(self._opened())


put("io.gfile.GFile", GFile)


def _names(name: str, newer: str) -> Any:
    return export(f"gfile.{name} io.gfile.{newer}")


@_names("Exists", "exists")
def exists(filename: Any) -> bool:
    """Whether there is such a file or folder."""
    return os.path.exists(filename)


@_names("IsDirectory", "isdir")
def is_directory(dirname: Any) -> bool:
    """Whether it is a folder."""
    return os.path.isdir(dirname)


@_names("ListDirectory", "listdir")
def list_directory(dirname: Any) -> list[str]:
    """What a folder has."""
    return os.listdir(dirname)


@_names("MakeDirs", "makedirs")
def make_dirs(dirname: Any) -> None:
    """Makes a folder and those around it."""
    os.makedirs(dirname, exist_ok=True)


@_names("MkDir", "mkdir")
def mk_dir(dirname: Any) -> None:
    """Makes a folder."""
    os.mkdir(dirname)


@_names("Remove", "remove")
def remove(filename: Any) -> None:
    """Removes a file."""
    os.remove(filename)


@_names("DeleteRecursively", "rmtree")
def delete_recursively(dirname: Any) -> None:
    """Removes a folder and all in it."""
    shutil.rmtree(dirname)


@_names("Copy", "copy")
def copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """Copies a file."""
    if os.path.exists(newpath) and not overwrite:
        raise FileExistsError(newpath)
    shutil.copyfile(oldpath, newpath)


@_names("Rename", "rename")
def rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """Renames a file."""
    if os.path.exists(newname) and not overwrite:
        raise FileExistsError(newname)
    os.replace(oldname, newname)


@_names("Glob", "glob")
def glob(pattern: Any) -> list[str]:
    """The files that fit a pattern, or several."""
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return [path for each in patterns for path in sorted(python_glob.glob(os.fspath(each)))]


@_names("Walk", "walk")
def walk(top: Any, in_order: bool = True) -> Iterator[Any]:
    """Folders and what they have."""
    return os.walk(top, topdown=in_order)


@_names("Stat", "stat")
def stat(filename: Any) -> Any:
    """Length and times of a file."""
    return os.stat(filename)
