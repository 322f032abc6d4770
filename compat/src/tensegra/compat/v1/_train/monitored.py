"""`MonitoredSession` and what makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._control import group
from .._core import tg
from .._errors import precondition
from .._graph import Graph, GraphKeys, get_default_graph
from .._session import Session
from .._symbols import export
from .._variables import (
    global_variables,
    global_variables_initializer,
    local_variables_initializer,
    report_uninitialized_variables,
)
from . import hooks as hooks_
from .coordinator import Coordinator, start_queue_runners
from .saver import Saver, latest_checkpoint


def tables_initializer(name: str = "init_all_tables") -> Any:
    """An op that fills all tables."""
    return group(*get_default_graph().get_collection(GraphKeys.TABLE_INITIALIZERS), name=name)


export("tables_initializer initialize_all_tables")(tables_initializer)


@export("train.Scaffold")
class Scaffold:
    """The ops that a monitored session needs of a graph; those left out are made."""

    def __init__(
        self, init_op: Any = None, init_feed_dict: Any = None, init_fn: Any = None, ready_op: Any = None,
        ready_for_local_init_op: Any = None, local_init_op: Any = None, summary_op: Any = None, saver: Any = None,
        copy_from_scaffold: Any = None, local_init_feed_dict: Any = None,
    ) -> None:  # fmt: skip
        self.init_feed_dict, self.local_init_feed_dict = init_feed_dict, local_init_feed_dict
        self.init_fn = None if init_fn is None else lambda session: init_fn(self, session)
        self.init_op, self.ready_op, self.local_init_op = init_op, ready_op, local_init_op
        self.ready_for_local_init_op = ready_for_local_init_op
        self.summary_op, self.saver = summary_op, saver

    def finalize(self) -> Scaffold:
        """Makes what is missing."""
        graph = get_default_graph()
        if self.init_op is None:
            self.init_op = _in_collection(GraphKeys.INIT_OP, lambda: group(global_variables_initializer()))
        if self.ready_op is None:
            self.ready_op = _in_collection(GraphKeys.READY_OP, report_uninitialized_variables)
        if self.ready_for_local_init_op is None:
            self.ready_for_local_init_op = _in_collection(
                GraphKeys.READY_FOR_LOCAL_INIT_OP, lambda: report_uninitialized_variables(global_variables())
            )
        if self.local_init_op is None:
            self.local_init_op = _in_collection(GraphKeys.LOCAL_INIT_OP, self.default_local_init_op)
        if self.summary_op is None:
            from .._summary.ops import merge_all

            self.summary_op = _in_collection(GraphKeys.SUMMARY_OP, merge_all)
        if self.saver is None:
            known = graph.get_collection(GraphKeys.SAVERS)
            self.saver = known[0] if known else Saver(sharded=True, allow_empty=True)
            if not known:
                graph.add_to_collection(GraphKeys.SAVERS, self.saver)
        self.saver.build()
        return self

    @staticmethod
    def default_local_init_op() -> Any:
        """Local variables, tables, and iterators that need it."""
        return group(local_variables_initializer(), tables_initializer())

    @staticmethod
    def get_or_default(arg_name: str, collection_key: str, default_constructor: Callable[[], Any]) -> Any:
        """What a collection has, or a new one."""
        return _in_collection(collection_key, default_constructor)


def _in_collection(key: str, make: Callable[[], Any]) -> Any:
    graph = get_default_graph()
    known = graph.get_collection(key)
    if known:
        return known[0]
    made = make()
    if made is not None:
        graph.add_to_collection(key, made)
    return made


@export("train.SessionManager")
class SessionManager:
    """Makes sessions whose variables have values."""

    def __init__(
        self,
        local_init_op: Any = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        graph: Graph | None = None,
        recovery_wait_secs: int = 30,
        local_init_run_options: Any = None,
        local_init_feed_dict: Any = None,
    ) -> None:
        self._local_init_op, self._ready_op, self._graph = local_init_op, ready_op, graph
        self._local_init_feed_dict = local_init_feed_dict

    def prepare_session(
        self, master: str = "", init_op: Any = None, saver: Any = None, checkpoint_dir: Any = None,
        checkpoint_filename_with_path: Any = None, wait_for_checkpoint: bool = False, max_wait_secs: int = 7200,
        config: Any = None, init_feed_dict: Any = None, init_fn: Any = None,
    ) -> Session:  # fmt: skip
        """A session with the values of the latest checkpoint, or initial ones."""
        session = Session(master, graph=self._graph, config=config)
        path = checkpoint_filename_with_path or (
            latest_checkpoint(checkpoint_dir) if checkpoint_dir else None
        )
        if path and saver is not None:
            saver.restore(session, path)
        else:
            if init_op is None and init_fn is None and self._local_init_op is None:
                raise precondition(
                    "train.SessionManager",
                    "Model is not initialized: there must be an init_op",
                    "none",
                    "Give one.",
                    "TG-7287",
                )
            if init_op is not None:
                session.run(init_op, feed_dict=init_feed_dict)
            if init_fn is not None:
                init_fn(session)
        if self._local_init_op is not None:
            session.run(self._local_init_op, feed_dict=self._local_init_feed_dict)
        if self._ready_op is not None:
            missing = session.run(self._ready_op)
            if missing.size:
                names = ", ".join(each.decode() for each in missing.tolist())
                raise precondition(
                    "train.SessionManager",
                    "all variables must have values",
                    f"none for {names}",
                    "Give an init_op that does it.",
                    "TG-7287",
                )
        return session

    def recover_session(
        self, master: str, saver: Any = None, checkpoint_dir: Any = None, **options: Any
    ) -> tuple[Session, bool]:
        """A session, and whether a checkpoint was read."""
        session = Session(master, graph=self._graph, config=options.get("config"))
        path = latest_checkpoint(checkpoint_dir) if checkpoint_dir else None
        if path and saver is not None:
            saver.restore(session, path)
            if self._local_init_op is not None:
                session.run(self._local_init_op)
            return session, True
        return session, False

    def wait_for_session(self, master: str = "", config: Any = None, max_wait_secs: Any = None) -> Session:
        """A session: there is nobody to wait for."""
        return Session(master, graph=self._graph, config=config)


@export("train.SessionCreator")
class SessionCreator:
    """Makes sessions for a monitored one."""

    def create_session(self) -> Any:
        """A session."""
        return Session()


@export("train.ChiefSessionCreator")
class ChiefSessionCreator(SessionCreator):
    """Reads the latest checkpoint, or initializes."""

    def __init__(
        self, scaffold: Any = None, master: str = "", config: Any = None, checkpoint_dir: Any = None,
        checkpoint_filename_with_path: Any = None,
    ) -> None:  # fmt: skip
        self._scaffold = scaffold or Scaffold()
        self._master, self._config = master, config
        self._dir, self._path = checkpoint_dir, checkpoint_filename_with_path

    def create_session(self) -> Any:
        """A session with values."""
        scaffold = self._scaffold.finalize()
        manager = SessionManager(
            scaffold.local_init_op, scaffold.ready_op, scaffold.ready_for_local_init_op, get_default_graph(),
            local_init_feed_dict=scaffold.local_init_feed_dict,
        )  # fmt: skip
        return manager.prepare_session(
            self._master, init_op=scaffold.init_op, saver=scaffold.saver, checkpoint_dir=self._dir,
            checkpoint_filename_with_path=self._path, config=self._config, init_feed_dict=scaffold.init_feed_dict,
            init_fn=scaffold.init_fn,
        )  # fmt: skip


@export("train.WorkerSessionCreator")
class WorkerSessionCreator(ChiefSessionCreator):
    """The same: there is one worker."""


class _Monitored:
    """A session whose runs hooks see."""

    def __init__(self, creator: Any, hooks: Any) -> None:
        self._hooks = list(hooks or [])
        for hook in self._hooks:
            hook.begin()
        self._coord = Coordinator(clean_stop_exception_types=(tg.errors.OutOfRangeError, StopIteration))
        scaffold = getattr(creator, "_scaffold", None)
        self._sess: Any = creator.create_session()
        if scaffold is not None:
            for hook in self._hooks:
                if getattr(hook, "_scaffold", scaffold) is None:
                    hook._scaffold = scaffold
        self._graph_context = self._sess.graph.as_default()
        self._graph_context.__enter__()
        self._threads = start_queue_runners(sess=self._sess, coord=self._coord)
        for hook in self._hooks:
            hook.after_create_session(self._sess, self._coord)
        self._sess.graph.finalize()
        self._stopped = False

    @property
    def graph(self) -> Any:
        """The graph."""
        return self._sess.graph if self._sess is not None else None

    def raw_session(self) -> Any:
        """The session inside."""
        return self._sess

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Runs, with what hooks want besides."""
        if self._sess is None:
            raise precondition(
                "train.MonitoredSession",
                "Run called even after should_stop requested or close",
                "a closed session",
                "Make a new one.",
                "TG-7226",
            )
        context = hooks_.SessionRunContext(hooks_.SessionRunArgs(fetches, feed_dict, options), self._sess)
        wanted: dict[Any, Any] = {"caller": fetches}
        feeds = dict(feed_dict or {})
        for hook in self._hooks:
            args = hook.before_run(context)
            if args is not None:
                if args.fetches is not None:
                    wanted[hook] = args.fetches
                feeds.update(args.feed_dict or {})
        values = self._sess.run(wanted, feeds or None)
        for hook in self._hooks:
            hook.after_run(context, hooks_.SessionRunValues(values.get(hook), options, run_metadata))
        if context.stop_requested:
            self._stopped = True
        return values["caller"]

    def run_step_fn(self, step_fn: Callable[[Any], Any]) -> Any:
        """Calls a function with a context that runs with and without hooks."""
        return step_fn(_StepContext(self))

    def should_stop(self) -> bool:
        """Whether the loop should end."""
        return self._stopped or self._sess is None or self._coord.should_stop()

    def close(self) -> None:
        """Ends hooks and session."""
        self._close(None)

    def _close(self, kind: Any) -> None:
        if self._sess is None:
            return
        try:
            if kind in (None, tg.errors.OutOfRangeError, StopIteration):
                for hook in self._hooks:
                    hook.end(self._sess)
        finally:
            self._coord.request_stop()
            session, self._sess = self._sess, None
            session.close()
            self._graph_context.__exit__(None, None, None)
            self._coord.join(self._threads, stop_grace_period_secs=5, ignore_live_threads=True)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        clean = kind is not None and issubclass(kind, (tg.errors.OutOfRangeError, StopIteration))
        self._close(tg.errors.OutOfRangeError if clean else kind)
        return clean


class _StepContext:
    """What `run_step_fn` gives its function."""

    def __init__(self, monitored: _Monitored) -> None:
        self._monitored = monitored

    @property
    def session(self) -> Any:
        """The session without hooks."""
        return self._monitored.raw_session()

    def run_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        """A run that hooks see."""
        return self._monitored.run(*args, **kwargs)

    def request_stop(self) -> None:
        """Ends the loop."""
        raise StopIteration("step_fn has requested the iterations to stop.")


@export("train.MonitoredSession")
class MonitoredSession(_Monitored):
    """A session that reads checkpoints, initializes, runs queues, and is seen by hooks."""

    def __init__(
        self, session_creator: Any = None, hooks: Any = None, stop_grace_period_secs: int = 120
    ) -> None:
        super().__init__(session_creator or ChiefSessionCreator(), hooks)

    StepContext = _StepContext


@export("train.SingularMonitoredSession")
class SingularMonitoredSession(_Monitored):
    """The same; errors are not retried."""

    def __init__(
        self, hooks: Any = None, scaffold: Any = None, master: str = "", config: Any = None, checkpoint_dir: Any = None,
        stop_grace_period_secs: int = 120, checkpoint_filename_with_path: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            ChiefSessionCreator(scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path),
            hooks,
        )


_USE_DEFAULT = object()


@export("train.MonitoredTrainingSession")
def MonitoredTrainingSession(
    master: str = "", is_chief: bool = True, checkpoint_dir: Any = None, scaffold: Any = None, hooks: Any = None,
    chief_only_hooks: Any = None, save_checkpoint_secs: Any = _USE_DEFAULT, save_summaries_steps: Any = _USE_DEFAULT,
    save_summaries_secs: Any = _USE_DEFAULT, config: Any = None, stop_grace_period_secs: int = 120,
    log_step_count_steps: int | None = 100, max_wait_secs: int = 7200, save_checkpoint_steps: Any = _USE_DEFAULT,
    summary_dir: Any = None, save_graph_def: bool = True,
) -> MonitoredSession:  # fmt: skip
    """A monitored session that saves checkpoints and summaries while it trains."""
    if save_summaries_steps is _USE_DEFAULT and save_summaries_secs is _USE_DEFAULT:
        save_summaries_steps, save_summaries_secs = 100, None
    elif save_summaries_steps is _USE_DEFAULT:
        save_summaries_steps = None
    elif save_summaries_secs is _USE_DEFAULT:
        save_summaries_secs = None
    if save_checkpoint_steps is _USE_DEFAULT and save_checkpoint_secs is _USE_DEFAULT:
        save_checkpoint_steps, save_checkpoint_secs = None, 600
    elif save_checkpoint_steps is _USE_DEFAULT:
        save_checkpoint_steps = None
    elif save_checkpoint_secs is _USE_DEFAULT:
        save_checkpoint_secs = None
    scaffold = scaffold or Scaffold()
    every: list[Any] = list(chief_only_hooks or [])
    summaries = summary_dir or checkpoint_dir
    if summaries:
        if log_step_count_steps and log_step_count_steps > 0:
            every.append(hooks_.StepCounterHook(output_dir=summaries, every_n_steps=log_step_count_steps))
        if save_summaries_steps or save_summaries_secs:
            every.append(
                hooks_.SummarySaverHook(
                    scaffold=scaffold,
                    save_steps=save_summaries_steps,
                    save_secs=save_summaries_secs,
                    output_dir=summaries,
                )
            )
    if checkpoint_dir and (save_checkpoint_secs or save_checkpoint_steps):
        every.append(
            hooks_.CheckpointSaverHook(
                checkpoint_dir,
                save_steps=save_checkpoint_steps or None,
                save_secs=save_checkpoint_secs or None,
                scaffold=scaffold,
            )
        )
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    return MonitoredSession(creator, [*(hooks or []), *every])
