"""Records what happens to a batch as a whole. Its lines record what happens to each of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.changes.models import Batch


def record_batch_event(
    batch: Batch, event: Event, *, actor: str, now: datetime, data: dict[str, Any]
) -> None:
    """The entry names an account where all of the batch is in it: its auditors may read it then."""
    accounts = {line["account_id"] for line in batch.plan["lines"]}
    account_id = accounts.pop() if len(accounts) == 1 else ""
    record(event, actor=actor, subject=batch.ref, now=now, account_id=account_id, data=data)
