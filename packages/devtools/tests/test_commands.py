"""The commands: what they write and print, their exit codes, and the errors that lead back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tensegra_devtools.__main__ import main

from ._planted import Repository

Run = Callable[..., int]


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture
def run(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(repo.root)
    monkeypatch.delenv("CI", raising=False)
    return lambda *arguments: main(list(arguments))


NEW = (
    "rfc",
    "new",
    "Add tg.math.erf2",
    "--author",
    "@tensegra/newcomer",
    "--surface",
    "py:tensegra.math.erf2",
)


def _fill(repo: Repository, path: str) -> None:
    text = repo.read(path)
    for line in text.splitlines():
        if line.startswith("<"):
            text = text.replace(line, "What there is to say about it.")
    repo.write(path, text)


def test_new_takes_the_next_number_and_guides(
    repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*NEW) == 0
    path = "rfcs/0012-add-tg-math-erf2.md"
    assert path in capsys.readouterr().out
    assert "[0012](0012-add-tg-math-erf2.md)" in repo.read("rfcs/README.md")
    assert run("rfc", "check") == 1
    assert "(TG-9106)" in capsys.readouterr().out
    _fill(repo, path)
    assert run("rfc", "check") == 0
    assert "12 proposals: 0 errors" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--surface", "tensegra.math.erf2"), "TG-9115"),
        (("--sig", "nobody"), "TG-9108"),
        (("--sponsor", "@tensegra/nobody"), "TG-9107"),
        (("--supersedes", "99"), "TG-9112"),
    ],
)
def test_new_writes_nothing_that_is_wrong_already(
    repo: Repository,
    run: Run,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: str,
) -> None:
    before = repo.read("rfcs/README.md")
    assert run(*NEW, *arguments) == 1
    assert f"({code})" in capsys.readouterr().out
    assert not (repo.root / "rfcs" / "0012-add-tg-math-erf2.md").exists()
    assert repo.read("rfcs/README.md") == before


def test_new_says_that_the_same_is_proposed_already(
    repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*NEW) == 0
    assert run(*NEW) == 1
    out = capsys.readouterr().out
    assert "(TG-9122)" in out and "as in rfcs/0012-add-tg-math-erf2.md" in out


def test_a_change_from_idea_to_green(repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    line = "def tensegra.math.erf2(x: TensorLike) -> Tensor\n"
    repo.golden("python.api", "module tensegra\n", "module tensegra\n" + line)
    assert run("gate") == 1
    assert "(TG-9301)" in capsys.readouterr().out
    assert run(*NEW) == 0
    _fill(repo, "rfcs/0012-add-tg-math-erf2.md")
    assert run("gate") == 1
    assert "it is draft" in capsys.readouterr().out
    assert run("rfc", "decide", "12", "review") == 0
    assert "review_until: " in repo.read("rfcs/0012-add-tg-math-erf2.md")
    assert run("rfc", "decide", "12", "accepted") == 1
    assert "(TG-9004)" in capsys.readouterr().err
    decide = ("rfc", "decide", "12", "accepted", "--by", "@tensegra/core-maintainers", "--link", "changes/7")
    assert run(*decide) == 0
    assert run("gate") == 1
    assert "(TG-9302)" in capsys.readouterr().out
    repo.fragment(12)
    assert run("gate") == 0
    out = capsys.readouterr().out
    assert "+ core: py:tensegra.math.erf2" in out
    assert json.loads(repo.read("build/gate.json"))["changes"][0]["symbol"] == "py:tensegra.math.erf2"


def test_list_and_show_derive_the_status(
    repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.fragment(2)
    assert run("rfc", "list", "--json") == 0
    status = {row["rfc"]: row["status"] for row in json.loads(capsys.readouterr().out)}
    assert status[1] == "shipped in core 2.0.0"
    assert status[2] == "implementing"
    assert status[3] == "lapsed"
    assert status[8] == "review"
    assert run("rfc", "list", "--state", "rejected") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 proposals"
    assert run("rfc", "show", "2") == 0
    assert "packages/core/changes/c2.added.md" in capsys.readouterr().out
    assert run("rfc", "show", "99") == 1
    assert "(TG-9003)" in capsys.readouterr().err


def test_a_commit_that_cites_shows_progress(
    repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit("Begin RFC-0004")
    assert run("rfc", "show", "4", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["status"] == "implementing"
    assert len(shown["commits"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("2", "rejected", "--by", "@tensegra/core-maintainers"), "TG-9004"),
        (("9", "accepted", "--by", "@tensegra/core-maintainers"), "TG-9004"),
        (("8", "accepted", "--by", "@tensegra/someone"), "TG-9004"),
        (("8", "accepted", "--by", "@tensegra/core-maintainers", "--date", "2027-01-20"), "TG-9117"),
        (("8", "accepted", "--by", "@tensegra/core-maintainers", "--date", "2026-01-20"), "TG-9105"),
    ],
)
def test_decide_refuses_and_leaves_the_file(
    repo: Repository, run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str
) -> None:
    before = {path.name: path.read_text() for path in (repo.root / "rfcs").iterdir()}
    assert run("rfc", "decide", *arguments, "--link", "x") == 1
    caught = capsys.readouterr()
    assert f"({code})" in caught.out + caught.err
    assert {path.name: path.read_text() for path in (repo.root / "rfcs").iterdir()} == before


def test_decide_writes_the_decision(repo: Repository, run: Run) -> None:
    arguments = ("--by", "@tensegra/core-maintainers", "--link", "rfcs/README.md", "--date", "2028-07-02")
    assert run("rfc", "decide", "8", "accepted", *arguments) == 0
    text = repo.read("rfcs/0008-proposal.md")
    assert "state: accepted\n" in text
    assert 'decision: {date: 2028-07-02, by: "@tensegra/core-maintainers", link: "rfcs/README.md"}' in text
    assert run("rfc", "check") == 0


def test_sig_check_and_codeowners(repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sig", "check") == 0
    repo.write("CODEOWNERS", "")
    assert run("sig", "check", "--json") == 1
    assert [found["code"] for found in json.loads(capsys.readouterr().out.split("\n", 1)[1])["findings"]] == [
        "TG-9206"
    ]
    assert run("sig", "codeowners") == 0
    assert repo.read("CODEOWNERS").splitlines()[-1] == "/** @tensegra/core-maintainers"
    assert run("sig", "check") == 0


def test_paths_of_a_dormant_group_fall_to_core(repo: Repository, run: Run) -> None:
    table = repo.read("sigs/core.toml")
    repo.edit("sigs/core.toml", '"**"', '"packages/core/**"')
    other = (
        table.replace('"core"', '"data"')
        .replace("active", "dormant")
        .replace("core-maintainers", "data-maintainers")
    )
    repo.write("sigs/data.toml", other.replace('"**"', '"packages/data/**"'))
    assert run("sig", "codeowners") == 0
    assert "/packages/data/ @tensegra/core-maintainers" in repo.read("CODEOWNERS").splitlines()


def test_gate_between_revisions(repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    repo.golden("cli/tensegra.txt", "option tensegra.show.--json # print JSON\n", "")
    head = repo.commit("remove an option")
    assert run("gate", repo.base, head, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["changes"] == [
        {
            "change": "removed",
            "package": "core",
            "symbol": "cli:tensegra.show.--json",
            "old": "option tensegra.show.--json",
            "new": None,
            "breaks": "it is gone",
        }
    ]
    assert "TG-9302" in {item["code"] for item in found["findings"]}
    assert run("gate", repo.base, repo.base) == 0
    assert run("gate", "nowhere", head) == 1
    assert "(TG-9002)" in capsys.readouterr().err


def test_without_history_it_says_so_and_fails_in_ci(
    repo: Repository, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One commit has no parent: what a shallow clone of CI looks like.
    assert run("gate") == 0
    assert "warning: .: [gate] The gate compares" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    assert run("gate") == 1
    assert "(TG-9315)" in capsys.readouterr().out
    repo.golden("python.api", "module tensegra\n", "module tensegra\ndef tensegra.f() -> None\n")
    monkeypatch.delenv("CI")
    assert run("gate") == 1
    assert "py:tensegra.f since the release" in capsys.readouterr().out


def test_a_package_that_is_not_bound_is_printed_only(
    repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit("work begins")
    repo.write("packages/data/api/python.api", "module tensegra.data\ndef tensegra.data.f() -> None\n")
    assert run("gate") == 0
    out = capsys.readouterr().out
    assert "+ data: py:tensegra.data.f" in out
    assert "printed only: data" in out


def test_api_diff_and_abi_diff(repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("api", "diff") == 1
    assert "(TG-9315)" in capsys.readouterr().err
    repo.commit("work begins")
    repo.op("mean", version=2)
    repo.golden("c_layout.txt", "TG_INT8 = 2", "TG_INT8 = 3")
    assert run("api", "diff") == 0
    assert "~ core: op:mean" in capsys.readouterr().out
    assert run("abi", "diff", "--json") == 0
    assert [row["symbol"] for row in json.loads(capsys.readouterr().out)] == ["c:TG_INT8"]


def test_release_plan(repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    def bump() -> tuple[str, str]:
        assert run("release", "plan", "--json") == 0
        rows = {row["package"]: row for row in json.loads(capsys.readouterr().out)}
        assert (rows["data"]["bump"], rows["data"]["version"]) == ("first", "2.0.0")
        return rows["core"]["bump"], rows["core"]["version"]

    assert bump() == ("none", None)
    repo.fragment(2, "fixed")
    assert bump() == ("patch", "2.3.1")
    repo.golden("python.api", "module tensegra\n", "module tensegra\ndef tensegra.f() -> None\n")
    assert bump() == ("minor", "2.4.0")
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = True")
    assert bump() == ("major", "3.0.0")


def test_release_notes(repo: Repository, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    types = "".join(
        f'[[tool.towncrier.type]]\ndirectory = "{kind}"\nname = "{kind.title()}"\nshowcontent = true\n'
        for kind in ("added", "fixed")
    )
    repo.write(
        "pyproject.toml", '[tool.towncrier]\ndirectory = "changes"\nfilename = "CHANGELOG.md"\n' + types
    )
    repo.fragment(2, "added")
    assert run("release", "notes", "core", "--version", "2.4.0") == 0
    out = capsys.readouterr().out
    assert "2.4.0" in out
    assert "Something (RFC-0002)." in out
    assert run("release", "notes", "nothing") == 1
    assert "(TG-9007)" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["rfc", "sig", "api", "abi", "gate", "release"])
def test_help(run: Run, capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run(command, "--help")
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out


def test_wrong_arguments(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("rfc", "decide", "8", "shipped", "--by", "x", "--link", "y")
    assert ended.value.code == 2
    assert "shipped" in capsys.readouterr().err
