"""The record of an edit: its events, in the transaction of their cause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.policies.models import AccountEdit


def record_edit(event: Event, edit: AccountEdit, *, actor: str, now: datetime, data: dict[str, Any]) -> None:
    number = edit.account.account_id
    facts = {"account": number, "edit": edit.number, "sha256": edit.sha256}
    log.record(event, actor=actor, subject=number, account_id=number, now=now, data=facts | data)
