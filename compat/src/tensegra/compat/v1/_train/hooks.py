"""Hooks of monitored sessions."""

from __future__ import annotations

import os
import time
from collections import namedtuple
from typing import Any

import numpy as np

from .._errors import invalid, precondition
from .._graph import get_default_graph
from .._symbols import export, put
from .steps import get_global_step

SessionRunArgs = namedtuple("SessionRunArgs", ("fetches", "feed_dict", "options"), defaults=(None, None))
SessionRunValues = namedtuple("SessionRunValues", ("results", "options", "run_metadata"))
put("train.SessionRunArgs", SessionRunArgs)
put("train.SessionRunValues", SessionRunValues)


@export("train.SessionRunContext")
class SessionRunContext:
    """What a hook gets of a run."""

    def __init__(self, original_args: Any, session: Any) -> None:
        self.original_args, self.session = original_args, session
        self.stop_requested = False

    def request_stop(self) -> None:
        """Ends the loop after this run."""
        self.stop_requested = True


@export("train.SessionRunHook")
class SessionRunHook:
    """Is called around the runs of a monitored session."""

    def begin(self) -> None:
        """Before the session is made; ops may be added."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """After it was made."""

    def before_run(self, run_context: Any) -> Any:
        """Before a run: what else to fetch and feed."""

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """After a run: what was fetched."""

    def end(self, session: Any) -> None:
        """At the end, unless there was an error."""


@export("train.NanLossDuringTrainingError")
class NanLossDuringTrainingError(RuntimeError):
    """The loss is no number."""

    def __str__(self) -> str:
        return "NaN loss during training."


class _Timer:
    """Says whether so many steps or seconds have passed."""

    def __init__(self, every_secs: float | None, every_steps: int | None) -> None:
        if (every_secs is None) == (every_steps is None):
            raise invalid(
                "train.SecondOrStepTimer",
                "there are steps or seconds",
                f"{every_steps}, {every_secs}",
                "Give one.",
                "TG-7286",
            )
        self.every_secs, self.every_steps = every_secs, every_steps
        self.last_step: int | None = None
        self.last_time = 0.0

    def should(self, step: int) -> bool:
        if self.last_step is None:
            return True
        if step == self.last_step:
            return False
        if self.every_secs is not None:
            return time.time() >= self.last_time + self.every_secs
        return step >= self.last_step + (self.every_steps or 1)

    def update(self, step: int) -> tuple[float, int] | None:
        now = time.time()
        passed = None if self.last_step is None else (now - self.last_time, step - self.last_step)
        self.last_step, self.last_time = step, now
        return passed


@export("train.SecondOrStepTimer")
class SecondOrStepTimer(_Timer):
    """Says whether so many steps or seconds have passed."""

    def __init__(self, every_secs: float | None = None, every_steps: int | None = None) -> None:
        super().__init__(every_secs, every_steps)

    def should_trigger_for_step(self, step: int) -> bool:
        """Whether it is time."""
        return self.should(step)

    def update_last_triggered_step(self, step: int) -> Any:
        """Says that it was done: seconds and steps since the last time."""
        return self.update(step) or (None, None)

    def last_triggered_step(self) -> int | None:
        """When it was done last."""
        return self.last_step

    def reset(self) -> None:
        """Begins anew."""
        self.last_step = None


def _step() -> Any:
    found = get_global_step()
    if found is None:
        raise precondition(
            "train.SessionRunHook",
            "Global step should be created to use this hook",
            "none",
            "See get_or_create_global_step.",
            "TG-7286",
        )
    return found


@export("train.StopAtStepHook")
class StopAtStepHook(SessionRunHook):
    """Ends the loop after a number of steps, or at a step."""

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        if (num_steps is None) == (last_step is None):
            raise invalid(
                "train.StopAtStepHook",
                "there is num_steps or last_step",
                f"{num_steps}, {last_step}",
                "Give one.",
                "TG-7286",
            )
        self._num_steps, self._last_step = num_steps, last_step

    def begin(self) -> None:
        """Finds the global step."""
        self._global_step_tensor = _step()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Sees where it begins."""
        if self._last_step is None:
            self._last_step = int(session.run(self._global_step_tensor)) + (self._num_steps or 0)

    def before_run(self, run_context: Any) -> Any:
        """Fetches the step."""
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Ends where it is reached."""
        assert self._last_step is not None
        if int(run_values.results) + 1 > self._last_step:
            step = int(run_context.session.run(self._global_step_tensor))
            if step >= self._last_step:
                run_context.request_stop()


@export("train.NanTensorHook")
class NanTensorHook(SessionRunHook):
    """Ends, or fails, where a loss is no number."""

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self._loss_tensor, self._fail = loss_tensor, fail_on_nan_loss

    def before_run(self, run_context: Any) -> Any:
        """Fetches the loss."""
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Looks at it."""
        if np.isnan(run_values.results):
            if self._fail:
                raise NanLossDuringTrainingError
            run_context.request_stop()


@export("train.LoggingTensorHook")
class LoggingTensorHook(SessionRunHook):
    """Prints tensors every so many steps or seconds."""

    def __init__(
        self,
        tensors: Any,
        every_n_iter: int | None = None,
        every_n_secs: float | None = None,
        at_end: bool = False,
        formatter: Any = None,
    ) -> None:
        if not isinstance(tensors, dict):
            self._order = list(tensors)
            tensors = {each if isinstance(each, str) else each.name: each for each in tensors}
        else:
            self._order = list(tensors)
        self._tensors, self._formatter, self._at_end = tensors, formatter, at_end
        self._timer = (
            None if every_n_iter is None and every_n_secs is None else _Timer(every_n_secs, every_n_iter)
        )

    def begin(self) -> None:
        """Finds the tensors."""
        graph = get_default_graph()
        self._count = 0
        self._found = {key: graph.as_graph_element(each) for key, each in self._tensors.items()}

    def before_run(self, run_context: Any) -> Any:
        """Fetches them where it is time."""
        self._now = self._timer is not None and self._timer.should(self._count)
        return SessionRunArgs(self._found) if self._now else None

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Prints them."""
        if self._now:
            self._log(run_values.results)
        self._count += 1

    def _log(self, values: dict[str, Any]) -> None:
        from .._flags.logging import info

        assert self._timer is not None or self._at_end
        passed = self._timer.update(self._count) if self._timer is not None else None
        if self._formatter is not None:
            info(self._formatter(values))
            return
        text = ", ".join(f"{key} = {values[key]}" for key in values)
        info(f"{text} ({passed[0]:.3f} sec)" if passed is not None else text)

    def end(self, session: Any) -> None:
        """Prints them once more where that is wanted."""
        if self._at_end:
            self._log(session.run(self._found))


@export("train.CheckpointSaverListener")
class CheckpointSaverListener:
    """Is called around saving."""

    def begin(self) -> None:
        """Before the session is made."""

    def before_save(self, session: Any, global_step_value: Any) -> None:
        """Before saving."""

    def after_save(self, session: Any, global_step_value: Any) -> Any:
        """After saving; True ends the loop."""

    def end(self, session: Any, global_step_value: Any) -> None:
        """At the end."""


@export("train.CheckpointSaverHook")
class CheckpointSaverHook(SessionRunHook):
    """Saves every so many steps or seconds, and at the end."""

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
        listeners: Any = None,
        save_graph_def: bool = True,
    ) -> None:
        self._dir, self._saver, self._scaffold = checkpoint_dir, saver, scaffold
        self._path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._timer = _Timer(save_secs, save_steps)
        self._listeners = list(listeners or [])

    def begin(self) -> None:
        """Finds the global step."""
        self._global_step_tensor = _step()
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Saves the beginning."""
        step = int(session.run(self._global_step_tensor))
        self._save(session, step)
        self._timer.update(step)

    def before_run(self, run_context: Any) -> Any:
        """Fetches the step."""
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Saves where it is time."""
        if self._timer.should(int(run_values.results) + 1):
            step = int(run_context.session.run(self._global_step_tensor))
            if self._timer.should(step):
                self._timer.update(step)
                if self._save(run_context.session, step):
                    run_context.request_stop()

    def end(self, session: Any) -> None:
        """Saves the end."""
        step = int(session.run(self._global_step_tensor))
        if step != self._timer.last_step:
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session: Any, step: int) -> bool:
        for listener in self._listeners:
            listener.before_save(session, step)
        saver = self._saver or (self._scaffold.saver if self._scaffold is not None else None)
        if saver is None:
            from .saver import Saver

            saver = self._saver = Saver(allow_empty=True)
        saver.save(session, self._path, global_step=step)
        stop = False
        for listener in self._listeners:
            stop = bool(listener.after_save(session, step)) or stop
        return stop


@export("train.StepCounterHook")
class StepCounterHook(SessionRunHook):
    """Says how many steps are done in a second."""

    def __init__(
        self,
        every_n_steps: int | None = 100,
        every_n_secs: float | None = None,
        output_dir: Any = None,
        summary_writer: Any = None,
    ) -> None:
        self._timer = _Timer(every_n_secs, every_n_steps if every_n_secs is None else None)
        self._output_dir, self._writer = output_dir, summary_writer

    def begin(self) -> None:
        """Finds the global step."""
        self._global_step_tensor = _step()
        if self._writer is None and self._output_dir:
            from .._summary.writer import FileWriterCache

            self._writer = FileWriterCache.get(self._output_dir)

    def before_run(self, run_context: Any) -> Any:
        """Fetches the step."""
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Counts."""
        step = int(run_values.results)
        if self._timer.should(step):
            passed = self._timer.update(step)
            if passed is not None and passed[0] > 0 and self._writer is not None:
                from .._summary.messages import Summary

                value = Summary.Value(
                    tag=f"{self._global_step_tensor.op.name}/sec", simple_value=passed[1] / passed[0]
                )
                self._writer.add_summary(Summary(value=[value]), step)


@export("train.SummarySaverHook")
class SummarySaverHook(SessionRunHook):
    """Writes summaries every so many steps or seconds."""

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: Any = None,
        summary_writer: Any = None,
        scaffold: Any = None,
        summary_op: Any = None,
    ) -> None:
        self._summary_op, self._scaffold = summary_op, scaffold
        self._output_dir, self._writer = output_dir, summary_writer
        self._timer = _Timer(save_secs, save_steps)

    def begin(self) -> None:
        """Opens the writer."""
        if self._writer is None and self._output_dir:
            from .._summary.writer import FileWriterCache

            self._writer = FileWriterCache.get(self._output_dir)
        self._global_step_tensor = _step()
        self._next = 0

    def before_run(self, run_context: Any) -> Any:
        """Fetches the summaries where it is time."""
        self._now = self._timer.should(self._next)
        fetches: dict[str, Any] = {"step": self._global_step_tensor}
        ops = self._ops()
        if self._now and ops:
            fetches["summary"] = ops
        return SessionRunArgs(fetches)

    def _ops(self) -> list[Any]:
        found = (
            self._summary_op if self._summary_op is not None else getattr(self._scaffold, "summary_op", None)
        )
        return [] if found is None else list(found) if isinstance(found, (list, tuple)) else [found]

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Writes them."""
        if self._writer is None:
            return
        step = int(run_values.results["step"])
        if self._now:
            self._timer.update(step)
            for each in run_values.results.get("summary", ()):
                self._writer.add_summary(each, step)
        self._next = step + 1

    def end(self, session: Any) -> None:
        """Writes what is left."""
        if self._writer is not None:
            self._writer.flush()


@export("train.FinalOpsHook")
class FinalOpsHook(SessionRunHook):
    """Runs something at the end."""

    def __init__(self, final_ops: Any, final_ops_feed_dict: Any = None) -> None:
        self._ops, self._feed = final_ops, final_ops_feed_dict
        self.final_ops_values: Any = None

    def end(self, session: Any) -> None:
        """Runs it."""
        if self._ops is not None:
            self.final_ops_values = session.run(self._ops, feed_dict=self._feed)


@export("train.FeedFnHook")
class FeedFnHook(SessionRunHook):
    """Feeds what a function gives."""

    def __init__(self, feed_fn: Any) -> None:
        self.feed_fn = feed_fn

    def before_run(self, run_context: Any) -> Any:
        """Calls it."""
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())


@export("train.GlobalStepWaiterHook")
class GlobalStepWaiterHook(SessionRunHook):
    """Waits until another worker has come to a step: there is no other."""

    def __init__(self, wait_until_step: int) -> None:
        self.wait_until_step = wait_until_step


@export("train.ProfilerHook")
class ProfilerHook(SessionRunHook):
    """Accepted, without effect: see tg.profiler."""

    def __init__(
        self,
        save_steps: Any = None,
        save_secs: Any = None,
        output_dir: str = "",
        show_dataflow: bool = True,
        show_memory: bool = False,
    ) -> None:
        self.output_dir = output_dir
