"""A bound on work as a whole, where each call has its own: a Region that answers in drops holds nobody up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


def each_within(
    seconds: float, works: Sequence[Callable[[], T]], *, needed: int | None = None, grace: float = 0.0
) -> list[T | None]:
    """Does all of it at the same time; None for what has not answered then. Raises what a work raises.

    Where only the first `needed` are waited for (all of them by default), the others get no more than `grace`
    seconds after these. What comes too late is thrown away: its thread ends by the time-outs of its own
    calls, and touches neither the database nor anything of the caller's.
    """
    running = [_Running(work) for work in works]
    deadline = time.monotonic() + seconds
    for each in running[:needed]:
        each.wait_until(deadline)
    deadline = min(deadline, time.monotonic() + grace)
    for each in running:
        each.wait_until(deadline)
    return [each.result() for each in running]


class _Running(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._answer: T | None = None
        self._error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def wait_until(self, deadline: float) -> None:
        self.thread.join(max(deadline - time.monotonic(), 0))

    def result(self) -> T | None:
        if self.thread.is_alive():
            return None
        if self._error is not None:
            raise self._error
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
            self._error = error
