"""What a move that is done has done: the roles afterwards, and the period of the new primary."""

from __future__ import annotations

from datetime import datetime

from keyconsole.changes.models import Attempt, Change
from keyconsole.inventory.models import Cause
from keyconsole.inventory.periods import record_primary
from keyconsole.kms.facts import Role


def role_after(change: Change, region: str) -> str:
    return Role.PRIMARY.value if region == change.to_region else Role.REPLICA.value


def keep(change: Change, attempt: Attempt, *, ours: bool, now: datetime) -> None:
    """A move that was made elsewhere began at a moment that nobody knows: it is told as found now."""
    record_primary(
        change.key,
        region=change.to_region,
        at=attempt.started_at if ours else now,
        cause=Cause.CHANGE if ours else Cause.OUT_OF_BAND,
        change_ref=change.ref if ours else "",
        sent_at=attempt.started_at,
    )
