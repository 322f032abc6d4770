"""Sources are read by their own header and written back byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensegra.compat.upgrade._reading import UnreadableSource, decode_source, read_source


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\n",
        b"x = 1\r\ny = 2\r\n",
        "# -*- coding: utf-8 -*-\nname = 'Grüße 数'\n".encode(),
        "# -*- coding: latin-1 -*-\nname = 'Grüße'\n".encode("latin-1"),
        "# coding: gbk\nname = '数据'\n".encode("gbk"),
        b"\xef\xbb\xbfx = '\xc3\xbc'\n",
        b"",
    ],
)
def test_round_trip(data: bytes) -> None:
    source = decode_source(data)
    assert source.encode(source.text) == data
    assert not source.text.startswith("\ufeff")


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"\x7fELF\x00\x01", "TG-7011", "binary"),
        (b"x = '\xff'\n", "TG-7012", "encoding"),
        (b"# coding: utf-9\n", "TG-7012", "utf-9"),
        (b"# coding: ascii\nx = '\xe9'\n", "TG-7012", "ascii"),
    ],
)
def test_what_cannot_be_decoded_says_why(data: bytes, code: str, words: str) -> None:
    with pytest.raises(UnreadableSource, match=words) as caught:
        decode_source(data)
    assert caught.value.code == code


def test_a_folder_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="refuses to read") as caught:
        read_source(tmp_path)
    assert caught.value.code == "TG-7002"
