"""The only writer of audit entries. Always inside the transaction of what it records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from keyconsole.audit.chain import FIRST, Link, first_break, link_hash
from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry

ITSELF = "keyconsole"
"""The actor of what no person did."""

# Any constant: it names the advisory lock that keeps two writers from extending the chain at once.
_CHAIN_LOCK = 7_304_421


class NotInTransactionError(RuntimeError):
    """An event was to be recorded outside of the transaction that it belongs to."""


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
    if not connection.in_atomic_block:
        raise NotInTransactionError(f"{event} must be recorded in the transaction of what it describes.")
    _lock_chain()
    last = Entry.objects.order_by("-number").values_list("number", "sha256").first()
    number, previous = (last[0] + 1, last[1]) if last else (1, FIRST)
    entry = Entry(
        number=number,
        at=now,
        event=event.value,
        actor=actor,
        subject=subject,
        account_id=account_id,
        data=dict(data or {}),
        previous=previous,
    )
    entry.sha256 = link_hash(entry.content(), previous=previous)
    entry.save(force_insert=True)
    return entry


def first_broken_entry() -> int | None:
    """The number of the first entry that was changed, removed or inserted; None while the chain holds."""
    return first_break(_links())


def _links() -> Iterator[Link]:
    for entry in Entry.objects.order_by("number").iterator(chunk_size=1000):
        yield Link(entry.number, entry.content(), entry.previous, entry.sha256)


def _lock_chain() -> None:
    # SQLite's IMMEDIATE transaction already is the only writer.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
