"""Changes that pass."""

from __future__ import annotations

from ._planted import DEPRECATIONS, Repository
from ._plants import ERFINV, OLD, RANK, legal, new_name


@legal
def nothing(repo: Repository) -> None:
    pass


@legal
def a_private_change(repo: Repository) -> None:
    repo.write("packages/core/src/tensegra/_new.py", "x = 1\n")


@legal
def a_function_under_an_accepted_proposal(repo: Repository) -> None:
    new_name(repo, ERFINV)
    repo.op("erfinv", signature="erfinv(x: T) -> T")
    repo.fragment(2)


@legal
def a_function_with_its_small_proposal(repo: Repository) -> None:
    new_name(repo, "def tensegra.nn.gate(x: TensorLike) -> Tensor\n")
    repo.small("py:tensegra.nn.gate")
    repo.fragment(20)


@legal
def a_class_brings_its_members(repo: Repository) -> None:
    new_name(repo, "class tensegra.Handle()\ndef tensegra.Handle.close(self) -> None\n")
    repo.fragment(11)


@legal
def a_keyword_is_added_at_the_end(repo: Repository) -> None:
    repo.golden("python.api", "keepdims: bool = False", "keepdims: bool = False, dtype: DType | None = None")
    repo.fragment(2, "changed")


@legal
def an_annotation_changes_with_a_small_proposal(repo: Repository) -> None:
    repo.golden("python.api", "add(x: TensorLike,", "add(x: TensorLike | None,")
    repo.small("py:tensegra.math.add")
    repo.fragment(20, "changed")


@legal
def a_removal_that_was_announced(repo: Repository) -> None:
    repo.golden("python.api", OLD, "")
    repo.fragment(3, "removed")


@legal
def a_notice_goes_after_the_release_that_removed(repo: Repository) -> None:
    for where in ("", "released/"):
        repo.edit(f"packages/core/api/{where}python.api", OLD, "")
    repo.base = repo.commit("released")
    repo.edit("packages/core/api/deprecations.toml", DEPRECATIONS.split("\n\n")[0], "")


@legal
def a_new_notice(repo: Repository) -> None:
    path = "packages/core/api/deprecations.toml"
    repo.write(path, repo.read(path) + '\n["py:tensegra.math.add"]\nsince = "2.4"\ninstead = "+"\nrfc = 3\n')


@legal
def an_experimental_name(repo: Repository) -> None:
    new_name(repo, "def tensegra.math.experimental.more(x: TensorLike) -> Tensor\n")
    path = "packages/core/api/experimental.toml"
    repo.write(path, repo.read(path) + '\n["py:tensegra.math.experimental.more"]\nexpires = "2.6"\n')


@legal
def an_experimental_name_goes(repo: Repository) -> None:
    repo.golden("python.api", "def tensegra.math.experimental.magic(x: TensorLike) -> Tensor\n", "")


@legal
def an_op_with_a_new_version(repo: Repository) -> None:
    repo.op("mean", signature="mean(x: T, axis: int = 0) -> T", version=2)
    repo.fragment(2, "changed")


@legal
def an_op_gains_a_type(repo: Repository) -> None:
    repo.op("mean", types="T: float32 float64")
    repo.fragment(2, "changed")


@legal
def a_field_is_appended_with_a_minor(repo: Repository) -> None:
    repo.golden("c_layout.txt", RANK, RANK + "field tg_desc.more offset=24 size=8 type=int64_t\n")
    repo.golden("c_layout.txt", "size=24", "size=32")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(4)


@legal
def a_function_of_the_c_interface_with_a_minor(repo: Repository) -> None:
    repo.golden("c_layout.txt", "function tg_get_api", "function tg_more = void (void)\nfunction tg_get_api")
    repo.golden("c_symbols.txt", "tg_get_api\n", "tg_get_api\ntg_more\n")
    repo.golden("c_layout.txt", "version 2.3", "version 2.4")
    repo.fragment(4)


@legal
def a_new_major_of_the_c_interface(repo: Repository) -> None:
    repo.golden("c_layout.txt", "type=int64_t", "type=uint64_t")
    repo.golden("c_layout.txt", "version 2.3", "version 3.0")
    repo.fragment(5, "changed")


@legal
def a_message_field_is_added(repo: Repository) -> None:
    repo.golden(
        "proto_fields.txt", "SavedModel reserved 3", "SavedModel reserved 3\nSavedModel.note = 5 string"
    )
    repo.fragment(6)


@legal
def a_message_field_is_retired(repo: Repository) -> None:
    repo.golden("proto_fields.txt", "SavedModel.producer = 2 string", "SavedModel reserved 2")
    repo.fragment(7, "removed")


@legal
def an_option_is_added(repo: Repository) -> None:
    repo.golden(
        "cli/tensegra.txt",
        "option tensegra.show.--json",
        "option tensegra.show.--yaml\noption tensegra.show.--json",
    )
    repo.fragment(11)


@legal
def a_first_golden_of_a_new_kind(repo: Repository) -> None:
    repo.write("packages/core/api/cli/tensegra.yaml.txt", "option tensegra.show.--yaml\n")
    repo.fragment(11)


@legal
def an_announced_option_goes(repo: Repository) -> None:
    repo.golden("cli/tensegra.txt", "option tensegra.show.--depth N = 3 # how deep\n", "")
    repo.fragment(3, "removed")


@legal
def a_help_text_is_improved(repo: Repository) -> None:
    repo.golden("cli/tensegra.txt", "# print JSON", "# print the same as JSON")


@legal
def a_package_that_was_never_released_is_free(repo: Repository) -> None:
    repo.write("packages/data/api/python.api", "module tensegra.data\ndef tensegra.data.f(x: int) -> int\n")


@legal
def a_draft(repo: Repository) -> None:
    repo.rfc(20, state="draft", review_until=None, created="2028-06-01")


@legal
def a_draft_goes_to_review(repo: Repository) -> None:
    repo.rfc(10, state="review", kind="small", surface=["py:tensegra.math.sketched"])


@legal
def a_review_ends(repo: Repository) -> None:
    decision = {"date": "2028-07-02", "by": "@tensegra/core-maintainers", "link": "rfcs/README.md"}
    surface = ["py:tensegra.math.waiting"]
    repo.rfc(8, state="accepted", review_until="2028-07-01", decision=decision, surface=surface)


@legal
def a_draft_is_withdrawn(repo: Repository) -> None:
    repo.rfc(10, state="withdrawn", decision=None, kind="small", surface=["py:tensegra.math.sketched"])


@legal
def a_proposal_supersedes_another(repo: Repository) -> None:
    repo.small("py:tensegra.math.nothing", supersedes=[2])
    repo.edit("rfcs/0002-proposal.md", "breaking:", "superseded_by: 20\nbreaking:")


@legal
def a_release(repo: Repository) -> None:
    repo.write("packages/core/CHANGELOG.md", "# Changelog\n\n## 2.4.0\n")
    repo.write(
        "releases/core-2.4.0.toml", 'package = "core"\nversion = "2.4.0"\ndate = 2028-06-01\nrfcs = [2]\n'
    )
