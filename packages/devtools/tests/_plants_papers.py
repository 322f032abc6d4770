"""Illegal changes of proposals and groups."""

from __future__ import annotations

from ._planted import BODY, Repository, rfc
from ._plants import illegal


@illegal("TG-9104")
def a_status_has_a_typo(repo: Repository) -> None:
    repo.edit("rfcs/0008-proposal.md", 'state: "review"', 'state: "reveiw"')


@illegal("TG-9104")
def a_derived_status_is_typed(repo: Repository) -> None:
    repo.edit("rfcs/0002-proposal.md", 'state: "accepted"', 'state: "shipped"')


@illegal("TG-9111")
def an_accepted_proposal_has_no_decision(repo: Repository) -> None:
    repo.rfc(8, state="accepted", decision=None)


@illegal("TG-9110")
def a_decision_is_edited(repo: Repository) -> None:
    repo.edit("rfcs/0002-proposal.md", "2027-01-20", "2027-01-21")


@illegal("TG-9110")
def an_accepted_surface_grows(repo: Repository) -> None:
    repo.edit("rfcs/0002-proposal.md", '"op:erfinv"', '"op:erfinv", "op:other"')


@illegal("TG-9109")
def a_rejected_proposal_is_accepted(repo: Repository) -> None:
    repo.rfc(9, state="accepted", surface=["py:tensegra.math.refused"])


@illegal("TG-9109")
def a_draft_is_rejected_without_review(repo: Repository) -> None:
    repo.rfc(10, state="rejected", surface=["py:tensegra.math.sketched"], kind="small")


@illegal("TG-9118")
def a_proposal_is_deleted(repo: Repository) -> None:
    repo.remove("rfcs/0009-proposal.md")


@illegal("TG-9113")
def a_number_is_taken_twice(repo: Repository) -> None:
    repo.write("rfcs/0008-other.md", rfc(8, state="draft", review_until=None, created="2028-06-01"))


@illegal("TG-9102")
def an_unknown_key(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, milestone="soon")


@illegal("TG-9103")
def a_missing_key(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, sponsor=None)


@illegal("TG-9101")
def no_front_matter(repo: Repository) -> None:
    repo.write("rfcs/0020-proposal.md", "# A proposal\n")


@illegal("TG-9101")
def a_key_stands_twice(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None)
    repo.edit("rfcs/0020-proposal.md", 'state: "draft"', 'state: "draft"\nstate: "accepted"')


@illegal("TG-9105")
def a_day_that_does_not_exist(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, created="2028-02-31")


@illegal("TG-9106")
def a_placeholder_is_left(repo: Repository) -> None:
    repo.rfc(
        20,
        state="draft",
        review_until=None,
        body=BODY | {"Problem": "<who meets what today, ...> and more"},
    )


@illegal("TG-9114")
def a_section_is_empty(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, body=BODY | {"Alternatives": ""})


@illegal("TG-9114")
def a_section_is_missing(repo: Repository) -> None:
    body = {key: text for key, text in BODY.items() if key != "Migration"}
    repo.rfc(20, state="draft", review_until=None, body=body)


@illegal("TG-9107")
def the_sponsor_is_an_author(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, authors=["@tensegra/core-maintainers"])


@illegal("TG-9107")
def the_sponsor_is_a_stranger(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, sponsor="@tensegra/strangers")


@illegal("TG-9107")
def a_stranger_decides(repo: Repository) -> None:
    decision = {"date": "2028-06-01", "by": "@tensegra/strangers", "link": "rfcs/README.md"}
    repo.small("py:tensegra.nn.gate", decision=decision)


@illegal("TG-9108")
def the_group_does_not_exist(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, sig="quantum")


@illegal("TG-9112")
def a_proposal_supersedes_one_way(repo: Repository) -> None:
    repo.small("py:tensegra.math.nothing", supersedes=[2])


@illegal("TG-9115")
def a_surface_that_covers_everything(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, surface=["py:tensegra.*"])


@illegal("TG-9115")
def a_surface_that_covers_a_module(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, surface=["py:tensegra.math.*"])


@illegal("TG-9115")
def a_surface_that_is_not_one(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, surface=["tensegra.math.erf"])


@illegal("TG-9116")
def a_small_proposal_is_not_small(repo: Repository) -> None:
    repo.small(*(f"py:tensegra.nn.f{n}" for n in range(6)))


@illegal("TG-9117")
def a_review_is_cut_short(repo: Repository) -> None:
    repo.rfc(8, state="accepted", surface=["py:tensegra.math.waiting"], review_until="2028-07-01")


@illegal("TG-9119")
def a_record_after_the_release(repo: Repository) -> None:
    repo.rfc(
        20,
        kind="record",
        created="2028-06-01",
        review_until=None,
        decision={"date": "2028-06-01", "by": "@tensegra/core-maintainers", "link": "x"},
    )


@illegal("TG-9120")
def a_fragment_cites_a_rejected_proposal(repo: Repository) -> None:
    repo.fragment(9)


@illegal("TG-9121")
def the_index_is_stale(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None)
    repo.refresh_later = True


# --- groups


@illegal("TG-9202")
def a_path_of_nobody(repo: Repository) -> None:
    repo.edit(
        "sigs/core.toml", '"**"', '"packages/**", "rfcs/**", "sigs/**", "releases/**", "*.py", "*.toml"'
    )


@illegal("TG-9201")
def a_group_with_an_unknown_key(repo: Repository) -> None:
    repo.edit("sigs/core.toml", "status", 'motto = "x"\nstatus')


@illegal("TG-9203")
def a_group_without_a_charter(repo: Repository) -> None:
    repo.remove("sigs/core.md")


@illegal("TG-9204")
def a_review_that_is_years_away(repo: Repository) -> None:
    repo.edit("sigs/core.toml", "2028-12-01", "2031-12-01")


@illegal("TG-9205")
def a_package_of_no_group(repo: Repository) -> None:
    repo.edit("sigs/core.toml", '["core", "data"]', '["core"]')


@illegal("TG-9206")
def codeowners_by_hand(repo: Repository) -> None:
    repo.write("CODEOWNERS", "* @tensegra/others\n")
    repo.refresh_later = True
