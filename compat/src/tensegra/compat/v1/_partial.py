"""`partial_run`: a run in several steps."""

from __future__ import annotations

from typing import Any

from ._errors import invalid
from ._tensor import Tensor


class PartialRun:
    """What was fed so far, and what of the graph was computed."""

    def __init__(self, session: Any, fetches: Any, feeds: Any) -> None:
        self._session = session
        self._fed: dict[Any, Any] = {}
        self._done: dict[Any, Any] = {}
        graph = session.graph
        self._allowed = {graph.as_graph_element(each) for each in fetches}
        self._feeds = {graph.as_graph_element(each) for each in feeds or ()}

    def step(self, fetches: Any, feed_dict: Any) -> Any:
        """Computes fetches with what was fed in all steps; ops run once."""
        graph = self._session.graph
        for key, value in (feed_dict or {}).items():
            tensor = graph.as_graph_element(key)
            if tensor not in self._feeds:
                raise invalid(
                    "Session.partial_run",
                    "feeds are named in the setup",
                    repr(key),
                    "Add it there.",
                    "TG-7227",
                )
            self._fed[tensor] = value
        targets: list[Any] = []
        structure = self._session._flatten(fetches, targets)
        missing = [each for each in dict.fromkeys(targets) if each not in self._done]
        for each in missing:
            if each not in self._allowed:
                raise invalid(
                    "Session.partial_run",
                    "fetches are named in the setup",
                    repr(each),
                    "Add it there.",
                    "TG-7227",
                )
        # What a former step computed is fed to this one, so that nothing runs twice.
        known = {tensor: value for tensor, value in self._done.items() if isinstance(tensor, Tensor)}
        if missing:
            found = self._session.run(missing, {**known, **self._fed})
            self._done.update(zip(missing, found))
        return structure([self._done[each] for each in targets])
