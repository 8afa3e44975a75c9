"""Faults that are switched on by name while the sandbox runs.

Owns which faults are on and whom they match. What a fault does stands where it bites: http.py (the
connection), aws.py (answers in place of acting) and the operations (`ignore`, `stale-reads`,
`never-settle`, `shared-unasked`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass

BEFORE_ACTING = (
    "region-down",
    "unreachable-account",
    "role-missing",
    "timeout-before",
    "throttle",
    "expired-token",
    "deny",
    "server-error",
)
AFTER_ACTING = ("timeout-after", "drop-after", "server-error-after")
WHILE_ACTING = ("stale-reads", "never-settle", "ignore", "shared-unasked")
NAMES = (*BEFORE_ACTING, *AFTER_ACTING, *WHILE_ACTING)
ANY = "*"


@dataclass
class Fault:
    """`times` counts down to its end (None: until cleared); `seconds` is the time to hold a connection,
    or how long reads stay stale after a move (None: the fault's own default)."""

    name: str
    operation: str = ANY
    account: str = ANY
    region: str = ANY
    times: int | None = None
    seconds: float | None = None
    standing: bool = False
    """Part of the story: stays on when the faults are cleared."""

    def matches(self, *, operation: str, account: str, region: str) -> bool:
        return (
            self.operation in (ANY, operation)
            and self.account in (ANY, account)
            and self.region in (ANY, region)
        )


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: list[Fault] = []

    def add(self, fault: Fault) -> None:
        if fault.name not in NAMES:
            raise ValueError(f"There is no fault named {fault.name!r}. Known: {', '.join(sorted(NAMES))}.")
        with self._lock:
            self._on.append(fault)

    def clear(self, name: str | None = None) -> None:
        with self._lock:
            self._on = [fault for fault in self._on if fault.standing or name not in (None, fault.name)]

    def take(self, names: Iterable[str], *, operation: str, account: str, region: str) -> Fault | None:
        """The first fault that matches, used once."""
        with self._lock:
            for fault in self._on:
                if fault.name in names and fault.matches(operation=operation, account=account, region=region):
                    self._use(fault)
                    return fault
        return None

    def is_on(self, name: str, *, operation: str, account: str, region: str) -> Fault | None:
        """Like take, but looking does not use the fault up."""
        for fault in tuple(self._on):
            if fault.name == name and fault.matches(operation=operation, account=account, region=region):
                return fault
        return None

    def as_dicts(self) -> list[dict[str, object]]:
        with self._lock:
            return [asdict(fault) for fault in self._on]

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._on.remove(fault)
