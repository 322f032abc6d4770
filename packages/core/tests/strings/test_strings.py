"""`tg.strings` beyond the generic tests of its ops; figures are those of TensorFlow 2.21 on a CPU where they say so."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import tensegra as tg

s = tg.strings
TEXTS = ["", "a", "abcd", "hello world", "x" * 17, "y" * 40, "z" * 64, "w" * 65, "q" * 200, "12345678"]


def test_hashes_are_those_of_tensorflow() -> None:
    # Recorded from TensorFlow 2.21.0.
    fast = [
        1936946117179621455, 3694432073954588131, 1897425971756105985, 1769834696496558107, 2082709914559524773,
        276292113409495006, 294799756062990872, 3272011567211491968, 3537263014797593713, 3430003927990384362,
    ]  # fmt: skip
    older = [
        105434511174508091, 2996632905371535868, 404301170780174469, 936430787915428847, 4161156153655800118,
        2760375234777655417, 160759053204327832, 752361075503145470, 1673794137578948632, 421129128932463287,
    ]  # fmt: skip
    strong = [
        887865449656487406, 2150915142212405420, 2859666304309786263, 3157629594444378878, 1067430206084356362,
        411560665529853827, 1673075272679981509, 3248169505280179752, 2373172895916081553, 4004217248140371583,
    ]  # fmt: skip
    assert s.to_hash_bucket_fast(TEXTS, 2**62).numpy().tolist() == fast
    assert s.to_hash_bucket(TEXTS, 2**62).numpy().tolist() == older
    assert s.to_hash_bucket_strong(TEXTS, 2**62, [123, 456]).numpy().tolist() == strong


def text(result: Any) -> Any:
    values = result.numpy()
    return values.decode() if isinstance(values, bytes) else [v.decode() for v in values.ravel()]


PATTERNS = [
    "a", "ab|a", "(a|b)*c", "a+?", "a*?b", "[^a-c]+", "[]x]", "[a\\-z]", "\\d+", "\\w+\\s\\w+", "^ab$", "a{2,3}",
    "a{2}", "a{,2}", "(?i)AbC", "(?:ab)+", "\\bfoo\\b", "x?y*z+", "[[:alpha:]]+[[:digit:]]*", ".", "a.c", "(?s)a.c",
    "(?m)^b", "(a)(b)?", "é+", "[à-ü]", "\\x41\\x{42}", "\\Qa.b\\E", "a||b", "(|a)+", "((a*)*)*", "(?P<n>a)b",
]  # fmt: skip
SUBJECTS = [
    "", "a", "ab", "abc", "aab", "aaa", "abab", "c", "abcabc", "xyz", "12 34", "foo bar", "barfoo", "a\nb\nc", "éé",
    "AB", "ABC", "a.b", "zz9", "b", "aé", "]x", "a-z",
]  # fmt: skip


def in_python(pattern: str) -> str:
    """The pattern in the syntax of Python's module, which means the same here."""
    pattern = pattern.replace("[[:alpha:]]", "[a-zA-Z]").replace("[[:digit:]]", "[0-9]")
    pattern = pattern.replace("\\x{42}", "B").replace("\\Qa.b\\E", "a\\.b").replace("[]x]", "[\\]x]")
    return pattern.replace("a{,2}", "a\\{,2\\}").replace("$", "\\Z")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_regular_expressions_against_pythons(pattern: str) -> None:
    reference = re.compile(in_python(pattern), re.ASCII if "\\" in pattern else 0)
    matched = s.regex_full_match(SUBJECTS, pattern).numpy().tolist()
    assert matched == [reference.fullmatch(subject) is not None for subject in SUBJECTS]
    first = text(s.regex_replace(SUBJECTS, pattern, "<\\0>", replace_global=False))
    assert first == [reference.sub(r"<\g<0>>", subject, count=1) for subject in SUBJECTS]


def test_all_matches_are_replaced() -> None:
    assert text(s.regex_replace("aaa bab", "a", "<\\0>")) == "<a><a><a> b<a>b"
    # As RE2: no empty match right behind a match.
    assert text(s.regex_replace("abxd", "x*", "-")) == "-a-b-d-"
    assert text(s.regex_replace("héé", "", "-")) == "-h-é-é-"
    assert text(s.regex_replace("k=v; x=y", "(\\w+)=(\\w+)", "\\2=\\1")) == "v=k; y=x"
    assert text(s.regex_replace("ab", "(a)|(b)", "[\\1\\2]")) == "[a][b]"


def test_matching_takes_linear_time() -> None:
    """Patterns that backtracking takes exponential time for."""
    long = "a" * 5000
    assert not s.regex_full_match(long, "(a*)*b").numpy()
    assert not s.regex_full_match(long, "(a|aa)+b").numpy()
    assert text(s.regex_replace(long, "(a?){30}", "")) == ""


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a", "missing '\\)'"), ("a)", "unexpected"), ("[a", "missing '\\]'"), ("*a", "no argument"),
        ("a**", "bad repetition operator"), ("a{1001}", "bad repetition"), ("a{3,2}", "bad repetition"),
        ("(a)\\1", "backreferences"), ("(?=a)", "look-around"), ("(?<!a)", "look-around"), ("\\pL", "by name"),
        ("\\C", "single bytes"), ("[z-a]", "range"), ("[[:nope:]]", "character class"), ("\\", "trailing"),
        ("\\y", "escape"), ("(?P<n>a)(?P<n>b)", "name 'n'"), ("((a{1000}){1000})", "too large"), ("(?z)", "flag"),
    ],
)  # fmt: skip
def test_bad_patterns(pattern: str, why: str) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=f"{why}.*TG-0632"):
        s.regex_full_match(["a"], pattern)


def test_bad_rewrites() -> None:
    for rewrite in ("\\1", "\\x", "a\\"):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0632"):
            s.regex_replace("a", "a", rewrite)


def test_bytes_that_are_no_utf8() -> None:
    assert not s.regex_full_match([b"\xff"], ".").numpy()[0]
    assert s.regex_replace([b"a\xffb"], "b", "c").numpy()[0] == b"a\xffc"


def test_parts_of_strings() -> None:
    assert text(s.substr(["hello"], -3, 2)) == ["ll"]
    assert text(s.substr("größe", 2, 2, unit="UTF8_CHAR")) == "öß"
    for pos in (6, -6):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0631"):
            s.substr("hello", pos, 1)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0109"):
        s.substr("hello", 0, -1)


def test_numbers() -> None:
    assert s.to_number(["1e400", "-1e400", "+2", "nan"], tg.float64).numpy()[:3].tolist() == [
        np.inf,
        -np.inf,
        2,
    ]
    for wrong in ("", "1x", "0x10", "++1", "1 2"):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0633"):
            s.to_number(wrong)
    for wrong in ("1.5", "3000000000"):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0633"):
            s.to_number(wrong, tg.int32)
    assert text(s.as_string([True, False])) == ["true", "false"]
    assert text(s.as_string(3 + 4j, precision=1)) == "(3.0,4.0)"
    assert text(s.as_string([-3, 3], width=6, fill="-")) == ["-3    ", "3     "]
    assert text(s.as_string(tg.cast(2.5, tg.float16))) == "2.500000"
    for wrong in (
        lambda: s.as_string(1.0, scientific=True, shortest=True),
        lambda: s.as_string(1, precision=2),
        lambda: s.as_string(1, fill="x"),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
            wrong()


def test_cases_of_all_code_points() -> None:
    points = [p for p in range(0x110000) if not 0xD800 <= p < 0xE000]
    import unicodedata

    # Letters that are newer than this Python stay out.
    points = [p for p in points if unicodedata.category(chr(p)) != "Cn"]
    chars = np.array(["".join(map(chr, points[i : i + 1000])) for i in range(0, len(points), 1000)], object)
    lower = text(s.lower(chars, encoding="utf-8"))
    assert lower == ["".join(c.lower() for c in row) for row in chars]
    upper = text(s.upper(chars, encoding="utf-8"))
    assert upper == [row.upper() for row in chars]


def test_splitting() -> None:
    ragged = s.split(tg.ragged.constant([["a b"], [], ["c", ""]]))
    assert ragged.to_list() == [[[b"a", b"b"]], [], [[b"c"], []]]
    assert s.split([["a,b"], ["c"]], ",").to_list() == [[[b"a", b"b"]], [[b"c"]]]
    assert s.split(" x  y z ", maxsplit=1).numpy().tolist() == [b"x", b"y z"]
    traced = tg.function(lambda x: s.split(x, ","), input_signature=[tg.TensorSpec([None], tg.string)])
    assert traced(tg.constant(["1,2", ""])).to_list() == [[b"1", b"2"], [b""]]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0102"):
        s.split([1, 2])
    assert s.ngrams(tg.ragged.constant([["a", "b", "c"], ["d"]]), 2, pad_values=("<", ">")).to_list() == [
        [b"< a", b"a b", b"b c", b"c >"],
        [b"< d", b"d >"],
    ]
    assert s.ngrams(["a"], 3, preserve_short_sequences=True).numpy().tolist() == [b"a"]
    assert s.ngrams([["a", "b"], ["c", "d"]], 2).numpy().tolist() == [[b"a b"], [b"c d"]]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        s.ngrams(["a"], 2, pad_values=("a", "b", "c"))


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16-BE", "UTF-16-LE", "UTF-32-BE", "UTF-32-LE"])
def test_encodings(encoding: str) -> None:
    words = ["", "aß", "€😀z"]
    encoded = s.unicode_encode(tg.ragged.constant([list(map(ord, w)) for w in words], tg.int32), encoding)
    assert encoded.numpy().tolist() == [w.encode(encoding) for w in words]
    assert s.unicode_decode(encoded, encoding).to_list() == [list(map(ord, w)) for w in words]
    pieces, offsets = s.unicode_split_with_offsets(encoded, encoding)
    assert pieces.to_list() == [[c.encode(encoding) for c in w] for w in words]
    assert offsets.to_list() == [[len(w[:i].encode(encoding)) for i in range(len(w))] for w in words]
    assert text(s.unicode_transcode(encoded, encoding, "UTF-8")) == words


def test_bytes_that_are_no_code_points() -> None:
    broken = [b"a\xff\xe2\x82b", b"\xed\xa0\x80"]
    # One mark for each part that could have begun a code point (Unicode, 3.9), as Python's decoder has it.
    expected = [list(map(ord, b.decode("utf-8", "replace"))) for b in broken]
    assert s.unicode_decode(broken, "UTF-8").to_list() == expected
    assert s.unicode_decode(broken, "UTF-8", errors="ignore").to_list() == [[97, 98], []]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0635"):
        s.unicode_decode(broken, "UTF-8", errors="strict")
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0635"):
        s.unicode_encode([0xD800], "UTF-8", errors="strict")
    assert s.unicode_encode([0xD800, 97], "UTF-8", errors="ignore").numpy() == b"a"
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        s.unicode_decode(["a"], "KOI8-R")
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0103"):
        s.unicode_encode(97, "UTF-8")


def test_texts_of_tensors() -> None:
    # As TensorFlow 2.21 prints them.
    assert text(s.format("tensor: {}", tg.range(10))) == "tensor: [0 1 2 ... 7 8 9]"
    assert text(s.format("{}, {}", [tg.constant([[1.5, 2], [3, 4]]), "x"])) == '[[1.5 2]\n [3 4]], "x"'
    assert text(tg.function(lambda x: s.format("<{}>", x))(tg.constant([1, 2]))) == "<[1 2]>"
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0110"):
        s.format("{} {}", tg.constant(1))


def test_row_splits_are_checked() -> None:
    from tensegra import _native

    for op, inputs, attributes in (
        ("unicode_encode", (tg.constant([1, 2]), tg.constant([0, 3])), {"output_encoding": "UTF-8"}),
        ("unicode_encode", (tg.constant([1, 2]), tg.constant([0, 3, 2])), {"output_encoding": "UTF-8"}),
        ("string_ngrams", (tg.constant(["a"]), tg.constant([1, 1])), {"ngram_widths": [1]}),
        ("ragged_row_ids", (tg.constant([0, 3, 2]),), {}),
        ("ragged_row_splits", (tg.constant([1, 0]), tg.constant(2)), {}),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0634"):
            _native.execute(op, inputs, attributes)
    with pytest.raises(tg.errors.OutOfRangeError, match="TG-0107"):
        s.unsorted_segment_join(["a"], [1], 1)
