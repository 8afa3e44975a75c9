"""The only writer of audit entries. Always inside the transaction of what it records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from keyconsole.advisory_lock import Lock, hold
from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import told_of_actor
from keyconsole.audit.leaf import write
from keyconsole.audit.models import Entry
from keyconsole.audit.verifier import FIRST, leaf_hash

ITSELF = "keyconsole"
"""The actor of what no person did."""


class NotInTransactionError(RuntimeError):
    """An event was to be recorded outside of the transaction that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What one entry tells, before it has its place in the chain."""

    event: Event
    actor: str
    subject: str
    account_id: str = ""
    data: Mapping[str, Any]


def record(
    event: Event,
    *,
    actor: str,
    subject: str,
    now: datetime,
    account_id: str = "",
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Append one entry; raises NotInTransactionError where a crash could separate it from its cause."""
    told = Happened(event=event, actor=actor, subject=subject, account_id=account_id, data=data or {})
    return record_all([told], now=now)[0]


def record_all(happened: Iterable[Happened], *, now: datetime) -> list[Entry]:
    """Append what belongs to one transaction, in this order, in a few statements however much it is."""
    told = list(happened)
    if not connection.in_atomic_block:
        names = ", ".join(sorted({each.event for each in told}))
        raise NotInTransactionError(f"{names} must be recorded in the transaction of what it describes.")
    hold(Lock.RECORD)
    last = Entry.objects.order_by("-number").values_list("number", "sha256").first()
    number, previous = last or (0, FIRST)
    entries = []
    for each in told:
        number += 1
        entry = Entry(
            number=number,
            at=now,
            event=each.event.value,
            actor=each.actor,
            subject=each.subject,
            account_id=each.account_id,
            data={**told_of_actor(each.actor, now=now), **each.data},
            previous=previous,
        )
        entry.leaf, entry.material = write(entry.content(), previous=previous)
        entry.sha256 = previous = leaf_hash(entry.leaf).hex()
        entries.append(entry)
    return Entry.objects.bulk_create(entries, batch_size=1000)
