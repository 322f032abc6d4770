"""Queues: threads of the program fill them, runs take from them."""

from __future__ import annotations

import heapq
import random
import threading
from typing import Any

import numpy as np

from .._apply import convert_to_tensor, from_array
from .._core import tg
from .._errors import invalid
from .._graph import get_default_graph, get_seed
from .._operators import typed
from .._shapes import TensorShape
from .._static import constant_value
from .._symbols import export
from .._tensor import Operation, core_dtype
from .structure import as_leaf


class _Store:
    """What a queue holds in a session."""

    def __init__(self, capacity: int, least: int, seed: int | None, ordered: bool, shuffled: bool) -> None:
        self.items: list[Any] = []
        self.capacity, self.least = capacity, least
        self.closed = self.cancelled = False
        self.changed = threading.Condition()
        self.random = random.Random(seed)
        self.ordered, self.shuffled = ordered, shuffled
        self.count = 0

    def put(self, item: Any, name: str) -> None:
        with self.changed:
            while len(self.items) >= self.capacity and not self.closed:
                self.changed.wait()
            if self.closed:
                raise tg.errors.CancelledError(
                    f"[compat.v1.QueueBase.enqueue] a queue must be open. Received: {name!r}, which is closed. "
                    "Stop filling it.",
                    code="TG-7311",
                )
            if self.ordered:
                heapq.heappush(self.items, (int(item[0]), self.count, item))
                self.count += 1
            else:
                self.items.append(item)
            self.changed.notify_all()

    def take(self, count: int, some: bool, name: str) -> list[Any]:
        with self.changed:
            while not self.closed and len(self.items) < min(count + self.least, self.capacity):
                self.changed.wait()
            if (len(self.items) < count and not (some and self.items)) or (self.cancelled and not self.items):
                raise tg.errors.OutOfRangeError(
                    f"[compat.v1.QueueBase.dequeue] a queue must hold what is asked for. Received: {name!r} is "
                    f"closed and has insufficient elements (requested {count}, current size {len(self.items)}). "
                    "End the loop.",
                    code="TG-7310",
                )
            found = []
            for _ in range(min(count, len(self.items))):
                if self.ordered:
                    found.append(heapq.heappop(self.items)[2])
                else:
                    place = self.random.randrange(len(self.items)) if self.shuffled else 0
                    found.append(self.items.pop(place))
            self.changed.notify_all()
            return found

    def close(self, cancel: bool) -> None:
        with self.changed:
            self.closed = True
            self.cancelled = self.cancelled or cancel
            self.changed.notify_all()


@export("QueueBase")
class QueueBase:
    """Holds elements of several tensors."""

    _kind = "FIFOQueue"

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        name: str | None = None,
        least: int = 0,
        seed: int | None = None,
        ordered: bool = False,
        shuffled: bool = False,
        padded: bool = False,
    ) -> None:
        listed = dtypes if isinstance(dtypes, (list, tuple)) else [dtypes]
        self._dtypes = [core_dtype(each) for each in listed]
        if shapes is None:
            self._shapes = [TensorShape(None)] * len(self._dtypes)
        else:
            several = isinstance(shapes, (list, tuple)) and len(shapes) == len(self._dtypes) and not all(
                isinstance(each, int) or each is None for each in shapes
            )  # fmt: skip
            self._shapes = [TensorShape(each) for each in (shapes if several else [shapes])]
        self._names = [names] if isinstance(names, str) else None if names is None else list(names)
        if len(self._shapes) != len(self._dtypes) or (
            self._names is not None and len(self._names) != len(self._dtypes)
        ):
            raise invalid(
                "QueueBase",
                "shapes and names must be as many as dtypes",
                f"{len(self._shapes)}",
                "Give one each.",
                "TG-7312",
            )
        self._capacity = 2**31 - 1 if capacity is None or capacity < 0 else int(capacity)
        self._options = (least, seed, ordered, shuffled)
        self._padded = padded
        op = get_default_graph().create(self._kind, list, (), name, outputs=[])
        self._op = op

    name = property(lambda self: self._op.name)
    dtypes = property(lambda self: self._dtypes)
    shapes = property(lambda self: self._shapes)
    names = property(lambda self: self._names)
    queue_ref = property(lambda self: self._op)

    def _store(self, state: Any) -> _Store:
        found = state.extra.get(self)
        if found is None:
            found = state.extra.setdefault(self, _Store(self._capacity, *self._options))
        return found  # type: ignore[no-any-return]

    def _listed(self, values: Any) -> list[Any]:
        if isinstance(values, dict):
            assert self._names is not None
            values = [values[name] for name in self._names]
        elif not isinstance(values, (list, tuple)) or (len(self._dtypes) == 1 and len(values) != 1):
            values = [values]
        return [convert_to_tensor(value, dtype) for value, dtype in zip(values, self._dtypes)]

    def _filling(self, values: Any, many: bool, name: str | None) -> Operation:
        tensors = self._listed(values)

        def lower(emitter: Any, *given: Any) -> list[Any]:
            store = self._store(emitter.state)

            def put(*arrays: Any) -> None:
                parts = [np.asarray(each) for each in arrays]
                for index in range(len(parts[0])) if many else [None]:
                    store.put([part if index is None else part[index] for part in parts], self.name)

            tg.numpy_function(put, list(given), [])
            return []

        kind = f"{self.name}_{'enqueue_many' if many else 'enqueue'}"
        return get_default_graph().create(
            "QueueEnqueueV2", lower, tensors, name or kind, outputs=[], stateful=True, effect=True
        )

    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """An op that puts an element in; it waits where the queue is full."""
        return self._filling(vals, False, name)

    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """An op that puts the rows of tensors in."""
        return self._filling(vals, True, name)

    def _taking(self, count: int | None, some: bool, name: str | None) -> Any:
        rows = [] if count is None else [None if some else count]
        outputs = [
            (dtype, TensorShape(rows).concatenate(shape)) for dtype, shape in zip(self._dtypes, self._shapes)
        ]

        def host(session: Any, feeds: Any) -> list[Any]:
            taken = self._store(session.state).take(1 if count is None else count, some, self.name)
            if count is None:
                return [
                    from_array(as_leaf(part, dtype), dtype) for part, dtype in zip(taken[0], self._dtypes)
                ]
            return [
                from_array(self._joined(column), dtype) for column, dtype in zip(zip(*taken), self._dtypes)
            ]

        kind = f"{self.name}_{'dequeue' if count is None else 'dequeue_up_to' if some else 'dequeue_many'}"
        op = get_default_graph().create(
            "QueueDequeueV2",
            lambda *values: list(values),
            (),
            name or kind,
            outputs=outputs,
            attributes={"host": host},
        )
        if self._names is not None:
            return dict(zip(self._names, op.outputs))
        return op.outputs[0] if len(op.outputs) == 1 else list(op.outputs)

    def _joined(self, column: Any) -> np.ndarray:
        from .dataset import _padded, _stacked

        if self._padded:
            return _padded(column, TensorShape([None] * np.ndim(column[0])), None)
        return _stacked([np.asarray(each) if np.ndim(each) else each for each in column])

    def dequeue(self, name: str | None = None) -> Any:
        """The next element: another one in each run, which waits for it."""
        return self._taking(None, False, name)

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """The next elements in one."""
        return self._taking(_number(n), False, name)

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """The same; fewer where the queue is closed."""
        return self._taking(_number(n), True, name)

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """An op that closes it."""

        def lower(emitter: Any) -> list[Any]:
            state = emitter.state
            tg.numpy_function(lambda: self._close(state, cancel_pending_enqueues), [], [])
            return []

        return get_default_graph().create(
            "QueueCloseV2", lower, (), name or f"{self.name}_Close", outputs=[], stateful=True, effect=True
        )

    def _close(self, state: Any, cancel: bool) -> None:
        self._store(state).close(cancel)

    def is_closed(self, name: str | None = None) -> Any:
        """Whether it is closed."""
        return self._told("QueueIsClosedV2", tg.bool, lambda store: store.closed, name)

    def size(self, name: str | None = None) -> Any:
        """How many elements it holds."""
        return self._told(
            "QueueSizeV2", tg.int32, lambda store: len(store.items), name or f"{self.name}_Size"
        )

    def _told(self, kind: str, dtype: Any, tell: Any, name: str | None) -> Any:
        def host(session: Any, feeds: Any) -> list[Any]:
            return [tg.constant(tell(self._store(session.state)), dtype)]

        op = get_default_graph().create(
            kind, lambda *values: list(values), (), name, outputs=[(dtype, [])], attributes={"host": host}
        )
        return op.outputs[0]


def _number(n: Any) -> int:
    if isinstance(n, int):
        return n
    known = constant_value(typed(n))
    if known is None:
        raise invalid(
            "QueueBase.dequeue_many", "the number must be known", repr(n), "Give an int.", "TG-7312"
        )
    return int(known)


@export("FIFOQueue queue.FIFOQueue")
class FIFOQueue(QueueBase):
    """Elements come out in the order in which they went in."""

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: Any = None,
        name: str = "fifo_queue",
    ) -> None:
        super().__init__(capacity, dtypes, shapes, names, name)


@export("PaddingFIFOQueue queue.PaddingFIFOQueue")
class PaddingFIFOQueue(QueueBase):
    """The same; elements of several shapes are filled up."""

    _kind = "PaddingFIFOQueue"

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: Any = None,
        name: str = "padding_fifo_queue",
    ) -> None:
        super().__init__(capacity, dtypes, shapes, names, name, padded=True)


@export("RandomShuffleQueue queue.RandomShuffleQueue")
class RandomShuffleQueue(QueueBase):
    """Elements come out in random order; some stay in."""

    _kind = "RandomShuffleQueue"

    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: int | None = None,
        shared_name: Any = None,
        name: str = "random_shuffle_queue",
    ) -> None:
        first, second = get_seed(seed)
        mixed = None if first is None or second is None else first * 2**31 + second
        super().__init__(capacity, dtypes, shapes, names, name, int(min_after_dequeue), mixed, shuffled=True)


@export("PriorityQueue queue.PriorityQueue")
class PriorityQueue(QueueBase):
    """Elements come out by their first component."""

    _kind = "PriorityQueue"

    def __init__(
        self,
        capacity: int,
        types: Any,
        shapes: Any,
        names: Any = None,
        shared_name: Any = None,
        name: str = "priority_queue",
    ) -> None:
        kinds = list(types) if isinstance(types, (list, tuple)) else [types]
        sizes = list(shapes) if isinstance(shapes, (list, tuple)) and len(shapes) == len(kinds) else [shapes]
        super().__init__(capacity, [tg.int64, *kinds], [[], *sizes], names, name, ordered=True)
