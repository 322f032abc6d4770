import _thread
import signal
import threading
import time

import numpy as np
import pytest

import tensegra as tg
from tensegra.layers._training._interrupt import InterruptGuard

K = tg.keras


@pytest.fixture(autouse=True)
def as_in_a_terminal():
    """A process that was started in the background ignores SIGINT, and so would these tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Press(K.callbacks.Callback):
    """Sends Ctrl-C to this process in step 2, and counts what is called afterwards."""

    def __init__(self):
        super().__init__()
        self.ended = 0

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 2:
            signal.raise_signal(signal.SIGINT)

    def on_train_end(self, logs=None):
        self.ended += 1


def test_ctrl_c_in_fit(capsys, tmp_path):
    model = K.Sequential([K.Input((1,)), K.layers.Dense(1, kernel_initializer="ones")])
    model.compile(K.optimizers.SGD(0.1), "mse")
    x = np.ones((10, 1))
    press, log = Press(), K.callbacks.CSVLogger(tmp_path / "log.csv")
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, x * 0, batch_size=1, epochs=3, verbose=0, callbacks=[press, log])
    assert press.ended == 1
    assert log._file is None
    message = capsys.readouterr().err
    assert message.startswith("Training was interrupted in epoch 1 of 3, after ")
    assert message.count("\n") == 1
    assert int(model.optimizer.iterations.numpy()) == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    # The model can go on.
    model.fit(x, x * 0, batch_size=5, verbose=0)
    assert int(model.optimizer.iterations.numpy()) == 4


def test_a_step_is_finished_first():
    done = []

    def step():
        _thread.interrupt_main()
        time.sleep(0.01)
        done.append(1)

    with InterruptGuard() as guard, pytest.raises(KeyboardInterrupt):
        guard.run(step)
    assert done == [1]


def test_a_second_ctrl_c_acts_at_once():
    def step():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the second one must end the step")

    with InterruptGuard() as guard, pytest.raises(KeyboardInterrupt):
        guard.run(step)


def test_other_threads_and_other_handlers_are_left_alone():
    found = []

    def look():
        with InterruptGuard() as guard:
            found.append(guard._installed)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        look()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, kept)
    assert found == [False, False]
