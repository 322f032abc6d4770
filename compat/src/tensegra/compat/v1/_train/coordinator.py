"""Threads beside training: `Coordinator`, queue runners, `Supervisor`."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from .._core import tg
from .._graph import GraphKeys, get_default_graph, get_default_session
from .._symbols import export


@export("train.Coordinator")
class Coordinator:
    """Tells threads when to stop, and passes their errors on."""

    def __init__(self, clean_stop_exception_types: Any = None) -> None:
        self._clean = clean_stop_exception_types or (tg.errors.OutOfRangeError,)
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._error: BaseException | None = None
        self._threads: set[Any] = set()
        self.joined = False

    def request_stop(self, ex: Any = None) -> None:
        """Tells all threads to stop; an error is raised again by `join`."""
        with self._lock:
            if ex is not None and self._error is None and not self._event.is_set():
                error = ex[1] if isinstance(ex, tuple) else ex
                if not isinstance(error, self._clean):
                    self._error = error
            self._event.set()

    def clear_stop(self) -> None:
        """Begins anew."""
        self._error = None
        self._event.clear()

    def should_stop(self) -> bool:
        """Whether threads should stop."""
        return self._event.is_set()

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Waits until they should."""
        return self._event.wait(timeout)

    def register_thread(self, thread: Any) -> None:
        """Adds a thread to those that `join` waits for."""
        self._threads.add(thread)

    @contextlib.contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """Passes errors to `request_stop`."""
        try:
            yield
        except BaseException:  # (every error of a thread is the coordinator's)
            self.request_stop(ex=sys.exc_info())

    def raise_requested_exception(self) -> None:
        """Raises the error of a thread, if there is one."""
        if self._error is not None:
            raise self._error

    def join(
        self, threads: Any = None, stop_grace_period_secs: float = 120, ignore_live_threads: bool = False
    ) -> None:
        """Waits until the threads have ended, and raises the first error of one."""
        every = self._threads.union(threads or ())
        while any(each.is_alive() for each in every) and not self._event.wait(0.05):
            pass
        end = time.time() + stop_grace_period_secs
        for each in every:
            each.join(max(0.0, end - time.time()))
        self.joined = True
        self._threads = set()
        if self._error is not None:
            raise self._error
        alive = [each.name for each in every if each.is_alive()]
        if alive and not ignore_live_threads:
            raise RuntimeError(f"Coordinator stopped with threads still running: {' '.join(alive)}")


@export("train.LooperThread")
class LooperThread(threading.Thread):
    """A thread that does something again and again."""

    def __init__(
        self,
        coord: Any,
        timer_interval_secs: float | None,
        target: Any = None,
        args: Any = (),
        kwargs: Any = None,
    ) -> None:
        super().__init__(daemon=True)
        self._coord, self._interval = coord, timer_interval_secs
        self._call, self._args, self._kwargs_ = target, args, kwargs or {}
        coord.register_thread(self)

    @staticmethod
    def loop(
        coord: Any, timer_interval_secs: float | None, target: Any, args: Any = None, kwargs: Any = None
    ) -> LooperThread:
        """Starts one."""
        made = LooperThread(coord, timer_interval_secs, target, args or (), kwargs)
        made.start()
        return made

    def run(self) -> None:
        """What the thread does."""
        with self._coord.stop_on_exception():
            self.start_loop()
            while not self._coord.should_stop():
                self.run_loop()
                if self._interval and self._coord.wait_for_stop(self._interval):
                    break
            self.stop_loop()

    def start_loop(self) -> None:
        """Before the first time."""

    def stop_loop(self) -> None:
        """After the last time."""

    def run_loop(self) -> None:
        """Each time."""
        if self._call is not None:
            self._call(*self._args, **self._kwargs_)


@export("train.QueueRunner train.queue_runner.QueueRunner")
class QueueRunner:
    """Threads that fill a queue."""

    def __init__(
        self, queue: Any = None, enqueue_ops: Any = None, close_op: Any = None, cancel_op: Any = None,
        queue_closed_exception_types: Any = None, queue_runner_def: Any = None, import_scope: Any = None,
    ) -> None:  # fmt: skip
        self.queue, self.enqueue_ops = queue, list(enqueue_ops or [])
        self.close_op = close_op if close_op is not None else queue.close()
        self.cancel_op = cancel_op if cancel_op is not None else queue.close(cancel_pending_enqueues=True)
        self.queue_closed_exception_types = queue_closed_exception_types or (tg.errors.OutOfRangeError,)
        self.exceptions_raised: list[BaseException] = []

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.queue.name  # type: ignore[no-any-return]

    def create_threads(
        self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False
    ) -> list[threading.Thread]:
        """A thread for each op that fills, and one that closes the queue when it is time to stop."""
        state = {"left": len(self.enqueue_ops)}
        lock = threading.Lock()

        def fill(op: Any) -> None:
            try:
                while not (coord is not None and coord.should_stop()):
                    try:
                        sess.run(op)
                    except (*self.queue_closed_exception_types, tg.errors.CancelledError):
                        return
            except Exception as error:
                self.exceptions_raised.append(error)
                if coord is not None:
                    coord.request_stop(error)
            finally:
                with lock:
                    state["left"] -= 1
                    last = state["left"] == 0
                if last:
                    self.queue._close(sess.state, cancel=False)

        def close() -> None:
            coord.wait_for_stop()
            self.queue._close(sess.state, cancel=True)

        threads = [threading.Thread(target=fill, args=(op,), daemon=True) for op in self.enqueue_ops]
        if coord is not None:
            threads.append(threading.Thread(target=close, daemon=True))
        for thread in threads:
            if coord is not None:
                coord.register_thread(thread)
            if start:
                thread.start()
        return threads


@export("train.add_queue_runner train.queue_runner.add_queue_runner")
def add_queue_runner(qr: Any, collection: str = GraphKeys.QUEUE_RUNNERS) -> None:
    """Adds to the runners that `start_queue_runners` starts."""
    get_default_graph().add_to_collection(collection, qr)


@export("train.start_queue_runners train.queue_runner.start_queue_runners")
def start_queue_runners(
    sess: Any = None,
    coord: Any = None,
    daemon: bool = True,
    start: bool = True,
    collection: str = GraphKeys.QUEUE_RUNNERS,
) -> list[threading.Thread]:
    """Starts the threads of all queue runners of the graph."""
    session = get_default_session() if sess is None else sess
    while not hasattr(session, "state"):
        session = session.raw_session()
    threads: list[threading.Thread] = []
    for runner in session.graph.get_collection(collection):
        threads.extend(runner.create_threads(session, coord=coord, daemon=daemon, start=start))
    return threads


@export("train.Supervisor")
class Supervisor:
    """The older monitored session: initializes or restores, saves and writes summaries in threads."""

    USE_DEFAULT = object()

    def __init__(
        self,
        graph: Any = None,
        ready_op: Any = USE_DEFAULT,
        ready_for_local_init_op: Any = USE_DEFAULT,
        is_chief: bool = True,
        init_op: Any = USE_DEFAULT,
        init_feed_dict: Any = None,
        local_init_op: Any = USE_DEFAULT,
        logdir: Any = None,
        summary_op: Any = USE_DEFAULT,
        saver: Any = USE_DEFAULT,
        global_step: Any = USE_DEFAULT,
        save_summaries_secs: float = 120,
        save_model_secs: float = 600,
        recovery_wait_secs: int = 30,
        stop_grace_secs: int = 120,
        checkpoint_basename: str = "model.ckpt",
        session_manager: Any = None,
        summary_writer: Any = USE_DEFAULT,
        init_fn: Any = None,
        local_init_run_options: Any = None,
    ) -> None:
        from .._summary.ops import merge_all
        from .._summary.writer import FileWriter
        from .._variables import global_variables_initializer, local_variables_initializer
        from .saver import Saver
        from .steps import get_global_step

        default = Supervisor.USE_DEFAULT
        self._graph = graph or get_default_graph()
        with self._graph.as_default():
            self.init_op = global_variables_initializer() if init_op is default else init_op
            self.local_init_op = local_variables_initializer() if local_init_op is default else local_init_op
            self.summary_op = merge_all() if summary_op is default else summary_op
            self.saver = Saver(allow_empty=True) if saver is default else saver
            self.global_step = get_global_step() if global_step is default else global_step
        self.coord = Coordinator()
        self._logdir, self._init_feed, self._init_fn = logdir, init_feed_dict, init_fn
        self.save_path = os.path.join(logdir, checkpoint_basename) if logdir else None
        self.save_model_secs, self.save_summaries_secs, self._grace = (
            save_model_secs,
            save_summaries_secs,
            stop_grace_secs,
        )
        self.summary_writer = (
            (FileWriter(logdir) if logdir else None) if summary_writer is default else summary_writer
        )
        self.is_chief = is_chief

    @property
    def session_manager(self) -> Any:
        """None: the supervisor makes sessions itself."""
        return None

    def prepare_or_wait_for_session(
        self,
        master: str = "",
        config: Any = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: int = 7200,
        start_standard_services: bool = True,
    ) -> Any:
        """A session with values."""
        from .._session import Session
        from .saver import latest_checkpoint

        session = Session(master, graph=self._graph, config=config)
        path = latest_checkpoint(self._logdir) if self._logdir else None
        if path and self.saver is not None:
            self.saver.restore(session, path)
        else:
            if self.init_op is not None:
                session.run(self.init_op, self._init_feed)
            if self._init_fn is not None:
                self._init_fn(session)
        if self.local_init_op is not None:
            session.run(self.local_init_op)
        start_queue_runners(session, self.coord)
        if start_standard_services and self._logdir:
            self.start_standard_services(session)
        return session

    def start_standard_services(self, sess: Any) -> list[Any]:
        """Threads that save and write summaries."""
        made: list[Any] = []
        if self.save_model_secs and self.saver is not None and self.save_path:
            made.append(LooperThread.loop(self.coord, self.save_model_secs, self._later(self._save), (sess,)))
        if self.save_summaries_secs and self.summary_op is not None and self.summary_writer is not None:
            made.append(
                LooperThread.loop(self.coord, self.save_summaries_secs, self._later(self._summarize), (sess,))
            )
        return made

    def _later(self, function: Any) -> Any:
        first = [True]

        def call(sess: Any) -> None:
            if first[0]:
                first[0] = False
                return
            function(sess)

        return call

    def _save(self, sess: Any) -> None:
        assert self.save_path is not None
        self.saver.save(sess, self.save_path, global_step=self.global_step)

    def _summarize(self, sess: Any) -> None:
        step = None if self.global_step is None else int(sess.run(self.global_step))
        assert self.summary_writer is not None
        self.summary_writer.add_summary(sess.run(self.summary_op), step)

    def start_queue_runners(self, sess: Any, queue_runners: Any = None) -> list[threading.Thread]:
        """Starts the threads of the queue runners."""
        return start_queue_runners(sess, self.coord)

    def loop(
        self, timer_interval_secs: float | None, target: Any, args: Any = None, kwargs: Any = None
    ) -> LooperThread:
        """Starts a thread that calls a function again and again."""
        return LooperThread.loop(self.coord, timer_interval_secs, target, args, kwargs)

    Loop = loop

    def summary_computed(self, sess: Any, summary: Any, global_step: Any = None) -> None:
        """Writes a summary."""
        if self.summary_writer is not None:
            if global_step is None and self.global_step is not None:
                global_step = int(sess.run(self.global_step))
            self.summary_writer.add_summary(summary, global_step)

    def should_stop(self) -> bool:
        """Whether the loop should end."""
        return self.coord.should_stop()

    def request_stop(self, ex: Any = None) -> None:
        """Ends the loop."""
        self.coord.request_stop(ex)

    def stop(
        self, threads: Any = None, close_summary_writer: bool = True, ignore_live_threads: bool = False
    ) -> None:
        """Ends the threads."""
        self.coord.request_stop()
        self.coord.join(threads, stop_grace_period_secs=self._grace, ignore_live_threads=ignore_live_threads)
        if close_summary_writer and self.summary_writer is not None:
            self.summary_writer.close()

    @contextlib.contextmanager
    def managed_session(
        self,
        master: str = "",
        config: Any = None,
        start_standard_services: bool = True,
        close_summary_writer: bool = True,
    ) -> Iterator[Any]:
        """A session for a `with`; at its end the threads are ended and the model is saved."""
        session = self.prepare_or_wait_for_session(
            master, config, start_standard_services=start_standard_services
        )
        try:
            with session.graph.as_default(), session.as_default():
                yield session
        except tg.errors.OutOfRangeError:
            pass
        except Exception as error:
            self.request_stop(error)
            raise
        finally:
            if (
                self.coord._error is None
                and self.save_path
                and self.saver is not None
                and self.save_model_secs
            ):
                self._save(session)
            self.stop(close_summary_writer=close_summary_writer, ignore_live_threads=True)
            session.close()
