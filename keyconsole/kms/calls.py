"""Counts the requests that really go out to AWS, retries included, by operation and Region."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any


class CallCounter:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[tuple[str, str]] = Counter()

    def watch(self, client: Any, *, region: str) -> None:
        """Count each attempt of `client` just before it is sent."""

        def count(*, event_name: str, **_: Any) -> None:
            operation = event_name.rsplit(".", 1)[-1]
            with self._lock:
                self._calls[operation, region] += 1

        client.meta.events.register("before-send", count)

    def count(self, operation: str, region: str | None = None) -> int:
        """Calls of the operation in the Region, or in all of them."""
        return sum(
            number
            for (called, where), number in self.snapshot().items()
            if called == operation and region in (None, where)
        )

    def snapshot(self) -> dict[tuple[str, str], int]:
        with self._lock:
            return dict(self._calls)

    def by_operation(self) -> dict[str, int]:
        totals: Counter[str] = Counter()
        for (operation, _), number in self.snapshot().items():
            totals[operation] += number
        return dict(totals)

    @property
    def total(self) -> int:
        return sum(self.snapshot().values())
