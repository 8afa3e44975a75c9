"""The events of proposals under dual control, all with the same facts in the same places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.people.models import AccessProposal


def record_proposal(
    event: Event, proposal: AccessProposal, *, actor: str, now: datetime, data: Mapping[str, Any]
) -> None:
    log.record(
        event,
        actor=actor,
        subject=proposal.subject,
        account_id=proposal.account_id,
        now=now,
        data={"proposal": proposal.ref, "kind": proposal.kind, "sha256": proposal.sha256, **data},
    )
