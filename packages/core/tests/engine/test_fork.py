"""A forked child works, whatever the threads of its parent were doing when it was made."""

from __future__ import annotations

import subprocess
import sys

import pytest

# What a child gets for its work; one that hangs is ended by the alarm.
SECONDS = 60

BEGIN = """
import os, signal, sys, threading, time
import numpy as np
import tensegra as tg

LOST = 3

def succeeds_in_child(work):
    return code_of_child(work) == 0

def code_of_child(work):
    child = os.fork()
    if child == 0:
        signal.alarm({seconds})
        good = False
        try:
            good = work()
        finally:
            os._exit(0 if good else 1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, LOST):
        print(work.__name__, code, file=sys.stderr)
    return code
"""

BUSY = """
variable = tg.Variable(tg.zeros([1 << 20]))
shared = tg.function(lambda x: tg.tanh(x) * 2.0 + tg.reduce_sum(x) + variable[0] * 0.0, reduce_retracing=True)
shared(tg.ones([3])), shared(tg.ones([4]))
stop = threading.Event()

def looped(work):
    def loop():
        number = 0
        while not stop.is_set():
            number += 1
            work(number)
    return threading.Thread(target=loop)

def traces(number):
    made = tg.function(lambda x: tg.exp(x) + float(number))
    x = tg.ones([2])
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = made(x)
    tape.gradient(y, x)

# Python cannot import in a child what another thread was importing; the first use of a namespace imports it.
tg.strings.regex_full_match(["abc"], "abc"), tg.random.stateless_uniform([3], [1, 1]), traces(0)

threads = [
    looped(lambda number: shared(tg.ones([number % 50 + 1]))),
    looped(traces),
    looped(lambda number: variable.assign_add(tg.ones([1 << 20]))),
    looped(lambda number: tg.strings.regex_full_match(["abc"], f"a.{number % 40}*c")),
    looped(lambda number: tg.random.stateless_uniform([3], [1, number])),
]
for thread in threads:
    thread.start()

def child():
    traces(-1)
    x = tg.ones([77])
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = shared(x)
    good = tape.gradient(y, x).shape == (77,)
    variable.assign_add(tg.ones([1 << 20]))
    tg.strings.regex_full_match(["abc"], "abc+")
    tg.random.set_seed(1)
    tg.random.uniform([2])
    return good and variable.shape == (1 << 20,) and shared(tg.ones([78])).shape == (78,)

good = all([succeeds_in_child(child) for _ in range(12)])
stop.set()
for thread in threads:
    thread.join()
sys.exit(0 if good else 1)
"""

GRADIENT = """
@tg.function
def deep(x):
    for _ in range(3000):
        x = tg.sin(x)
    return x

x = tg.ones([2])
deep(x)

def differentiate():
    with tg.GradientTape() as tape:
        tape.watch(x)
        y = deep(x)
    return tape.gradient(y, x).shape == (2,)

thread = threading.Thread(target=differentiate)
thread.start()  # builds the gradient with a lock held
good = True
while thread.is_alive():
    good = succeeds_in_child(differentiate) and good
thread.join()
sys.exit(0 if good else 1)
"""

TABLE = """
keys = tg.constant(np.arange(200_000))
few = keys[:3]

def turn(changes):
    table = tg.lookup.experimental.MutableHashTable(tg.int64, tg.int64, -1)
    table.insert(few, few)
    # Without a change a table is whole, whoever was reading it.
    work = (lambda: table.insert(keys, keys)) if changes else (lambda: table.lookup(keys))
    thread = threading.Thread(target=work)
    thread.start()

    def child():
        try:
            return table.size().numpy() in (3, 200_000)
        except tg.errors.FailedPreconditionError as error:
            good = changes and "TG-0766" in str(error) and was_lost()
            os._exit(LOST if good else 1)

    def was_lost():
        try:
            table.size()
        except tg.errors.FailedPreconditionError:
            fresh = tg.lookup.experimental.MutableHashTable(tg.int64, tg.int64, -1)
            fresh.insert(few, few)
            return fresh.size().numpy() == 3
        return False

    codes = []
    while thread.is_alive():
        codes.append(code_of_child(child))
    thread.join()
    return codes

codes = turn(False)
for _ in range(50):
    codes += turn(True)
    if LOST in codes:
        break
sys.exit(0 if LOST in codes and set(codes) <= {0, LOST} else 1)
"""


@pytest.mark.parametrize("program", [BUSY, GRADIENT, TABLE], ids=["busy", "gradient", "table (TG-0766)"])
def test_forked_children_take_the_locks_of_threads_that_are_gone(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BEGIN.replace("{seconds}", str(SECONDS)) + program],
        timeout=300,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
