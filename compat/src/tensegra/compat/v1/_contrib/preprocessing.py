"""`tf.contrib.learn.preprocessing`: words to numbers, before a graph sees them."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._errors import invalid
from .._symbols import export, put

# Abbreviations, words within CamelCase, and runs of letters, digits, "_", "'" and "-".
_WORDS = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|['\w\-]+")
put("contrib.learn.preprocessing.TOKENIZER_RE", _WORDS)


@export("contrib.learn.preprocessing.tokenizer")
def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """The words of each document."""
    for document in iterator:
        yield _WORDS.findall(document)


@export("contrib.learn.preprocessing.CategoricalVocabulary")
class CategoricalVocabulary:
    """Numbers of categories in the order in which they come; 0 is for those that are not known.

    Args:
        unknown_token: The name of number 0.
        support_reverse: Whether numbers can be turned into categories again.
    """

    def __init__(self, unknown_token: str = "<UNK>", support_reverse: bool = True) -> None:
        self._unknown_token = unknown_token
        self._support_reverse = support_reverse
        self._mapping: dict[Any, int] = {unknown_token: 0}
        self._freq: dict[Any, int] = {}
        self._freeze = False

    def __len__(self) -> int:
        return len(self._mapping)

    def freeze(self, freeze: bool = True) -> None:
        """Stops taking new categories, or goes on."""
        self._freeze = freeze

    def get(self, category: Any) -> int:
        """The number of a category, which is taken in where it is new."""
        known = self._mapping.get(category)
        if known is not None:
            return known
        if self._freeze:
            return 0
        number = self._mapping[category] = len(self._mapping)
        return number

    def add(self, category: Any, count: int = 1) -> None:
        """Counts a category."""
        if self.get(category) > 0:
            self._freq[category] = self._freq.get(category, 0) + count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keeps what came more often than `min_frequency` and, where that is positive, less often than `max_frequency`.

        They are numbered anew, the most frequent first.
        """
        ordered = sorted(self._freq.items(), key=lambda pair: (isinstance(pair[0], str), pair[0]))
        kept = [
            (category, count)
            for category, count in sorted(ordered, key=lambda pair: pair[1], reverse=True)
            if count > min_frequency and not 0 < max_frequency <= count
        ]
        self._mapping = {self._unknown_token: 0, **{pair[0]: i for i, pair in enumerate(kept, 1)}}
        self._freq = dict(kept)

    def reverse(self, class_id: int) -> Any:
        """The category of a number.

        Raises:
            tg.errors.InvalidArgumentError: It has no such number, or was made without `support_reverse` (TG-7386).
        """
        if not self._support_reverse or not 0 <= class_id < len(self._mapping):
            received = f"class_id={class_id} of {len(self)}, support_reverse={self._support_reverse}"
            raise _wrong("CategoricalVocabulary", "the number is one of the vocabulary", received)
        return list(self._mapping)[class_id]


@export("contrib.learn.preprocessing.VocabularyProcessor")
class VocabularyProcessor:
    """Documents as rows of numbers of their words, cut off or filled up with zeros.

    Args:
        max_document_length: How many words count.
        min_frequency: Words that come no more often than that are not known.
        vocabulary: A `CategoricalVocabulary`; by default an empty one.
        tokenizer_fn: From documents to lists of words; `tokenizer` by default.
    """

    def __init__(
        self,
        max_document_length: int,
        min_frequency: int = 0,
        vocabulary: CategoricalVocabulary | None = None,
        tokenizer_fn: Callable[[Iterable[str]], Iterable[list[str]]] | None = None,
    ) -> None:
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = CategoricalVocabulary() if vocabulary is None else vocabulary
        self._tokenizer = tokenizer if tokenizer_fn is None else tokenizer_fn

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:
        """Learns the words of the documents, and takes no more from then on."""
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(
        self, raw_documents: Iterable[str], unused_y: Any = None
    ) -> Iterator[NDArray[np.int64]]:
        """Learns the words and gives the rows."""
        documents = list(raw_documents)
        self.fit(documents)
        return self.transform(documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[NDArray[np.int64]]:
        """A row of `max_document_length` numbers for each document."""
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for i, word in enumerate(words[: self.max_document_length]):
                row[i] = self.vocabulary_.get(word)
            yield row

    def reverse(self, documents: Iterable[Iterable[int]]) -> Iterator[str]:
        """The words of each row, with blanks between."""
        for row in documents:
            yield " ".join(self.vocabulary_.reverse(int(number)) for number in row)

    def save(self, filename: str | Path) -> None:
        """Writes it to a file."""
        Path(filename).write_bytes(pickle.dumps(self))

    @classmethod
    def restore(cls, filename: str | Path) -> VocabularyProcessor:
        """Reads what `save` wrote. It is a pickle: read only files that you trust.

        Raises:
            tg.errors.InvalidArgumentError: It holds something else (TG-7386).
        """
        with Path(filename).open("rb") as file:
            found = _Unpickler(file).load()
        if not isinstance(found, cls):
            raise _wrong("VocabularyProcessor", "the file holds a VocabularyProcessor", type(found).__name__)
        return found


class _Unpickler(pickle.Unpickler):
    """Finds the classes here where TensorFlow wrote the file."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("tensorflow.contrib.learn") and name in globals():
            return globals()[name]
        return super().find_class(module, name)


@export("contrib.learn.preprocessing.ByteProcessor")
class ByteProcessor:
    """Documents as rows of their bytes in UTF-8, cut off or filled up with zeros.

    Args:
        max_document_length: How many bytes count.
    """

    def __init__(self, max_document_length: int) -> None:
        self.max_document_length = max_document_length

    def fit(self, X: Any) -> ByteProcessor:
        """Nothing is learned."""
        return self

    def fit_transform(self, X: Iterable[str | bytes]) -> Iterator[NDArray[np.uint8]]:
        """The same as `transform`."""
        return self.transform(X)

    def transform(self, X: Iterable[str | bytes]) -> Iterator[NDArray[np.uint8]]:
        """A row of `max_document_length` bytes for each document."""
        for document in X:
            content = document.encode() if isinstance(document, str) else document
            row = np.zeros(self.max_document_length, np.uint8)
            used = np.frombuffer(content[: self.max_document_length], np.uint8)
            row[: used.size] = used
            yield row

    def reverse(self, x: Iterable[NDArray[np.uint8]]) -> Iterator[str]:
        """The text of each row."""
        for row in x:
            yield bytes(row).rstrip(b"\0").decode(errors="replace")


def _wrong(where: str, rule: str, received: str) -> Exception:
    return invalid(f"contrib.learn.{where}", rule, received, "Fit it to the documents first", "TG-7386")
