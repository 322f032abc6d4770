"""Python 2 becomes Python 3 that does the same."""

from __future__ import annotations

import ast

import pytest

from tensegra.compat import upgrade_source
from tensegra.compat.upgrade._python2 import convert_syntax


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print 'a', 1", "print('a', 1)"),
        ("print", "print()"),
        ("print 'a %s' % b,", "print('a %s' % b, end=\" \")"),
        ("print >>f, 'x', y", "print('x', y, file=f)"),
        ("print ('a' % b)", "print ('a' % b)"),
        ("print ('a', b)", "print (('a', b))"),
        ("print ('a') + c  # why", "print(('a') + c)  # why"),
        ("if x: print x; y = 1", "if x: print(x); y = 1"),
        ("exec 'x' in g, l", "exec('x', g, l)"),
        ("exec code", "exec(code)"),
        ("raise E, 'no'", "raise E('no')"),
        ("raise E, 'no', trace", "raise E('no').with_traceback(trace)"),
        ("try: f()\nexcept (A, B), e: pass", "try: f()\nexcept (A, B) as e: pass"),
        ("x = `a + 1` <> 0777", "x = repr(a + 1) != 0o777"),
        ("x = 10L + 0xFFL + 00", "x = 10 + 0xFF + 0"),
        ("x = ur'\\d'", "x = r'\\d'"),
        ("f = lambda (a, b), c: a + b.a + c", "f = lambda a_b, c: a_b[0] + a_b[1].a + c"),
        ("def f(a, (b, c)):\n    return b", "def f(a, b_c):\n    (b, c) = b_c\n    return b"),
        ("s = 'print x'  # print y", "s = 'print x'  # print y"),
        ("x = '''\nprint y\n'''", "x = '''\nprint y\n'''"),
    ],
)
def test_syntax(before: str, after: str) -> None:
    assert convert_syntax(before + "\n") == after + "\n"
    ast.parse(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("for i in xrange(3): pass", "for i in range(3): pass"),
        ("x = d.has_key(1)", "x = (1 in d)"),
        ("for k, v in d.iteritems(): pass", "for k, v in d.items(): pass"),
        ("x = d.keys()[0]", "x = list(d.keys())[0]"),
        ("x = sorted(d.keys())", "x = sorted(d.keys())"),
        ("x = map(f, y)", "x = list(map(f, y))"),
        ("x = [i for i in zip(a, b)]", "x = [i for i in zip(a, b)]"),
        ("x = range(3) + [4]", "x = list(range(3)) + [4]"),
        ("x = unicode(y)", "x = str(y)"),
        ("x = it.next()", "x = next(it)"),
        ("import cPickle as pickle", "import pickle"),
        ("import Queue", "import queue as Queue"),
        ("from itertools import izip, count", "from itertools import count"),
    ],
)
def test_names(before: str, after: str) -> None:
    result = upgrade_source(f"print 'two'\n{before}\n", filename="two.py")
    assert result.text == f"print('two')\n{after}\n"
    assert result.status == "upgraded" and not result.todo


def run(source: str) -> dict[str, object]:
    """The names of a Python 2 program after its conversion."""
    names: dict[str, object] = {}
    exec(upgrade_source("print 'two'\n" + source).text, names)
    return names


def test_quotients_of_whole_numbers_stay_whole() -> None:
    names = run(
        "import numpy as np\na = 7 / 2\nb = 7 / 2.0\nc = np.arange(4) / 2\nd = 9\nd /= 2\ne = [7][0] / 2.\n"
    )
    assert (names["a"], names["b"], names["d"], names["e"]) == (3, 3.5, 4, 3.5)
    assert names["c"].tolist() == [0, 0, 1, 1]  # type: ignore[attr-defined]


def test_true_division_stays_where_the_source_asks_for_it() -> None:
    text = upgrade_source("from __future__ import division\nprint 7 / 2\n").text
    assert text == "from __future__ import division\nprint(7 / 2)\n"


def test_names_that_only_python_2_has_tell_it_too() -> None:
    result = upgrade_source("import numpy as np\nfor i in xrange(4 / 2):\n    print(i)\n")
    assert "range(py2_div(4, 2))" in result.text and "def py2_div(a, b):" in result.text
    guarded = "try:\n    xrange\nexcept NameError:\n    xrange = range\nx = 4 / 2\n"
    assert upgrade_source(guarded).text == guarded


def test_mixed_tabs_and_spaces() -> None:
    assert run("if True:\n        a = 1\n\tb = 2\n")["b"] == 2


def test_what_is_neither_is_left_alone() -> None:
    result = upgrade_source("print 'a'\nx = = 1\n")
    assert (result.status, result.text) == ("unreadable", "print 'a'\nx = = 1\n")
    assert [f.code for f in result.todo] == ["TG-7013"]
