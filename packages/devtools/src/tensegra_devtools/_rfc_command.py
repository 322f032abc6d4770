"""`tg-rfc`: begins, checks, lists, shows and decides proposals."""

from __future__ import annotations

import argparse
import datetime
import json
import re
from pathlib import Path

from ._command import add_base, add_json, base_of, main, report, work_tree
from ._finding import Finding
from ._git import Git
from ._problem import failure
from ._rfc import HEADINGS, KINDS, Rfc, cite, rfc_files, rfcs
from ._rfc_check import LAZY, REVIEW_DAYS
from ._rfc_index import INDEX, index, progress
from ._run import say
from ._snapshot import WorkTree
from ._validate import validate

ABOUT = "Begins, checks, lists, shows and decides proposals (rfcs/)."
_GUIDE = {
    "Problem": "<who meets what today, with an example, ...>",
    "Proposal": "<what it does, with the code a user would write, ...>",
    "Surface": "<every name, flag, field that is added, changed or removed, ...>",
    "Alternatives": "<what else was weighed, doing nothing included, and why not, ...>",
    "Migration": "<who must change what, by when; or that nobody must, ...>",
    "Test plan": "<which tests show that it works, ...>",
}


def run() -> int:
    """The console script."""
    return main("tg-rfc", ABOUT, add)


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the subcommands."""
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    new = commands.add_parser("new", help="begin a proposal under the next free number")
    new.add_argument("title", help='what it proposes, for example "Add tg.math.erfinv"')
    new.add_argument("--kind", choices=[kind for kind in KINDS if kind != "record"], default="small")
    new.add_argument("--sig", default="core", help="the group that decides (default: core)")
    new.add_argument(
        "--author", action="append", help="who proposes (default: the name that git knows); may repeat"
    )
    new.add_argument("--sponsor", default=LAZY, help=f"an approver of the group (default: {LAZY})")
    new.add_argument(
        "--surface", action="append", default=[], metavar="KIND:NAME", help="a name it adds; may repeat"
    )
    new.add_argument("--supersedes", type=int, action="append", default=[], metavar="N")
    add_json(new)
    new.set_defaults(func=_new)
    check = commands.add_parser("check", help="check all proposals, and what became of them since the base")
    add_base(check)
    add_json(check)
    check.set_defaults(func=_check)
    listing = commands.add_parser("list", help="list the proposals with their derived status")
    listing.add_argument("--state", help="only those of this state or derived status")
    listing.add_argument("--write", action="store_true", help=f"make the table of {INDEX} anew")
    add_json(listing)
    listing.set_defaults(func=_list)
    show = commands.add_parser("show", help="show a proposal: its status and what cites it")
    show.add_argument("number", type=int)
    add_json(show)
    show.set_defaults(func=_show)
    decide = commands.add_parser("decide", help="send a proposal to review, or write the decision on it")
    decide.add_argument("number", type=int)
    decide.add_argument("state", choices=["review", "accepted", "rejected", "withdrawn"])
    decide.add_argument("--by", help=f"who decides: a role of the group, or '{LAZY}' when nobody objected")
    decide.add_argument("--link", help="where it was discussed: a path in the tree or an address")
    decide.add_argument("--date", type=datetime.date.fromisoformat, help="default: today")
    add_json(decide)
    decide.set_defaults(func=_decide)


def _new(options: argparse.Namespace) -> int:
    tree = work_tree()
    taken = {rfc.number for rfc in rfc_files(tree)}
    if (main_tree := base_of(tree, None)) is not None:
        taken |= set(rfcs(main_tree))
    number = max(taken, default=0) + 1
    slug = "-".join(re.findall(r"[a-z0-9]+", options.title.lower())[:6]) or "proposal"
    authors = options.author or [Git(tree.root).line("config", "user.name") or "the author"]
    today = tree.today
    meta = {
        "rfc": number,
        "title": json.dumps(options.title, ensure_ascii=False),
        "kind": options.kind,
        "state": "draft",
        "sig": options.sig,
        "authors": json.dumps(authors, ensure_ascii=False),
        "sponsor": json.dumps(options.sponsor),
        "created": today,
        "review_until": today + datetime.timedelta(days=REVIEW_DAYS[options.kind]),
        "surface": json.dumps(options.surface),
        "breaking": "none",
    }
    if options.supersedes:
        meta["supersedes"] = json.dumps(options.supersedes)
    head = "".join(f"{key}: {value}\n" for key, value in meta.items())
    body = "".join(f"\n## {heading}\n\n{_GUIDE[heading]}\n" for heading in HEADINGS)
    path = f"rfcs/{number:04}-{slug}.md"
    (tree.root / path).write_text(
        f"---\n{head}---\n\n# {cite(number)}: {options.title}\n{body}", encoding="utf-8"
    )
    _write_index(tree.root)
    # Its placeholders are what the author fills in now; whatever else is wrong came with the command.
    findings = [item for item in _findings_of(path, tree.root) if item.code != "TG-9106"]
    if any(item.fatal for item in findings):
        (tree.root / path).unlink()
        _write_index(tree.root)
        return report(findings, "no proposal written", as_json=options.json)
    if options.json:
        say(json.dumps({"ok": True, "rfc": number, "path": path}))
    else:
        say(f"{path}: written. Replace what stands in <...>, then ./dev rfc -- decide {number} review")
    return 0


def _findings_of(path: str, root: Path) -> list[Finding]:
    tree = WorkTree(root)
    return [item for item in validate(tree, base_of(tree, None), ["rfcs"]) if item.path == path]


def _write_index(root: Path) -> None:
    (root / INDEX).write_text(index(WorkTree(root)), encoding="utf-8")


def _check(options: argparse.Namespace) -> int:
    tree = work_tree()
    base = base_of(tree, options.base)
    findings = validate(tree, base, ["rfcs"])
    if base is None and not options.json:
        say("no git history: what became of each proposal since the base is not checked")
    return report(
        findings, f"{len(rfc_files(tree))} proposals", as_json=options.json, history=base is not None
    )


def _list(options: argparse.Namespace) -> int:
    tree = work_tree()
    git = Git(tree.root)
    if options.write:
        _write_index(tree.root)
        say(f"{INDEX}: written")
        return 0
    rows = []
    for number, rfc in sorted(rfcs(tree).items()):
        status = progress(rfc, tree, git).status
        if options.state in (None, rfc.state, status.split()[0]):
            rows.append(
                {"rfc": number, "title": rfc.title, "kind": rfc.kind, "state": rfc.state, "status": status}
            )
    if options.json:
        say(json.dumps(rows, indent=1))
    else:
        for row in rows:
            say(f"{row['rfc']:04}  {row['kind']:6}  {row['status']:14}  {row['title']}")
        say(f"{len(rows)} proposals")
    return 0


def _find(tree: WorkTree, number: int) -> Rfc:
    rfc = rfcs(tree).get(number)
    if rfc is None:
        raise failure("TG-9003", "rfc", f"number={number}")
    return rfc


def _show(options: argparse.Namespace) -> int:
    tree = work_tree()
    rfc = _find(tree, options.number)
    found = progress(rfc, tree, Git(tree.root))
    shown = {
        "path": rfc.path,
        "title": rfc.title,
        "kind": rfc.kind,
        "state": rfc.state,
        "status": found.status,
        "sig": rfc.meta.get("sig"),
        "surface": rfc.surface,
        "fragments": list(found.fragments),
        "releases": list(found.releases),
        "commits": list(found.commits),
    }
    if options.json:
        say(json.dumps(shown, indent=1))
        return 0
    for key, value in shown.items():
        items = value if isinstance(value, list) else [value]
        say(f"{key:10} {', '.join(map(str, items)) or 'none'}")
    return 0


def _decide(options: argparse.Namespace) -> int:
    tree = work_tree()
    rfc = _find(tree, options.number)
    early = rfc.state == "draft" and (rfc.kind == "small" or options.state in ("review", "withdrawn"))
    ready = rfc.state == "review" and options.state != "review"
    retired = rfc.state == "accepted" and options.state == "withdrawn"
    if rfc.trouble or not (ready or early or retired):
        raise failure("TG-9004", "rfc", f"number={options.number}, {rfc.state} -> {options.state}")
    if options.state != "review" and not (options.by and options.link):
        raise failure("TG-9004", "rfc", f"by={options.by!r}, link={options.link!r}")
    if options.by in rfc.meta.get("authors", []) and options.state != "withdrawn":
        raise failure("TG-9004", "rfc", f"number={options.number}, by={options.by!r}, who is an author")
    path = tree.root / rfc.path
    before = path.read_text(encoding="utf-8")
    path.write_text(_decided(before, rfc, options, options.date or tree.today), encoding="utf-8")
    _write_index(tree.root)
    findings = _findings_of(rfc.path, tree.root)
    if any(item.fatal for item in findings):
        path.write_text(before, encoding="utf-8")
        _write_index(tree.root)
        return report(findings, f"{rfc.path}: left as it was", as_json=options.json)
    return report(findings, f"{rfc.path}: {options.state}", as_json=options.json)


def _decided(text: str, rfc: Rfc, options: argparse.Namespace, date: datetime.date) -> str:
    """Returns the proposal with its new state, and the review's end or the decision."""
    head, rest = text.split("\n---\n", 1)
    head = re.sub(r"^state:.*$", f"state: {options.state}", head, flags=re.MULTILINE)
    if options.state == "review":
        end = date + datetime.timedelta(days=REVIEW_DAYS[rfc.kind])
        line = f"review_until: {end}\n"
        head = re.sub(r"^review_until:.*\n", "", head, flags=re.MULTILINE)
    else:
        line = f"decision: {{date: {date}, by: {json.dumps(options.by)}, link: {json.dumps(options.link)}}}\n"
    if rfc.state != "accepted":
        head = re.sub(r"^surface:", lambda _: f"{line}surface:", head, count=1, flags=re.MULTILINE)
    return f"{head}\n---\n{rest}"
