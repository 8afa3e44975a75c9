"""Counts every AWS call that reached the sandbox, by operation, account and Region."""

from __future__ import annotations

import threading
from collections import Counter


class Calls:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, *, operation: str, account: str, region: str) -> None:
        with self._lock:
            self._counts[operation, account, region] += 1

    def reset(self) -> None:
        with self._lock:
            self._counts.clear()

    def as_dict(self) -> dict[str, object]:
        with self._lock:
            counts = sorted(self._counts.items())
        by_operation: Counter[str] = Counter()
        for (operation, _, _), count in counts:
            by_operation[operation] += count
        return {
            "total": by_operation.total(),
            "by_operation": dict(by_operation),
            "calls": [
                {"operation": operation, "account": account, "region": region, "count": count}
                for (operation, account, region), count in counts
            ],
        }
