"""A small released repository: goldens, proposals, groups, fragments and release records in a git history."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tensegra_devtools._git import Git
from tensegra_devtools._rfc import HEADINGS
from tensegra_devtools._rfc_index import index
from tensegra_devtools._sig import generated
from tensegra_devtools._snapshot import Revision, WorkTree

TODAY = datetime.date(2028, 6, 1)
API = """\
module tensegra
class tensegra.Variable(Module)
def tensegra.Variable.__init__(self, value: Any, trainable: bool = True, *, name: str | None = None) -> None
property tensegra.Variable.value: Tensor (writable)
attribute tensegra.AUTOTUNE: int = -1
def tensegra.math.add(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor
def tensegra.math.mean(x: TensorLike, axis: int | None = None, *, keepdims: bool = False) -> Tensor
def tensegra.math.old_mean(x: TensorLike) -> Tensor
def tensegra.math.young_mean(x: TensorLike) -> Tensor
def tensegra.math.experimental.magic(x: TensorLike) -> Tensor
"""
OPS = {
    "add": {
        "signature": "add(x: T, y: T) -> T",
        "types": "T: float32 float64",
        "version": 1,
        "effects": [],
        "names": ["add"],
    },
    "mean": {"signature": "mean(x: T) -> T", "types": "T: float32", "version": 1, "effects": [], "names": []},
}
LAYOUT = """\
version 2.3
value TG_FLOAT32 = 12
value TG_INT8 = 2
struct tg_desc size=24 align=8
field tg_desc.struct_size offset=0 size=8 type=size_t
field tg_desc.data offset=8 size=8 type=void*
field tg_desc.rank offset=16 size=8 type=int64_t
function tg_get_api = const tg_api* (int32_t major)
"""
FIELDS = """\
SavedModel.format_version = 1 int32
SavedModel.producer = 2 string
SavedModel reserved 3
SavedModel.assets = 4 repeated Asset
"""
CLI = """\
command tensegra.show # print what a model holds
argument tensegra.show.DIR # the model
option tensegra.show.--json # print JSON
option tensegra.show.--depth N = 3 # how deep
option tensegra.show.--limit N = 9 # how many
"""
SURFACE_3 = [
    "py:tensegra.math.add", "py:tensegra.math.mean", "py:tensegra.math.old_mean", "py:tensegra.math.young_mean",
    "py:tensegra.math.old_mean2", "cli:tensegra.show.*", "py:tensegra.Variable.*", "op:mean",
]  # fmt: skip
BODY = dict.fromkeys(HEADINGS, "A sentence that says what is to be said.")


def rfc(number: int, **meta: Any) -> str:
    """The text of a proposal; keys of `meta` replace, and None removes."""
    body = meta.pop("body", BODY)
    known: dict[str, Any] = {
        "rfc": number,
        "title": f"Proposal {number}",
        "kind": "full",
        "state": "accepted",
        "sig": "core",
        "authors": ["@tensegra/someone"],
        "sponsor": "@tensegra/core-maintainers",
        "created": "2027-01-01",
        "review_until": "2027-01-15",
        "decision": {"date": "2027-01-20", "by": "@tensegra/core-maintainers", "link": "rfcs/README.md"},
        "surface": ["py:tensegra.math.nothing"],
        "breaking": "none",
    } | meta
    if known["state"] in ("draft", "review") and "decision" not in meta:
        known["decision"] = None
    lines = [f"{key}: {_yaml(value)}" for key, value in known.items() if value is not None]
    sections = "".join(f"\n## {heading}\n\n{text}\n" for heading, text in body.items())
    return "---\n" + "\n".join(lines) + f"\n---\n\n# {known['title']}\n{sections}"


def _yaml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(item)}" for key, item in value.items()) + "}"
    text = str(value)
    return text if isinstance(value, str) and text[:2] == "20" and len(text) == 10 else json.dumps(value)


class Repository:
    """The repository, its first commit, and what tests do with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.refresh_later = False
        self._tree: Revision | None = None
        self._git("init", "-q", "-b", "main")
        self._write_all()
        self.base = self.commit("base")

    def _git(self, *arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        # The commit's own day is the day on which the gate counts.
        env = os.environ | dict.fromkeys(("GIT_COMMITTER_DATE", "GIT_AUTHOR_DATE"), f"{TODAY}T12:00:00")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.root, check=True, capture_output=True, text=True, env=env
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", message)
        return self._git("rev-parse", "HEAD")

    def base_tree(self) -> Revision:
        """The tree that changes are compared with."""
        if self._tree is None or self._tree.commit != self.base:
            self._tree = Revision(Git(self.root), self.base)
        return self._tree

    def reset(self) -> None:
        self._git("reset", "-q", "--hard", self.base)
        self._git("clean", "-fdq")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, 1))

    def golden(self, name: str, old: str, new: str) -> None:
        self.edit(f"packages/core/api/{name}", old, new)

    def op(self, name: str, **changed: Any) -> None:
        path = "packages/core/api/ops.json"
        ops = json.loads(self.read(path))
        ops[name] = ops.get(name, OPS["add"]) | changed
        self.write(path, json.dumps(ops, indent=1))

    def fragment(self, number: int, kind: str = "added", package: str = "core") -> None:
        self.write(f"packages/{package}/changes/c{number}.{kind}.md", f"Something (RFC-{number:04}).\n")

    def rfc(self, number: int, **meta: Any) -> None:
        self.write(f"rfcs/{number:04}-proposal.md", rfc(number, **meta))

    def small(self, *surface: str, number: int = 20, **meta: Any) -> None:
        """An accepted small proposal that comes with the change."""
        decision = {"date": "2028-06-01", "by": "@tensegra/core-maintainers", "link": "rfcs/README.md"}
        small = {"kind": "small", "created": "2028-06-01", "review_until": None, "decision": decision}
        self.rfc(number, **small | {"surface": list(surface)} | meta)

    def refresh(self) -> None:
        """Makes the generated tables anew."""
        tree = WorkTree(self.root)
        self.write("rfcs/README.md", index(tree))
        for name, text in generated(WorkTree(self.root)).items():
            self.write(name, text)

    def _write_all(self) -> None:
        self.write("noxfile.py", "")
        self.write("pyproject.toml", "")
        for package in ("core", "data"):
            version = "2.3.0" if package == "core" else "2.0.0"
            self.write(
                f"packages/{package}/pyproject.toml",
                f'[project]\nname = "tensegra-{package}"\nversion = "{version}"\ndependencies = []\n',
            )
            self.write(f"packages/{package}/CHANGELOG.md", "# Changelog\n")
            self.write(f"packages/{package}/changes/.keep", "")
        for where in ("", "released/"):
            self.write(f"packages/core/api/{where}python.api", API)
            self.write(f"packages/core/api/{where}ops.json", json.dumps(OPS, indent=1))
            self.write(f"packages/core/api/{where}c_layout.txt", LAYOUT)
            self.write(f"packages/core/api/{where}c_symbols.txt", "tg_get_api\n")
            self.write(f"packages/core/api/{where}proto_fields.txt", FIELDS)
            self.write(f"packages/core/api/{where}cli/tensegra.txt", CLI)
        self.write("packages/data/api/python.api", "module tensegra.data\n")
        self.write(
            "packages/core/api/experimental.toml",
            '["py:tensegra.math.experimental.magic"]\nexpires = "2.9"\n',
        )
        self.write("packages/core/api/deprecations.toml", DEPRECATIONS)
        for version, date in (
            ("2.0.0", "2026-12-01"),
            ("2.1.0", "2027-05-01"),
            ("2.2.0", "2027-10-01"),
            ("2.3.0", "2028-05-01"),
        ):
            self.write(
                f"releases/core-{version}.toml",
                f'package = "core"\nversion = "{version}"\ndate = {date}\nrfcs = [1]\n',
            )
        self.rfc(1, kind="record", surface=["py:tensegra.*"], created="2026-11-24", review_until=None)
        self.rfc(2, surface=["py:tensegra.math.erfinv", "py:tensegra.math.mean", "op:erfinv", "op:mean"])
        self.rfc(3, surface=SURFACE_3, breaking="deprecation")
        self.rfc(4, surface=["c:tg_desc.*", "c:tg_desc", "c:TG_FLOAT*", "c:tg_get_api", "c:tg_more"])
        self.rfc(5, surface=["c:tg_desc.*", "c:tg_desc", "c:TG_FLOAT*", "c:tg_get_api"], breaking="abi-major")
        self.rfc(6, surface=["format:SavedModel.*"])
        self.rfc(7, surface=["format:SavedModel.*"], breaking="format-major")
        self.rfc(8, state="review", review_until="2028-07-01", surface=["py:tensegra.math.waiting"])
        self.rfc(9, state="rejected", surface=["py:tensegra.math.refused"])
        self.rfc(10, state="draft", surface=["py:tensegra.math.sketched"], kind="small")
        self.rfc(11, surface=["cli:tensegra.show.--yaml", "py:tensegra.Module", "py:tensegra.Handle"])
        self.write("sigs/core.toml", _SIG)
        self.write("sigs/core.md", "word " * 50)
        self.refresh()


DEPRECATIONS = """\
["py:tensegra.math.old_mean"]
since = "2.1"
instead = "tg.math.mean"
rfc = 3

["py:tensegra.math.young_mean"]
since = "2.3"
instead = "tg.math.mean"
rfc = 3

["cli:tensegra.show.--depth"]
since = "2.2"
instead = "nothing"
rfc = 3
"""
_SIG = """\
name = "core"
mission = "Keeps all."
in_scope = ["all"]
out_of_scope = ["nothing"]
owns = ["**"]
packages = ["core", "data"]
error_codes = ["TG-0000..TG-0999", "TG-2000..TG-2999"]
chairs = ["@tensegra/core-maintainers"]
approvers = ["@tensegra/core-maintainers", "@tensegra/core-reviewers"]
notes_dir = "sigs/notes/core"
status = "active"
created = 2028-01-01
review_due = 2028-12-01

[decision]
lazy_consensus_days = 3
quorum = 1
tie_break = "core"
"""
