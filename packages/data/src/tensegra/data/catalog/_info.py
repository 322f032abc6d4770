"""What the catalogue knows about its data sets."""

from __future__ import annotations

from dataclasses import dataclass

from tensegra import errors

from ._entries import ENTRIES, Entry


@dataclass(frozen=True)
class DatasetInfo:
    """Facts about a data set; ``print`` shows them one a line.

    Example:
        >>> from tensegra.data import catalog
        >>> catalog.info("mnist5k").licence
        'BSD-3-Clause'
    """

    name: str
    title: str
    source: str
    """Where its file is published."""
    sha256: str
    """Of the file that is fetched."""
    content_sha256: str
    """Of the arrays read out of it."""
    records: int
    licence: str
    """An SPDX expression; the licence's text is kept beside the cached data."""
    citation: str

    def __str__(self) -> str:
        return "\n".join(f"{name:14} {value}" for name, value in vars(self).items())


def names() -> list[str]:
    """The names of all data sets.

    Example:
        >>> from tensegra.data import catalog
        >>> catalog.names()
        ['mnist5k']
    """
    return sorted(ENTRIES)


def info(name: str) -> DatasetInfo:
    """Source, licence, citation, size and hashes of the data set `name`.

    Raises:
        tg.errors.NotFoundError: The catalogue has no such data set.

    Example:
        >>> from tensegra.data import catalog
        >>> catalog.info("mnist5k").records
        5000
    """
    entry = find(name)
    return DatasetInfo(
        name=entry.name,
        title=entry.title,
        source=str(entry.source),
        sha256=entry.source.sha256,
        content_sha256=entry.content_sha256,
        records=entry.records,
        licence=entry.licence,
        citation=entry.citation,
    )


def find(name: str) -> Entry:
    """The entry of the data set `name`."""
    if name not in ENTRIES:
        raise errors.NotFoundError(
            f"[data.catalog.info] the name must be one of the catalogue. Received: name={name!r}. Choose"
            f" one of {', '.join(names())}.",
            code="TG-2040",
        )
    return ENTRIES[name]
