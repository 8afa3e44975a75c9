"""What comes due without a row of its own: scans by the clock, agreed policies and edits, reviews."""

from __future__ import annotations

from datetime import datetime, timedelta

from keyconsole.aws_accounts.grants import end_grants_that_are_over
from keyconsole.changes.approvals.deadlines import remind_of_reviews
from keyconsole.changes.execution.thin_out import thin_out_looks
from keyconsole.changes.models import Change
from keyconsole.inventory.scan.due import request_due_scans
from keyconsole.inventory.scan.thin_out import thin_out_scans
from keyconsole.notifications.thin_out import thin_out_messages
from keyconsole.people.access_review.notifications import remind_of_access_reviews
from keyconsole.people.dual_control.end import look_at_proposals
from keyconsole.policies.account_edits.apply import look_at_edits
from keyconsole.policies.versions.propose import activate_agreed
from keyconsole.worker.heartbeat import tell_of_lost
from keyconsole.worker.old_sessions import clear_ended_sessions
from keyconsole.worker.record import duties

# Later than any pause or lease that this program sets for a change in flight.
LONGEST_WAIT = timedelta(minutes=5)


def sweep(*, now: datetime) -> None:
    """Harmless where several workers sweep at once."""
    put_in_flight_right(now=now)
    tell_of_lost(now=now)
    duties.make_sure(now=now)
    activate_agreed(now=now)
    look_at_edits(now=now)
    look_at_proposals(now=now)
    end_grants_that_are_over(now=now)
    remind_of_reviews(now=now)
    remind_of_access_reviews(now=now)
    request_due_scans(now)
    clear_ended_sessions(now=now)
    thin_out(now=now)


def thin_out(*, now: datetime) -> None:
    """Rows that only grow, kept as long as the settings say; a portion of each at a time."""
    thin_out_scans(now=now)
    thin_out_messages(now=now)
    thin_out_looks(now=now)


def put_in_flight_right(*, now: datetime) -> None:
    """Where the clock was set back, what is in flight would not be looked at until it has caught up."""
    Change.objects.in_flight().filter(due_at__gt=now + LONGEST_WAIT).update(due_at=now)
