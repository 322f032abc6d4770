"""Where the headers and the library of the C interface are: `tg.sysconfig.*`."""

from __future__ import annotations

from pathlib import Path

from tensegra import _native

__all__ = ["get_compile_flags", "get_include", "get_lib", "get_link_flags"]

_PACKAGE = Path(_native.__file__).parent


def get_include() -> str:
    """The directory of the headers, for `-I`: it holds `tensegra/c/tensegra.h` and `tensegra/op.hpp`.

    >>> import os
    >>> import tensegra as tg
    >>> os.path.isfile(os.path.join(tg.sysconfig.get_include(), "tensegra", "c", "tensegra.h"))
    True
    """
    installed = _PACKAGE / "include"
    # Where the package is used in place, its headers are in the sources.
    return str(installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "include")


def get_lib() -> str:
    """The directory of the library, `libtensegra.so.N` with the major version of the C interface.

    >>> import os
    >>> import tensegra as tg
    >>> any(name.startswith("libtensegra.so") for name in os.listdir(tg.sysconfig.get_lib()))
    True
    """
    return str(_PACKAGE)


def get_compile_flags() -> list[str]:
    """What a compiler needs to build a plug-in.

    >>> import tensegra as tg
    >>> tg.sysconfig.get_compile_flags()[1:]
    ['-std=c++17']
    """
    return [f"-I{get_include()}", "-std=c++17"]


def get_link_flags() -> list[str]:
    """What a linker needs for a program that calls the C interface. Plug-ins link to nothing.

    >>> import tensegra as tg
    >>> len(tg.sysconfig.get_link_flags())
    2
    """
    library = _PACKAGE / f"libtensegra.so.{_native.abi_version[0]}"
    return [str(library), f"-Wl,-rpath,{_PACKAGE}"]
