"""Proof that the gate bites: planted illegal changes are refused for the right reason, legal ones pass."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tensegra_devtools._finding import Finding
from tensegra_devtools._git import Git
from tensegra_devtools._snapshot import Revision
from tensegra_devtools._validate import validate

_spec = importlib.util.spec_from_file_location("planted", Path(__file__).with_name("_planted.py"))
assert _spec and _spec.loader
planted = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(planted)

Plant = Callable[[Any], None]
ILLEGAL: dict[str, tuple[str, Plant]] = {}
LEGAL: dict[str, Plant] = {}


def illegal(code: str) -> Callable[[Plant], Plant]:
    def register(plant: Plant) -> Plant:
        ILLEGAL[plant.__name__] = (code, plant)
        return plant

    return register


def legal(plant: Plant) -> Plant:
    LEGAL[plant.__name__] = plant
    return plant


ADD = "def tensegra.math.add(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor\n"
OLD = "def tensegra.math.old_mean(x: TensorLike) -> Tensor\n"
YOUNG = "def tensegra.math.young_mean(x: TensorLike) -> Tensor\n"
MEAN = "def tensegra.math.mean(x: TensorLike, axis: int | None = None, *, keepdims: bool = False) -> Tensor\n"
ERFINV = "def tensegra.math.erfinv(x: TensorLike) -> Tensor\n"
RANK = "field tg_desc.rank offset=16 size=8 type=int64_t\n"


def new_name(repo: Any, line: str) -> None:
    repo.golden("python.api", ADD, ADD + line)


# --- Python


@illegal("TG-9301")
def a_function_is_added_without_a_proposal(repo: Any) -> None:
    new_name(repo, "def tensegra.math.extra(x: TensorLike) -> Tensor\n")
    repo.fragment(2)


@illegal("TG-9301")
def a_record_covers_nothing(repo: Any) -> None:
    new_name(repo, "def tensegra.math2.extra(x: TensorLike) -> Tensor\n")
    repo.fragment(1)


@illegal("TG-9302")
def a_function_is_added_without_a_fragment(repo: Any) -> None:
    new_name(repo, ERFINV)


@illegal("TG-9302")
def the_fragment_is_in_another_package(repo: Any) -> None:
    new_name(repo, ERFINV)
    repo.fragment(2, package="data")


@illegal("TG-9312")
def the_proposal_is_still_in_review(repo: Any) -> None:
    repo.remove("rfcs/0003-proposal.md")
    repo.rfc(3, surface=["cli:tensegra.show.*"], breaking="deprecation")
    repo.refresh()
    repo.base = repo.commit("a narrower proposal")
    new_name(repo, "def tensegra.math.waiting(x: TensorLike) -> Tensor\n")
    repo.fragment(8)


@illegal("TG-9312")
def a_full_proposal_is_accepted_in_the_same_change(repo: Any) -> None:
    new_name(repo, "def tensegra.nn.gate(x: TensorLike) -> Tensor\n")
    repo.rfc(20, surface=["py:tensegra.nn.gate"])
    repo.fragment(20)


@illegal("TG-9303")
def a_function_is_removed_without_notice(repo: Any) -> None:
    repo.golden("python.api", ADD, "")
    repo.fragment(3, "removed")


@illegal("TG-9303")
def a_function_is_removed_too_early(repo: Any) -> None:
    repo.golden("python.api", YOUNG, "")
    repo.fragment(3, "removed")


@illegal("TG-9303")
def the_notice_comes_with_the_removal(repo: Any) -> None:
    repo.golden("python.api", ADD, "")
    repo.write(
        "packages/core/api/deprecations.toml",
        repo.read("packages/core/api/deprecations.toml")
        + '\n["py:tensegra.math.add"]\nsince = "2.1"\ninstead = "+"\nrfc = 3\n',
    )
    repo.fragment(3, "removed")


@illegal("TG-9318")
def a_removal_is_announced_as_an_addition(repo: Any) -> None:
    repo.golden("python.api", OLD, "")
    repo.fragment(3, "added")


@illegal("TG-9303")
def a_default_changes(repo: Any) -> None:
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = True")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def a_keyword_is_renamed(repo: Any) -> None:
    repo.golden("python.api", "keepdims: bool", "keep_dims: bool")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def parameters_change_places(repo: Any) -> None:
    repo.golden("python.api", "(x: TensorLike, y: TensorLike,", "(y: TensorLike, x: TensorLike,")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def a_parameter_becomes_required(repo: Any) -> None:
    repo.golden("python.api", "axis: int | None = None", "axis: int | None")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def a_new_parameter_is_required(repo: Any) -> None:
    repo.golden("python.api", "old_mean(x: TensorLike)", "old_mean2(x: TensorLike)")
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = False, dtype: DType")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def a_property_can_no_longer_be_set(repo: Any) -> None:
    repo.golden("python.api", " (writable)", "")
    repo.fragment(3, "changed")


@illegal("TG-9301")
def a_constant_changes(repo: Any) -> None:
    repo.golden("python.api", "AUTOTUNE: int = -1", "AUTOTUNE: int = 0")
    repo.fragment(3, "changed")


@illegal("TG-9301")
def a_base_class_goes(repo: Any) -> None:
    repo.golden("python.api", "tensegra.Variable(Module)", "tensegra.Variable()")
    repo.fragment(3, "changed")


@illegal("TG-9313")
def a_breaking_change_under_a_proposal_that_breaks_nothing(repo: Any) -> None:
    repo.rfc(3, surface=["cli:tensegra.show.*"], breaking="deprecation")
    repo.refresh()
    repo.base = repo.commit("a narrower proposal")
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = True")
    repo.fragment(2, "changed")


@illegal("TG-9317")
def the_golden_is_deleted(repo: Any) -> None:
    repo.remove("packages/core/api/python.api")


# --- experimental


@illegal("TG-9308")
def an_experimental_name_has_no_end(repo: Any) -> None:
    new_name(repo, "def tensegra.math.experimental.more(x: TensorLike) -> Tensor\n")


@illegal("TG-9308")
def an_experimental_name_has_expired(repo: Any) -> None:
    repo.edit("packages/core/pyproject.toml", "2.3.0", "2.9.0")


# --- ops


@illegal("TG-9307")
def the_signature_of_an_op_changes(repo: Any) -> None:
    repo.op("mean", signature="mean(x: T, axis: int) -> T")
    repo.fragment(2, "changed")


@illegal("TG-9307")
def an_op_loses_a_type(repo: Any) -> None:
    repo.op("mean", types="T: float64")
    repo.fragment(2, "changed")


@illegal("TG-9301")
def an_op_is_added_without_a_proposal(repo: Any) -> None:
    repo.op("median", signature="median(x: T) -> T")


@illegal("TG-9303")
def an_op_is_removed(repo: Any) -> None:
    path = "packages/core/api/ops.json"
    repo.write(path, planted.json.dumps({"add": planted.OPS["add"]}, indent=1))
    repo.fragment(3, "removed")


# --- C


@illegal("TG-9305")
def a_field_is_inserted(repo: Any) -> None:
    repo.golden("c_layout.txt", RANK, "field tg_desc.kind offset=16 size=8 type=int64_t\n" + RANK.replace("=16", "=24"))
    repo.golden("c_layout.txt", "size=24", "size=32")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(5, "changed")


@illegal("TG-9305")
def an_enum_is_reordered(repo: Any) -> None:
    repo.golden("c_layout.txt", "TG_FLOAT32 = 12", "TG_FLOAT32 = 13")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(5, "changed")


@illegal("TG-9305")
def the_type_of_a_field_changes(repo: Any) -> None:
    repo.golden("c_layout.txt", "type=int64_t", "type=uint64_t")
    repo.fragment(5, "changed")


@illegal("TG-9305")
def a_field_is_removed(repo: Any) -> None:
    repo.golden("c_layout.txt", RANK, "")
    repo.fragment(5, "removed")


@illegal("TG-9305")
def a_symbol_is_no_longer_exported(repo: Any) -> None:
    repo.golden("c_symbols.txt", "tg_get_api\n", "")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(5, "removed")


@illegal("TG-9304")
def a_field_is_appended_without_a_minor(repo: Any) -> None:
    repo.golden("c_layout.txt", RANK, RANK + "field tg_desc.more offset=24 size=8 type=int64_t\n")
    repo.golden("c_layout.txt", "size=24", "size=32")
    repo.fragment(4)


@illegal("TG-9313")
def a_new_major_under_a_proposal_that_does_not_say_so(repo: Any) -> None:
    repo.remove("rfcs/0005-proposal.md")
    repo.rfc(5, surface=["c:tg_nothing"], breaking="abi-major")
    repo.refresh()
    repo.base = repo.commit("a narrower proposal")
    repo.golden("c_layout.txt", "type=int64_t", "type=uint64_t")
    repo.golden("c_layout.txt", "version 2.3", "version 3.0")
    repo.fragment(4, "changed")


# --- the saved model


@illegal("TG-9306")
def a_number_is_reused(repo: Any) -> None:
    repo.golden("proto_fields.txt", "SavedModel.producer = 2 string", "SavedModel.maker = 2 string")
    repo.fragment(7, "removed")


@illegal("TG-9306")
def a_reserved_number_is_taken(repo: Any) -> None:
    repo.golden("proto_fields.txt", "SavedModel reserved 3", "SavedModel.maker = 3 string")
    repo.fragment(6)


@illegal("TG-9306")
def a_field_goes_and_its_number_is_not_reserved(repo: Any) -> None:
    repo.golden("proto_fields.txt", "SavedModel.producer = 2 string\n", "")
    repo.fragment(7, "removed")


@illegal("TG-9313")
def the_type_of_a_message_field_changes(repo: Any) -> None:
    repo.rfc(7, surface=["format:Other.*"], breaking="format-major")
    repo.refresh()
    repo.base = repo.commit("a narrower proposal")
    repo.golden("proto_fields.txt", "2 string", "2 bytes")
    repo.fragment(6, "changed")


# --- commands


@illegal("TG-9303")
def an_option_is_removed(repo: Any) -> None:
    repo.golden("cli/tensegra.txt", "option tensegra.show.--json # print JSON\n", "")
    repo.fragment(3, "removed")


@illegal("TG-9303")
def an_option_has_another_default(repo: Any) -> None:
    repo.golden("cli/tensegra.txt", "N = 3", "N = 4")
    repo.remove("packages/core/api/deprecations.toml")
    repo.base = repo.commit("no notices") if repo.read("packages/core/api/cli/tensegra.txt") == "" else repo.base
    repo.fragment(3, "changed")


# --- deprecations, releases, changelogs


@illegal("TG-9314")
def a_notice_is_backdated(repo: Any) -> None:
    repo.edit("packages/core/api/deprecations.toml", 'since = "2.3"', 'since = "2.1"')


@illegal("TG-9314")
def a_new_notice_names_a_released_minor(repo: Any) -> None:
    path = "packages/core/api/deprecations.toml"
    repo.write(path, repo.read(path) + '\n["py:tensegra.math.add"]\nsince = "2.2"\ninstead = "+"\nrfc = 3\n')


@illegal("TG-9314")
def a_notice_without_a_proposal_that_deprecates(repo: Any) -> None:
    path = "packages/core/api/deprecations.toml"
    repo.write(path, repo.read(path) + '\n["py:tensegra.math.add"]\nsince = "2.4"\ninstead = "+"\nrfc = 2\n')


@illegal("TG-9309")
def a_release_record_is_edited(repo: Any) -> None:
    repo.edit("releases/core-2.1.0.toml", "2027-05-01", "2026-05-01")


@illegal("TG-9309")
def a_release_record_is_removed(repo: Any) -> None:
    repo.remove("releases/core-2.0.0.toml")


@illegal("TG-9309")
def a_release_goes_backwards(repo: Any) -> None:
    repo.write("releases/core-2.2.5.toml", 'package = "core"\nversion = "2.2.5"\ndate = 2028-06-01\nrfcs = []\n')


@illegal("TG-9310")
def the_released_goldens_are_edited(repo: Any) -> None:
    repo.edit("packages/core/api/released/python.api", ADD, "")


@illegal("TG-9311")
def a_changelog_is_edited_by_hand(repo: Any) -> None:
    repo.write("packages/core/CHANGELOG.md", "# Changelog\n\nBy hand.\n")


# --- proposals


@illegal("TG-9104")
def a_status_has_a_typo(repo: Any) -> None:
    repo.edit("rfcs/0008-proposal.md", 'state: "review"', 'state: "reveiw"')


@illegal("TG-9104")
def a_derived_status_is_typed(repo: Any) -> None:
    repo.edit("rfcs/0002-proposal.md", 'state: "accepted"', 'state: "shipped"')


@illegal("TG-9111")
def an_accepted_proposal_has_no_decision(repo: Any) -> None:
    repo.rfc(8, state="accepted", decision=None)


@illegal("TG-9110")
def a_decision_is_edited(repo: Any) -> None:
    repo.edit("rfcs/0002-proposal.md", "2027-01-20", "2027-01-21")


@illegal("TG-9110")
def an_accepted_surface_grows(repo: Any) -> None:
    repo.edit("rfcs/0002-proposal.md", '"op:erfinv"', '"op:erfinv", "op:other"')


@illegal("TG-9109")
def a_rejected_proposal_is_accepted(repo: Any) -> None:
    repo.rfc(9, state="accepted", surface=["py:tensegra.math.refused"])


@illegal("TG-9109")
def a_draft_is_rejected_without_review(repo: Any) -> None:
    repo.rfc(10, state="rejected", surface=["py:tensegra.math.sketched"], kind="small")


@illegal("TG-9118")
def a_proposal_is_deleted(repo: Any) -> None:
    repo.remove("rfcs/0009-proposal.md")


@illegal("TG-9113")
def a_number_is_taken_twice(repo: Any) -> None:
    repo.write("rfcs/0008-other.md", planted.rfc(8, state="draft", review_until=None, created="2028-06-01"))


@illegal("TG-9102")
def an_unknown_key(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, milestone="soon")


@illegal("TG-9103")
def a_missing_key(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, sponsor=None)


@illegal("TG-9101")
def no_front_matter(repo: Any) -> None:
    repo.write("rfcs/0020-proposal.md", "# A proposal\n")


@illegal("TG-9101")
def a_key_stands_twice(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None)
    repo.edit("rfcs/0020-proposal.md", 'state: "draft"', 'state: "draft"\nstate: "accepted"')


@illegal("TG-9105")
def a_day_that_does_not_exist(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, created="2028-02-31")


@illegal("TG-9106")
def a_placeholder_is_left(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, body=planted.BODY | {"Problem": "<who meets what today, ...> and more"})


@illegal("TG-9114")
def a_section_is_empty(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, body=planted.BODY | {"Alternatives": ""})


@illegal("TG-9114")
def a_section_is_missing(repo: Any) -> None:
    body = {key: text for key, text in planted.BODY.items() if key != "Migration"}
    repo.rfc(20, state="draft", review_until=None, body=body)


@illegal("TG-9107")
def the_sponsor_is_an_author(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, authors=["@tensegra/core-maintainers"])


@illegal("TG-9107")
def the_sponsor_is_a_stranger(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, sponsor="@tensegra/strangers")


@illegal("TG-9108")
def the_group_does_not_exist(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, sig="quantum")


@illegal("TG-9112")
def a_proposal_supersedes_one_way(repo: Any) -> None:
    repo.small("py:tensegra.math.nothing", supersedes=[2])


@illegal("TG-9115")
def a_surface_that_covers_everything(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, surface=["py:tensegra.*"])


@illegal("TG-9115")
def a_surface_that_is_not_one(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, surface=["tensegra.math.erf"])


@illegal("TG-9116")
def a_small_proposal_is_not_small(repo: Any) -> None:
    repo.small(*(f"py:tensegra.nn.f{n}" for n in range(6)))


@illegal("TG-9117")
def a_review_is_cut_short(repo: Any) -> None:
    repo.rfc(8, state="accepted", surface=["py:tensegra.math.waiting"], review_until="2028-07-01")


@illegal("TG-9119")
def a_record_after_the_release(repo: Any) -> None:
    repo.rfc(20, kind="record", created="2028-06-01", review_until=None, decision={"date": "2028-06-01", "by": "@tensegra/core-maintainers", "link": "x"})


@illegal("TG-9120")
def a_fragment_cites_a_rejected_proposal(repo: Any) -> None:
    repo.fragment(9)


@illegal("TG-9121")
def the_index_is_stale(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None)
    repo.refresh_later = True


# --- groups


@illegal("TG-9202")
def a_path_of_nobody(repo: Any) -> None:
    repo.edit("sigs/core.toml", '"**"', '"packages/**", "rfcs/**", "sigs/**", "releases/**", "*.py", "*.toml"')


@illegal("TG-9201")
def a_group_with_an_unknown_key(repo: Any) -> None:
    repo.edit("sigs/core.toml", "status", 'motto = "x"\nstatus')


@illegal("TG-9203")
def a_group_without_a_charter(repo: Any) -> None:
    repo.remove("sigs/core.md")


@illegal("TG-9204")
def a_review_that_is_years_away(repo: Any) -> None:
    repo.edit("sigs/core.toml", "2028-12-01", "2031-12-01")


@illegal("TG-9205")
def a_package_of_no_group(repo: Any) -> None:
    repo.edit("sigs/core.toml", '["core", "data"]', '["core"]')


@illegal("TG-9206")
def codeowners_by_hand(repo: Any) -> None:
    repo.write("CODEOWNERS", "* @tensegra/others\n")
    repo.refresh_later = True


# --- what is legal


@legal
def nothing(repo: Any) -> None:
    pass


@legal
def a_private_change(repo: Any) -> None:
    repo.write("packages/core/src/tensegra/_new.py", "x = 1\n")


@legal
def a_function_under_an_accepted_proposal(repo: Any) -> None:
    new_name(repo, ERFINV)
    repo.op("erfinv", signature="erfinv(x: T) -> T")
    repo.fragment(2)


@legal
def a_function_with_its_small_proposal(repo: Any) -> None:
    new_name(repo, "def tensegra.nn.gate(x: TensorLike) -> Tensor\n")
    repo.small("py:tensegra.nn.gate")
    repo.fragment(20)


@legal
def a_class_brings_its_members(repo: Any) -> None:
    new_name(repo, "class tensegra.Handle()\ndef tensegra.Handle.close(self) -> None\n")
    repo.fragment(11)


@legal
def a_keyword_is_added_at_the_end(repo: Any) -> None:
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = False, dtype: DType | None = None")
    repo.fragment(2, "changed")


@legal
def an_annotation_changes_with_a_small_proposal(repo: Any) -> None:
    repo.golden("python.api", "add(x: TensorLike,", "add(x: TensorLike | None,")
    repo.small("py:tensegra.math.add")
    repo.fragment(20, "changed")


@legal
def a_removal_that_was_announced(repo: Any) -> None:
    repo.golden("python.api", OLD, "")
    repo.edit("packages/core/api/deprecations.toml", planted._DEPRECATIONS.split("\n\n")[0], "")
    repo.fragment(3, "removed")


@legal
def a_new_notice(repo: Any) -> None:
    path = "packages/core/api/deprecations.toml"
    repo.write(path, repo.read(path) + '\n["py:tensegra.math.add"]\nsince = "2.4"\ninstead = "+"\nrfc = 3\n')


@legal
def an_experimental_name(repo: Any) -> None:
    new_name(repo, "def tensegra.math.experimental.more(x: TensorLike) -> Tensor\n")
    path = "packages/core/api/experimental.toml"
    repo.write(path, repo.read(path) + '\n["py:tensegra.math.experimental.more"]\nexpires = "2.6"\n')


@legal
def an_experimental_name_goes(repo: Any) -> None:
    repo.golden("python.api", "def tensegra.math.experimental.magic(x: TensorLike) -> Tensor\n", "")


@legal
def an_op_with_a_new_version(repo: Any) -> None:
    repo.op("mean", signature="mean(x: T, axis: int = 0) -> T", version=2)
    repo.fragment(2, "changed")


@legal
def an_op_gains_a_type(repo: Any) -> None:
    repo.op("mean", types="T: float32 float64")
    repo.fragment(2, "changed")


@legal
def a_field_is_appended_with_a_minor(repo: Any) -> None:
    repo.golden("c_layout.txt", RANK, RANK + "field tg_desc.more offset=24 size=8 type=int64_t\n")
    repo.golden("c_layout.txt", "size=24", "size=32")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(4)


@legal
def a_function_of_the_c_interface_with_a_minor(repo: Any) -> None:
    repo.golden("c_layout.txt", "function tg_get_api", "function tg_more = void (void)\nfunction tg_get_api")
    repo.golden("c_symbols.txt", "tg_get_api\n", "tg_get_api\ntg_more\n")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(4)


@legal
def a_new_major_of_the_c_interface(repo: Any) -> None:
    repo.golden("c_layout.txt", "type=int64_t", "type=uint64_t")
    repo.golden("c_layout.txt", "version 2.3", "version 3.0")
    repo.fragment(5, "changed")


@legal
def a_message_field_is_added(repo: Any) -> None:
    repo.golden("proto_fields.txt", "SavedModel reserved 3", "SavedModel reserved 3\nSavedModel.note = 5 string")
    repo.fragment(6)


@legal
def a_message_field_is_retired(repo: Any) -> None:
    repo.golden("proto_fields.txt", "SavedModel.producer = 2 string", "SavedModel reserved 2")
    repo.fragment(7, "removed")


@legal
def an_option_is_added(repo: Any) -> None:
    repo.golden("cli/tensegra.txt", "option tensegra.show.--json", "option tensegra.show.--yaml\noption tensegra.show.--json")
    repo.fragment(11)


@legal
def an_announced_option_goes(repo: Any) -> None:
    repo.golden("cli/tensegra.txt", "option tensegra.show.--depth N = 3 # how deep\n", "")
    repo.fragment(3, "removed")


@legal
def a_help_text_is_improved(repo: Any) -> None:
    repo.golden("cli/tensegra.txt", "# print JSON", "# print the same as JSON")


@legal
def a_package_that_was_never_released_is_free(repo: Any) -> None:
    repo.write("packages/data/api/python.api", "module tensegra.data\ndef tensegra.data.f(x: int) -> int\n")


@legal
def a_draft(repo: Any) -> None:
    repo.rfc(20, state="draft", review_until=None, created="2028-06-01")


@legal
def a_draft_goes_to_review(repo: Any) -> None:
    repo.rfc(10, state="review", kind="small", surface=["py:tensegra.math.sketched"])


@legal
def a_review_ends(repo: Any) -> None:
    decision = {"date": "2028-07-02", "by": "@tensegra/core-maintainers", "link": "rfcs/README.md"}
    surface = ["py:tensegra.math.waiting"]
    repo.rfc(8, state="accepted", review_until="2028-07-01", decision=decision, surface=surface)


@legal
def a_draft_is_withdrawn(repo: Any) -> None:
    repo.rfc(10, state="withdrawn", decision=None, kind="small", surface=["py:tensegra.math.sketched"])


@legal
def a_proposal_supersedes_another(repo: Any) -> None:
    repo.small("py:tensegra.math.nothing", supersedes=[2])
    repo.edit("rfcs/0002-proposal.md", "breaking:", "superseded_by: 20\nbreaking:")


@legal
def a_release(repo: Any) -> None:
    repo.write("packages/core/CHANGELOG.md", "# Changelog\n\n## 2.4.0\n")
    repo.write("releases/core-2.4.0.toml", 'package = "core"\nversion = "2.4.0"\ndate = 2028-06-01\nrfcs = [2]\n')


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return planted.Repository(tmp_path_factory.mktemp("planted"))


@pytest.fixture
def repo(repository: Any) -> Iterator[Any]:
    first = repository.base
    repository.refresh_later = False
    yield repository
    repository.base = first
    repository.reset()


def _plant(repo: Any, plant: Plant) -> list[Finding]:
    plant(repo)
    if not repo.refresh_later:
        repo.refresh()
    repo.commit("the change")
    git = Git(repo.root)
    found = validate(Revision(git, "HEAD"), Revision(git, repo.base))
    return [finding for finding in found if finding.fatal]


@pytest.mark.parametrize("name", ILLEGAL)
def test_an_illegal_change_is_refused_for_the_right_reason(repo: Any, name: str) -> None:
    code, plant = ILLEGAL[name]
    found = _plant(repo, plant)
    assert code in {finding.code for finding in found}, [str(finding) for finding in found]
    assert all(finding.text.endswith(f"({finding.code})") for finding in found)


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_change_passes(repo: Any, name: str) -> None:
    assert [str(finding) for finding in _plant(repo, LEGAL[name])] == []


def test_there_are_enough_of_both(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nplanted changes: {len(ILLEGAL)} illegal ones, {len(LEGAL)} legal ones")
    assert len(ILLEGAL) >= 25
    assert len(LEGAL) >= 15
