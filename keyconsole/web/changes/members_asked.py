"""What the pages of an emergency show of another member's agreement: waited for, given, or never given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from keyconsole.changes.models import Change
from keyconsole.changes.requests import emergency_agreement as agreement
from keyconsole.changes.states import State


def members_asked(change: Change, person: User, *, now: datetime) -> dict[str, Any]:
    """What the pages of an emergency show of the agreement that it waits for, or got."""
    asked = agreement.agreement_of(change) if change.is_emergency else None
    if asked is None:
        return {"member_asked": None}
    waits = asked.member is None and change.state == State.PENDING
    members = agreement.members_asked(asked, change) if waits else ()
    return {
        "member_asked": asked,
        "member_waits_for": agreement.waits_for_member(asked, members) if waits else "",
        "may_agree": agreement.may_agree(person, change, now=now) if waits else None,
    }
