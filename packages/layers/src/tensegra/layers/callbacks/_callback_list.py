"""All callbacks of one call of fit, evaluate or predict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from .._errors import check_choice, invalid
from ._callback import Callback
from ._history import History
from ._progbar_logger import ProgbarLogger

_HOOKS = frozenset(name for name in vars(Callback) if name.startswith("on_"))


class CallbackList:
    """Calls the same method of each callback, in order: the user's, then History, then the progress bar.

    It has every `on_...` method of `Callback`.
    """

    def __init__(
        self,
        callbacks: Callback | Sequence[Any] | None,
        model: Any,
        verbose: int | str,
        epochs: int,
        steps: int | None,
        history: bool = False,
    ) -> None:
        verbose = 1 if verbose == "auto" else verbose
        check_choice("fit", "verbose", verbose, (0, 1, 2))
        given = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or [])
        for callback in given:
            if not isinstance(callback, Callback):
                raise invalid(
                    "fit",
                    "callbacks are instances of tg.keras.callbacks.Callback.",
                    f"{type(callback).__name__} {callback!r}",
                    "Make an instance, such as EarlyStopping().",
                    "TG-1050",
                )
        if history and not any(isinstance(callback, History) for callback in given):
            given.append(History())
        if verbose and not any(isinstance(callback, ProgbarLogger) for callback in given):
            given.append(ProgbarLogger())
        self.callbacks: list[Callback] = given
        self.params = {"verbose": verbose, "epochs": epochs, "steps": steps}
        for callback in given:
            callback.set_params(self.params)
            callback.set_model(model)
        if history:
            model.history = next(callback for callback in given if isinstance(callback, History))

    def __getattr__(self, name: str) -> Any:
        if name not in _HOOKS:
            raise AttributeError(name)

        def call(*args: Any) -> None:
            for callback in self.callbacks:
                getattr(callback, name)(*args)

        return call

    def set_steps(self, steps: int) -> None:
        """Tells how many steps an epoch turned out to have."""
        if self.params["steps"] is None:
            self.params["steps"] = steps

    def close(self) -> None:
        """Ends what is drawn on the terminal."""
        for callback in self.callbacks:
            if isinstance(callback, ProgbarLogger):
                callback.close()

    @contextmanager
    def testing(self, inside: bool) -> Iterator[None]:
        """An evaluation; one inside of `fit` leaves the terminal to it."""
        try:
            yield
        finally:
            if not inside:
                self.close()

    def __enter__(self) -> CallbackList:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
