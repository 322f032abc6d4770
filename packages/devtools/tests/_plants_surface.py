"""Illegal changes of what is public."""

from __future__ import annotations

import json

from ._planted import DEPRECATIONS, OPS, Repository
from ._plants import ADD, ERFINV, OLD, RANK, YOUNG, illegal, new_name


@illegal("TG-9301")
def a_function_is_added_without_a_proposal(repo: Repository) -> None:
    new_name(repo, "def tensegra.math.extra(x: TensorLike) -> Tensor\n")
    repo.fragment(2)


@illegal("TG-9301")
def a_record_covers_nothing(repo: Repository) -> None:
    new_name(repo, "def tensegra.math2.extra(x: TensorLike) -> Tensor\n")
    repo.fragment(1)


@illegal("TG-9302")
def a_function_is_added_without_a_fragment(repo: Repository) -> None:
    new_name(repo, ERFINV)


@illegal("TG-9302")
def the_fragment_is_in_another_package(repo: Repository) -> None:
    new_name(repo, ERFINV)
    repo.fragment(2, package="data")


@illegal("TG-9312")
def the_proposal_is_still_in_review(repo: Repository) -> None:
    new_name(repo, "def tensegra.math.waiting(x: TensorLike) -> Tensor\n")
    repo.fragment(8)


@illegal("TG-9312")
def a_full_proposal_is_accepted_in_the_same_change(repo: Repository) -> None:
    new_name(repo, "def tensegra.nn.gate(x: TensorLike) -> Tensor\n")
    repo.rfc(20, surface=["py:tensegra.nn.gate"])
    repo.fragment(20)


@illegal("TG-9303")
def a_function_is_removed_without_notice(repo: Repository) -> None:
    repo.golden("python.api", ADD, "")
    repo.fragment(3, "removed")


@illegal("TG-9303")
def a_function_is_removed_too_early(repo: Repository) -> None:
    repo.golden("python.api", YOUNG, "")
    repo.fragment(3, "removed")


@illegal("TG-9303")
def the_notice_comes_with_the_removal(repo: Repository) -> None:
    repo.golden("python.api", ADD, "")
    repo.write(
        "packages/core/api/deprecations.toml",
        repo.read("packages/core/api/deprecations.toml")
        + '\n["py:tensegra.math.add"]\nsince = "2.1"\ninstead = "+"\nrfc = 3\n',
    )
    repo.fragment(3, "removed")


@illegal("TG-9318")
def a_removal_is_announced_as_an_addition(repo: Repository) -> None:
    repo.golden("python.api", OLD, "")
    repo.fragment(3, "added")


@illegal("TG-9303")
def a_default_changes(repo: Repository) -> None:
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = True")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def a_keyword_is_renamed(repo: Repository) -> None:
    repo.golden("python.api", "keepdims: bool", "keep_dims: bool")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def parameters_change_places(repo: Repository) -> None:
    repo.golden("python.api", "(x: TensorLike, y: TensorLike,", "(y: TensorLike, x: TensorLike,")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def a_parameter_becomes_required(repo: Repository) -> None:
    repo.golden("python.api", "axis: int | None = None", "axis: int | None")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def a_new_parameter_is_required(repo: Repository) -> None:
    repo.golden("python.api", "old_mean(x: TensorLike)", "old_mean2(x: TensorLike)")
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = False, dtype: DType")
    repo.fragment(3, "changed")


@illegal("TG-9303")
def a_property_can_no_longer_be_set(repo: Repository) -> None:
    repo.golden("python.api", " (writable)", "")
    repo.fragment(3, "changed")


@illegal("TG-9301")
def a_constant_changes(repo: Repository) -> None:
    repo.golden("python.api", "AUTOTUNE: int = -1", "AUTOTUNE: int = 0")
    repo.fragment(3, "changed")


@illegal("TG-9301")
def a_base_class_goes(repo: Repository) -> None:
    repo.golden("python.api", "tensegra.Variable(Module)", "tensegra.Variable()")
    repo.fragment(3, "changed")


@illegal("TG-9313")
def a_breaking_change_under_a_proposal_that_breaks_nothing(repo: Repository) -> None:
    repo.rfc(3, surface=["cli:tensegra.show.*"], breaking="deprecation")
    repo.refresh()
    repo.base = repo.commit("a narrower proposal")
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = True")
    repo.fragment(2, "changed")


@illegal("TG-9317")
def the_golden_is_deleted(repo: Repository) -> None:
    repo.remove("packages/core/api/python.api")


@illegal("TG-9317")
def the_released_goldens_are_deleted(repo: Repository) -> None:
    for name in (
        "python.api",
        "ops.json",
        "c_layout.txt",
        "c_symbols.txt",
        "proto_fields.txt",
        "cli/tensegra.txt",
    ):
        repo.remove(f"packages/core/api/released/{name}")


# --- experimental


@illegal("TG-9308")
def an_experimental_name_has_no_end(repo: Repository) -> None:
    new_name(repo, "def tensegra.math.experimental.more(x: TensorLike) -> Tensor\n")


@illegal("TG-9308")
def an_experimental_name_has_expired(repo: Repository) -> None:
    repo.edit("packages/core/pyproject.toml", "2.3.0", "2.9.0")


# --- ops


@illegal("TG-9307")
def the_signature_of_an_op_changes(repo: Repository) -> None:
    repo.op("mean", signature="mean(x: T, axis: int) -> T")
    repo.fragment(2, "changed")


@illegal("TG-9307")
def an_op_loses_a_type(repo: Repository) -> None:
    repo.op("mean", types="T: float64")
    repo.fragment(2, "changed")


@illegal("TG-9301")
def an_op_is_added_without_a_proposal(repo: Repository) -> None:
    repo.op("median", signature="median(x: T) -> T")


@illegal("TG-9303")
def an_op_is_removed(repo: Repository) -> None:
    path = "packages/core/api/ops.json"
    repo.write(path, json.dumps({"add": OPS["add"]}, indent=1))
    repo.fragment(3, "removed")


# --- C


@illegal("TG-9305")
def a_field_is_inserted(repo: Repository) -> None:
    repo.golden(
        "c_layout.txt",
        RANK,
        "field tg_desc.kind offset=16 size=8 type=int64_t\n" + RANK.replace("=16", "=24"),
    )
    repo.golden("c_layout.txt", "size=24", "size=32")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(5, "changed")


@illegal("TG-9305")
def an_enum_is_reordered(repo: Repository) -> None:
    repo.golden("c_layout.txt", "TG_FLOAT32 = 12", "TG_FLOAT32 = 13")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(5, "changed")


@illegal("TG-9305")
def the_type_of_a_field_changes(repo: Repository) -> None:
    repo.golden("c_layout.txt", "type=int64_t", "type=uint64_t")
    repo.fragment(5, "changed")


@illegal("TG-9305")
def a_field_is_removed(repo: Repository) -> None:
    repo.golden("c_layout.txt", RANK, "")
    repo.fragment(5, "removed")


@illegal("TG-9305")
def a_symbol_is_no_longer_exported(repo: Repository) -> None:
    repo.golden("c_symbols.txt", "tg_get_api\n", "")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(5, "removed")


@illegal("TG-9304")
def a_field_is_appended_without_a_minor(repo: Repository) -> None:
    repo.golden("c_layout.txt", RANK, RANK + "field tg_desc.more offset=24 size=8 type=int64_t\n")
    repo.golden("c_layout.txt", "size=24", "size=32")
    repo.fragment(4)


@illegal("TG-9313")
def a_new_major_under_a_proposal_that_does_not_say_so(repo: Repository) -> None:
    repo.remove("rfcs/0005-proposal.md")
    repo.rfc(5, surface=["c:tg_nothing"], breaking="abi-major")
    repo.refresh()
    repo.base = repo.commit("a narrower proposal")
    repo.golden("c_layout.txt", "type=int64_t", "type=uint64_t")
    repo.golden("c_layout.txt", "version 2.3", "version 3.0")
    repo.fragment(4, "changed")


# --- the saved model


@illegal("TG-9306")
def a_number_is_reused(repo: Repository) -> None:
    repo.golden("proto_fields.txt", "SavedModel.producer = 2 string", "SavedModel.maker = 2 string")
    repo.fragment(7, "removed")


@illegal("TG-9306")
def a_reserved_number_is_taken(repo: Repository) -> None:
    repo.golden("proto_fields.txt", "SavedModel reserved 3", "SavedModel.maker = 3 string")
    repo.fragment(6)


@illegal("TG-9306")
def a_field_goes_and_its_number_is_not_reserved(repo: Repository) -> None:
    repo.golden("proto_fields.txt", "SavedModel.producer = 2 string\n", "")
    repo.fragment(7, "removed")


@illegal("TG-9313")
def the_type_of_a_message_field_changes(repo: Repository) -> None:
    repo.rfc(7, surface=["format:Other.*"], breaking="format-major")
    repo.refresh()
    repo.base = repo.commit("a narrower proposal")
    repo.golden("proto_fields.txt", "2 string", "2 bytes")
    repo.fragment(6, "changed")


# --- commands


@illegal("TG-9303")
def an_option_is_removed(repo: Repository) -> None:
    repo.golden("cli/tensegra.txt", "option tensegra.show.--json # print JSON\n", "")
    repo.fragment(3, "removed")


@illegal("TG-9303")
def an_option_has_another_default(repo: Repository) -> None:
    repo.golden("cli/tensegra.txt", "N = 9", "N = 8")
    repo.fragment(3, "changed")


# --- deprecations, releases, changelogs


@illegal("TG-9314")
def a_notice_is_backdated(repo: Repository) -> None:
    repo.edit("packages/core/api/deprecations.toml", 'since = "2.3"', 'since = "2.1"')


@illegal("TG-9314")
def a_notice_goes_with_the_removal(repo: Repository) -> None:
    repo.golden("python.api", OLD, "")
    repo.edit("packages/core/api/deprecations.toml", DEPRECATIONS.split("\n\n")[0], "")
    repo.fragment(3, "removed")


@illegal("TG-9314")
def a_new_notice_names_a_released_minor(repo: Repository) -> None:
    path = "packages/core/api/deprecations.toml"
    repo.write(path, repo.read(path) + '\n["py:tensegra.math.add"]\nsince = "2.2"\ninstead = "+"\nrfc = 3\n')


@illegal("TG-9314")
def a_notice_without_a_proposal_that_deprecates(repo: Repository) -> None:
    path = "packages/core/api/deprecations.toml"
    repo.write(path, repo.read(path) + '\n["py:tensegra.math.add"]\nsince = "2.4"\ninstead = "+"\nrfc = 2\n')


@illegal("TG-9309")
def a_release_record_is_edited(repo: Repository) -> None:
    repo.edit("releases/core-2.1.0.toml", "2027-05-01", "2026-05-01")


@illegal("TG-9309")
def a_release_record_is_removed(repo: Repository) -> None:
    repo.remove("releases/core-2.0.0.toml")


@illegal("TG-9309")
def a_release_goes_backwards(repo: Repository) -> None:
    repo.write(
        "releases/core-2.2.5.toml", 'package = "core"\nversion = "2.2.5"\ndate = 2028-06-01\nrfcs = []\n'
    )


@illegal("TG-9310")
def the_released_goldens_are_edited(repo: Repository) -> None:
    repo.edit("packages/core/api/released/python.api", ADD, "")


@illegal("TG-9311")
def a_changelog_is_edited_by_hand(repo: Repository) -> None:
    repo.write("packages/core/CHANGELOG.md", "# Changelog\n\nBy hand.\n")
