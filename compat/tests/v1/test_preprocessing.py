"""Words to numbers, as `tf.contrib.learn.preprocessing` gives them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

import tensegra as tg
import tensegra.compat.v1 as tf

learn = tf.contrib.learn
_DOCUMENTS = ["the cat isn't here", "The cat and the NASAman", "well-read"]


def test_words_are_numbered_as_they_come() -> None:
    processor = learn.preprocessing.VocabularyProcessor(5)
    rows = np.array(list(processor.fit_transform(_DOCUMENTS)))
    assert rows.dtype == np.int64
    assert rows.tolist() == [[1, 2, 3, 4, 0], [5, 2, 6, 1, 7], [9, 0, 0, 0, 0]]
    assert len(processor.vocabulary_) == 10
    assert next(processor.transform(["a cat"])).tolist() == [0, 2, 0, 0, 0]
    assert list(processor.reverse([[1, 2, 0]])) == ["the cat <UNK>"]


def test_rare_words_are_dropped_and_the_frequent_come_first() -> None:
    processor = learn.preprocessing.VocabularyProcessor(4, min_frequency=1)
    rows = list(processor.fit_transform(["b a b", "a b c"]))
    assert [row.tolist() for row in rows] == [[1, 2, 1, 0], [2, 1, 0, 0]]
    assert len(processor.vocabulary_) == 3


def test_it_is_saved_and_restored(tmp_path: Path) -> None:
    processor = learn.preprocessing.VocabularyProcessor(3)
    processor.fit(_DOCUMENTS)
    processor.save(tmp_path / "vocab")
    again = learn.preprocessing.VocabularyProcessor.restore(tmp_path / "vocab")
    assert next(again.transform(["the cat"])).tolist() == [1, 2, 0]
    (tmp_path / "other").write_bytes(pickle.dumps([1]))
    with pytest.raises(tg.errors.InvalidArgumentError, match="list.*TG-7386"):
        learn.preprocessing.VocabularyProcessor.restore(tmp_path / "other")


def test_a_number_outside_of_the_vocabulary_is_refused() -> None:
    processor = learn.preprocessing.VocabularyProcessor(3).fit(["a"])
    with pytest.raises(tg.errors.InvalidArgumentError, match="class_id=7 of 2.*TG-7386"):
        list(processor.reverse([[7]]))


def test_bytes_are_cut_off_and_filled_up() -> None:
    processor = learn.preprocessing.ByteProcessor(4)
    rows = list(processor.fit_transform(["é", b"abcdef"]))
    assert [row.tolist() for row in rows] == [[195, 169, 0, 0], [97, 98, 99, 100]]
    assert list(processor.reverse(rows)) == ["é", "abcd"]
