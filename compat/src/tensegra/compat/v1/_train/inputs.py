"""Input through queues: producers, readers, batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .._apply import convert_to_tensor, from_array
from .._arrays import identity
from .._core import tg
from .._data.queues import FIFOQueue, PaddingFIFOQueue, RandomShuffleQueue
from .._data.sources import _opened, records
from .._errors import invalid
from .._graph import GraphKeys, get_default_graph, name_scope
from .._random import random_shuffle
from .._symbols import export
from .._variables import Variable, count_up_to
from .coordinator import QueueRunner, add_queue_runner


@export("train.limit_epochs")
def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Any:
    """The tensor, so many times; the next run fails with OutOfRangeError."""
    if num_epochs is None:
        return tensor
    with name_scope(name, "limit_epochs") as scope:
        epochs = Variable(
            convert_to_tensor(0, tg.int64),
            name="epochs",
            trainable=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
        )
        counted = count_up_to(epochs, num_epochs)
        with get_default_graph().control_dependencies([counted]):
            return identity(tensor, name=scope)


@export("train.input_producer")
def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: Any = None,
    summary_name: Any = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> Any:
    """A queue with the rows of a tensor."""
    with name_scope(name, "input_producer"):
        tensor = convert_to_tensor(input_tensor)
        shape = tensor.shape[1:] if element_shape is None else element_shape
        rows = random_shuffle(tensor, seed=seed) if shuffle else tensor
        rows = limit_epochs(rows, num_epochs)
        queue = FIFOQueue(capacity, [tensor.dtype], [shape], name=name or "input_producer")
        add_queue_runner(QueueRunner(queue, [queue.enqueue_many([rows])], cancel_op=cancel_op))
        return queue


@export("train.string_input_producer")
def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: Any = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> Any:
    """A queue with strings, such as the names of files."""
    if not hasattr(string_tensor, "dtype") and not len(string_tensor):
        raise invalid(
            "train.string_input_producer",
            "there must be strings",
            "none",
            "Check the pattern of the files.",
            "TG-7313",
        )
    return input_producer(
        convert_to_tensor(string_tensor, tg.string),
        [],
        num_epochs,
        shuffle,
        seed,
        capacity,
        name=name or "input_producer",
    )


@export("train.range_input_producer")
def range_input_producer(
    limit: Any, num_epochs: int | None = None, shuffle: bool = True, seed: int | None = None, capacity: int = 32,
    shared_name: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """A queue with numbers."""
    from .._arrays import range as range_of

    return input_producer(
        range_of(limit), [], num_epochs, shuffle, seed, capacity, name=name or "input_producer"
    )


@export("train.slice_input_producer")
def slice_input_producer(
    tensor_list: Any, num_epochs: int | None = None, shuffle: bool = True, seed: int | None = None, capacity: int = 32,
    shared_name: Any = None, name: str | None = None,
) -> list[Any]:  # fmt: skip
    """The same row of several tensors."""
    from .._arrays import gather, shape

    with name_scope(name, "input_producer"):
        tensors = [convert_to_tensor(each) for each in tensor_list]
        whole: Any = shape(tensors[0])
        count = tensors[0].shape[0].value
        queue = range_input_producer(
            count if count is not None else whole[0], num_epochs, shuffle, seed, capacity
        )
        index = queue.dequeue()
        return [gather(each, index) for each in tensors]


@export("train.match_filenames_once")
def match_filenames_once(pattern: Any, name: str | None = None) -> Any:
    """A local variable with the names of the files that fit a pattern."""
    from .._files import glob

    found = glob(pattern)
    return Variable(
        np.array(found, dtype=object), name=name or "matching_filenames", trainable=False, validate_shape=False,
        collections=[GraphKeys.LOCAL_VARIABLES],
    )  # fmt: skip


def _batched(
    tensors: Any,
    make: Any,
    batch_size: Any,
    num_threads: int,
    enqueue_many: bool,
    shapes: Any,
    smaller: bool,
    scope: str,
) -> Any:
    names = sorted(tensors) if isinstance(tensors, dict) else None
    single = not isinstance(tensors, (list, tuple, dict))
    listed = [tensors] if single else [tensors[key] for key in names] if names is not None else list(tensors)
    values = [convert_to_tensor(each) for each in listed]
    inner = [each.shape[1:] if enqueue_many else each.shape for each in values] if shapes is None else shapes
    with name_scope(scope):
        queue = make([each.dtype for each in values], inner)
        fill = queue.enqueue_many(values) if enqueue_many else queue.enqueue(values)
        add_queue_runner(QueueRunner(queue, [fill] * num_threads))
        made = queue.dequeue_up_to(batch_size) if smaller else queue.dequeue_many(batch_size)
    found = [made] if not isinstance(made, list) else made
    if single:
        return found[0]
    if names is not None:
        return dict(zip(names, found))
    return found


@export("train.batch")
def batch(
    tensors: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: Any = None,
    name: str | None = None,
) -> Any:
    """So many examples in one, collected by threads."""
    kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
    return _batched(
        tensors,
        lambda dtypes, inner: kind(capacity, dtypes, inner),
        batch_size,
        num_threads,
        enqueue_many,
        shapes,
        allow_smaller_final_batch,
        name or "batch",
    )


@export("train.shuffle_batch")
def shuffle_batch(
    tensors: Any, batch_size: Any, capacity: int, min_after_dequeue: int, num_threads: int = 1, seed: int | None = None,
    enqueue_many: bool = False, shapes: Any = None, allow_smaller_final_batch: bool = False, shared_name: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """The same in random order."""
    return _batched(
        tensors,
        lambda dtypes, inner: RandomShuffleQueue(capacity, min_after_dequeue, dtypes, inner, seed=seed),
        batch_size,
        num_threads,
        enqueue_many,
        shapes,
        allow_smaller_final_batch,
        name or "shuffle_batch",
    )


@export("train.batch_join")
def batch_join(
    tensors_list: Any, batch_size: Any, capacity: int = 32, enqueue_many: bool = False, **options: Any
) -> Any:
    """Examples of several sources in one batch."""
    queue = None
    values = [[convert_to_tensor(each) for each in tensors] for tensors in tensors_list]
    inner = [each.shape[1:] if enqueue_many else each.shape for each in values[0]]
    with name_scope(options.get("name"), "batch_join"):
        queue = FIFOQueue(capacity, [each.dtype for each in values[0]], inner)
        fills = [queue.enqueue_many(each) if enqueue_many else queue.enqueue(each) for each in values]
        add_queue_runner(QueueRunner(queue, fills))
        return (
            queue.dequeue_up_to(batch_size)
            if options.get("allow_smaller_final_batch")
            else queue.dequeue_many(batch_size)
        )


@export("train.shuffle_batch_join")
def shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    seed: int | None = None,
    enqueue_many: bool = False,
    **options: Any,
) -> Any:
    """The same in random order."""
    values = [[convert_to_tensor(each) for each in tensors] for tensors in tensors_list]
    inner = [each.shape[1:] if enqueue_many else each.shape for each in values[0]]
    with name_scope(options.get("name"), "shuffle_batch_join"):
        queue = RandomShuffleQueue(
            capacity, min_after_dequeue, [each.dtype for each in values[0]], inner, seed=seed
        )
        fills = [queue.enqueue_many(each) if enqueue_many else queue.enqueue(each) for each in values]
        add_queue_runner(QueueRunner(queue, fills))
        return (
            queue.dequeue_up_to(batch_size)
            if options.get("allow_smaller_final_batch")
            else queue.dequeue_many(batch_size)
        )


@export("ReaderBase")
class ReaderBase:
    """Reads records from the files that a queue names."""

    def __init__(self, name: str | None = None, **options: Any) -> None:
        self._name = name or type(self).__name__

    def _records(self, path: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Key and value of each record of a file."""
        raise NotImplementedError

    def _next(self, state: Any, queue: Any) -> tuple[bytes, bytes]:
        opened = state.extra.get(self)
        while True:
            if opened is None:
                path = queue._store(state).take(1, False, queue.name)[0][0]
                opened = state.extra[self] = self._records(path.item() if hasattr(path, "item") else path)
            found = next(opened, None)
            if found is not None:
                return found
            opened = state.extra[self] = None

    def read(self, queue: Any, name: str | None = None) -> Any:
        """Key and value of the next record: another one in each run."""

        def host(session: Any, feeds: Any) -> list[Any]:
            return [tg.constant(each) for each in self._next(session.state, queue)]

        op = get_default_graph().create(
            "ReaderReadV2", lambda *values: list(values), (), name, outputs=[(tg.string, []), (tg.string, [])],
            attributes={"host": host},
        )  # fmt: skip
        return op.outputs[0], op.outputs[1]

    def read_up_to(self, queue: Any, num_records: int, name: str | None = None) -> Any:
        """Keys and values of the next records."""

        def host(session: Any, feeds: Any) -> list[Any]:
            found = [self._next(session.state, queue)]
            while len(found) < num_records:
                try:
                    found.append(self._next(session.state, queue))
                except tg.errors.OutOfRangeError:
                    break
            return [from_array(np.array(column, dtype=object), tg.string) for column in zip(*found)]

        op = get_default_graph().create(
            "ReaderReadUpToV2",
            lambda *values: list(values),
            (),
            name,
            outputs=[(tg.string, [None]), (tg.string, [None])],
            attributes={"host": host},
        )
        return op.outputs[0], op.outputs[1]


@export("TextLineReader")
class TextLineReader(ReaderBase):
    """Lines of text."""

    def __init__(self, skip_header_lines: int | None = None, name: str | None = None) -> None:
        super().__init__(name)
        self._skip = skip_header_lines or 0

    def _records(self, path: bytes) -> Iterator[tuple[bytes, bytes]]:
        with _opened(path, None) as file:
            for number, line in enumerate(file):
                if number >= self._skip:
                    yield path + b":%d" % (number + 1), line.rstrip(b"\n").removesuffix(b"\r")


@export("TFRecordReader")
class TFRecordReader(ReaderBase):
    """Records of TFRecord files."""

    def _records(self, path: bytes) -> Iterator[tuple[bytes, bytes]]:
        with _opened(path, None) as file:
            for number, record in enumerate(records(file, path)):
                yield path + b":%d" % number, record


@export("WholeFileReader")
class WholeFileReader(ReaderBase):
    """Whole files."""

    def _records(self, path: bytes) -> Iterator[tuple[bytes, bytes]]:
        with _opened(path, None) as file:
            yield path, file.read()


@export("IdentityReader")
class IdentityReader(ReaderBase):
    """What the queue holds."""

    def _records(self, path: bytes) -> Iterator[tuple[bytes, bytes]]:
        yield path, path


@export("FixedLengthRecordReader")
class FixedLengthRecordReader(ReaderBase):
    """Records of one length."""

    def __init__(
        self,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        hop_bytes: Any = None,
        name: Any = None,
        encoding: Any = None,
    ) -> None:
        super().__init__(name)
        self._sizes = (int(record_bytes), int(header_bytes or 0), int(footer_bytes or 0))

    def _records(self, path: bytes) -> Iterator[tuple[bytes, bytes]]:
        size, head, foot = self._sizes
        with _opened(path, None) as file:
            data = file.read()
        data = data[head : len(data) - foot]
        for place in range(0, len(data) - size + 1, size):
            yield path + b":%d" % (place // size), data[place : place + size]
