"""Something that the demo story tells of: when, and what to do so that the record has it.

The record is a chain in the order of time, so happenings are told sorted, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keyconsole.audit import log
from keyconsole.audit.events import Event


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    tell: Callable[[datetime], object]


def recorded(
    event: Event,
    *,
    at: datetime,
    actor: str,
    subject: str,
    account_id: str = "",
    data: dict[str, Any] | None = None,
) -> Happening:
    def tell(now: datetime) -> object:
        return log.record(event, actor=actor, subject=subject, now=now, account_id=account_id, data=data)

    return Happening(at, tell)


def tell_in_order(happenings: Iterable[Happening]) -> None:
    for happening in sorted(happenings, key=lambda each: each.at):
        happening.tell(happening.at)
