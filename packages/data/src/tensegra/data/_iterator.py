"""One pass over a data set."""

from __future__ import annotations

from collections.abc import Iterator as AbstractIterator

from tensegra import errors

from ._stage import Stage
from ._structure import Nest
from ._tensors import to_tensors


class Iterator(AbstractIterator[Nest]):
    """One pass over a `Dataset`: what ``iter(dataset)`` gives.

    Dropping it (leaving a ``for`` loop early, ``del``) ends the pass and its background threads.

    Example:
        >>> import tensegra as tg
        >>> iterator = iter(tg.data.Dataset.range(2))
        >>> int(next(iterator)), int(iterator.get_next())
        (0, 1)
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._records = stage.records()

    def __next__(self) -> Nest:
        return to_tensors(next(self._records))

    def get_next(self) -> Nest:
        """The next element.

        Returns:
            A nest of `tg.Tensor`.

        Raises:
            tg.errors.OutOfRangeError: The pass is over.
        """
        try:
            return next(self)
        except StopIteration:
            raise errors.OutOfRangeError(
                "[data.Iterator.get_next] an element can be had only before the end of the data set."
                " Received: a call after the last element. Begin a new pass with iter(dataset), or"
                " repeat() the data set.",
                code="TG-2006",
            ) from None

    @property
    def element_spec(self) -> Nest:
        """A nest of `tg.TensorSpec`: what the elements look like."""
        return self._stage.spec()
