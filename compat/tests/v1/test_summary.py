"""Summaries: their tags, as 1.x makes them of names."""

from __future__ import annotations

import pytest

import tensegra.compat.v1 as tf


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("loss", "loss"),
        ("embedding/W:0/grad", "embedding/W_0/grad"),
        ("/a b(c)", "a_b_c_"),
        ("naïve", "na_ve"),
    ],
)
def test_characters_that_no_op_may_have_become_underscores(name: str, tag: str) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        text = sess.run(tf.summary.scalar(name, 0.5))
        assert [(each.tag, each.simple_value) for each in tf.Summary.FromString(text).value] == [(tag, 0.5)]
