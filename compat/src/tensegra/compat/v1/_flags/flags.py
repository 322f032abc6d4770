"""`tf.flags` and `tf.app`: options of the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .._errors import invalid
from .._symbols import export, put


class Flag:
    """One option."""

    def __init__(
        self,
        name: str,
        default: Any,
        doc: str,
        parse: Callable[[str], Any],
        multi: bool = False,
        boolean: bool = False,
    ) -> None:
        self.name, self.default, self.help, self.parse = name, default, doc, parse
        self.value, self.multi, self.boolean = default, multi, boolean
        self.present = 0


class FlagValues:
    """The options and their values, as attributes."""

    def __init__(self) -> None:
        self.__dict__["_flags"] = {}
        self.__dict__["_short"] = {}
        self.__dict__["_parsed"] = False
        self.__dict__["_rest"] = []
        self.__dict__["_required"] = []

    def define(self, flag: Flag, short: str | None = None) -> None:
        """Adds an option."""
        self._flags[flag.name] = flag
        if short:
            self._short[short] = flag.name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not self._parsed:
            self(sys.argv, known_only=True)
        if name not in self._flags:
            raise AttributeError(f"Unknown command line flag {name!r}")
        return self._flags[name].value

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._flags:
            raise AttributeError(f"Unknown command line flag {name!r}")
        self._flags[name].value = value

    def __delattr__(self, name: str) -> None:
        del self._flags[name]

    def __getitem__(self, name: str) -> Flag:
        return self._flags[name]  # type: ignore[no-any-return]

    def __contains__(self, name: str) -> bool:
        return name in self._flags

    def __iter__(self) -> Any:
        return iter(sorted(self._flags))

    def __len__(self) -> int:
        return len(self._flags)

    def flag_values_dict(self) -> dict[str, Any]:
        """Names and values."""
        return {name: flag.value for name, flag in self._flags.items()}

    def is_parsed(self) -> bool:
        """Whether the command line was read."""
        return self._parsed  # type: ignore[no-any-return]

    def mark_as_parsed(self) -> None:
        """As if it had been."""
        self.__dict__["_parsed"] = True

    def _parse_flags(self, args: Any = None) -> dict[str, Any]:
        self(sys.argv if args is None else [sys.argv[0], *args], known_only=True)
        return self.flag_values_dict()

    def __call__(self, argv: Any, known_only: bool = False) -> list[str]:
        """Reads a command line; what is no option comes back."""
        rest = [argv[0]] if argv else [""]
        items = list(argv[1:])
        while items:
            item = items.pop(0)
            if item == "--":
                rest += items
                break
            if not item.startswith("-") or item == "-":
                rest.append(item)
                continue
            name, equals, text = item.lstrip("-").partition("=")
            name = self._short.get(name, name)
            flag = self._flags.get(name)
            negative = (
                flag is None
                and name.startswith("no")
                and name[2:] in self._flags
                and self._flags[name[2:]].boolean
            )
            if negative:
                self._flags[name[2:]].value = False
            elif flag is None:
                if name in ("help", "h", "helpshort", "helpfull"):
                    print(self.main_module_help())
                    raise SystemExit(1)
                if not known_only:
                    raise invalid(
                        "flags", "an option must be one that is defined", item, "See --help.", "TG-7289"
                    )
                rest.append(item)
            elif flag.boolean:
                flag.value = flag.parse(text) if equals else True
            else:
                given = text if equals else (items.pop(0) if items else "")
                if flag.multi:
                    flag.value = [*(flag.value if flag.present else []), flag.parse(given)]
                else:
                    flag.value = flag.parse(given)
                flag.present += 1
        self.__dict__["_parsed"] = True
        missing = [name for name in self._required if self._flags[name].value is None]
        if missing and not known_only:
            raise invalid(
                "flags", f"--{missing[0]} must be given", "nothing", f"Write --{missing[0]}=...", "TG-7289"
            )
        return rest

    def main_module_help(self) -> str:
        """The options, a line each."""
        lines = [
            f"  --{'[no]' if flag.boolean else ''}{name}: {flag.help} (default: {flag.default!r})"
            for name, flag in sorted(self._flags.items())
        ]
        return "flags:\n" + "\n".join(lines)


FLAGS = FlagValues()
put("flags.FLAGS", FLAGS)
put("app.flags.FLAGS", FLAGS)
put("flags.FlagValues", FlagValues)


def _both(name: str) -> Callable[[Any], Any]:
    return export(f"flags.{name} app.flags.{name}")


def _truth(text: str) -> bool:
    if text.lower() in ("true", "t", "1", "yes", ""):
        return True
    if text.lower() in ("false", "f", "0", "no"):
        return False
    raise invalid("flags", "the value must be true or false", repr(text), "Write --flag=true.", "TG-7289")


def _parser(kind: Any) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        try:
            return kind(text)
        except ValueError as error:
            raise invalid(
                "flags", f"the value must be of type {kind.__name__}", repr(text), "Correct it.", "TG-7289"
            ) from error

    return parse


def _defines(name: str, parse: Callable[[str], Any], boolean: bool = False, multi: bool = False) -> None:
    @_both(name)
    def define(
        flag_name: str,
        default_value: Any = None,
        docstring: Any = None,
        flag_values: Any = None,
        short_name: Any = None,
        **options: Any,
    ) -> None:
        default = options.pop("default", default_value)
        text = options.pop("help", docstring)
        name_ = options.pop("name", flag_name)
        if default is not None and isinstance(default, str) and not multi:
            default = parse(default)
        FLAGS.define(Flag(name_, default, text or "", parse, multi, boolean), short_name)

    define.__name__, define.__doc__ = name, "Defines an option."


_defines("DEFINE_string", str)
_defines("DEFINE_integer", _parser(int))
_defines("DEFINE_float", _parser(float))
_defines("DEFINE_boolean", _truth, boolean=True)
_defines("DEFINE_bool", _truth, boolean=True)
_defines("DEFINE_list", lambda text: [part.strip() for part in text.split(",")] if text else [])
_defines("DEFINE_spaceseplist", lambda text: text.split())
_defines("DEFINE_multi_string", str, multi=True)
_defines("DEFINE_multi_integer", _parser(int), multi=True)
_defines("DEFINE_multi_float", _parser(float), multi=True)


@_both("DEFINE_enum")
def define_enum(
    name: str, default: Any, enum_values: Any, help: Any = None, flag_values: Any = None, **options: Any
) -> None:
    """Defines an option that is one of several texts."""

    def parse(text: str) -> str:
        if text not in enum_values:
            raise invalid(
                "flags", f"--{name} must be one of {list(enum_values)}", repr(text), "Choose one.", "TG-7289"
            )
        return text

    FLAGS.define(Flag(name, default, help or "", parse))


@_both("mark_flag_as_required")
def mark_flag_as_required(flag_name: str, flag_values: Any = None) -> None:
    """The option must be given."""
    FLAGS._required.append(flag_name)


@_both("mark_flags_as_required")
def mark_flags_as_required(flag_names: Any, flag_values: Any = None) -> None:
    """The options must be given."""
    FLAGS._required.extend(flag_names)


@_both("adopt_module_key_flags")
def adopt_module_key_flags(module: Any, flag_values: Any = None) -> None:
    """Accepted, without effect: all options are shown."""


@export("app.run")
def run(main: Any = None, argv: Any = None) -> None:
    """Reads the command line, calls `main` with what is left of it, and exits with what it returns."""
    args = list(argv or sys.argv)
    rest = FLAGS(args, known_only=False)
    function = main or sys.modules["__main__"].main  # type: ignore[attr-defined]
    sys.exit(function(rest))
