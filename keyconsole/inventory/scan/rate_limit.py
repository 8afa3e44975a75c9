"""A polite share of an account's quota: evenly spaced calls, and patience where AWS says slower.

One pace belongs to one account and Region, and is used by one thread.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from keyconsole.kms.errors import KmsError, Throttled

T = TypeVar("T")

# On top of the SDK's own few quick retries: a sweep can wait where a person could not.
_PAUSES = (1.0, 2.0, 4.0, 8.0)


class Stopped(KmsError):  # noqa: N818 - named as the gateway names its errors
    """Nobody waits for the answer any more; nothing was sent."""

    said = "was not asked"


class Pace:
    def __init__(
        self,
        *,
        calls_per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._gap = 1 / calls_per_second
        self._clock = clock
        self._sleep = sleep
        self._stopped = stopped
        self._next = 0.0

    def call(self, ask: Callable[[], T]) -> T:
        """Ask when it is due; raise Throttled only after long patience."""
        for pause in _PAUSES:
            self._wait()
            try:
                return ask()
            except Throttled:
                # From here on half as fast: the quota is shared with those who work there.
                self._gap *= 2
                self._sleep(pause * random.uniform(0.5, 1.0))  # nosec B311  # noqa: S311 - spreads load, hides nothing
        self._wait()
        return ask()

    def _wait(self) -> None:
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._gap
        if self._stopped():
            raise Stopped(operation="The rest")
