"""A change's life as a table that a security officer can read. Pure."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"  # waits for approval
    APPROVED = "approved"  # may run
    EXECUTING = "executing"  # a worker looks, compares and calls AWS once
    SETTLING = "settling"  # the call is out; every Region is watched
    DONE = "done"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    STALE = "stale"  # the key no longer is as in the plan
    NOT_APPLIED = "not_applied"  # the primary did not move, or was moved on since
    UNKNOWN = "unknown"  # two people closed it: what came of its call could not be told


MAY_BECOME: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.APPROVED, State.REJECTED, State.CANCELLED, State.EXPIRED, State.STALE}),
    State.APPROVED: frozenset(
        {State.PENDING, State.EXECUTING, State.REJECTED, State.CANCELLED, State.EXPIRED, State.STALE}
    ),
    State.EXECUTING: frozenset({State.SETTLING, State.APPROVED, State.STALE, State.NOT_APPLIED}),
    State.SETTLING: frozenset({State.DONE, State.NOT_APPLIED, State.UNKNOWN}),
    State.DONE: frozenset(),
    State.REJECTED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
    State.STALE: frozenset(),
    State.NOT_APPLIED: frozenset(),
    State.UNKNOWN: frozenset(),
}

CLOSED = frozenset(state for state, following in MAY_BECOME.items() if not following)
OPEN = frozenset(State) - CLOSED
IN_FLIGHT = frozenset({State.EXECUTING, State.SETTLING})


def in_words(state: str) -> str:
    """As it reads after *is*: not applied, closed as unknown."""
    return "closed as unknown" if state == State.UNKNOWN else state.replace("_", " ")
