"""What comes due without a row of its own: scans by the clock, agreed policies, reviews."""

from __future__ import annotations

from datetime import datetime

from keyconsole.changes.approvals.deadlines import remind_of_reviews
from keyconsole.inventory.scan.due import request_due_scans
from keyconsole.policies.versions.propose import activate_agreed


def sweep(*, now: datetime) -> None:
    """Harmless where several workers sweep at once."""
    activate_agreed(now=now)
    remind_of_reviews(now=now)
    request_due_scans(now)
