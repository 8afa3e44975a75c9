"""The one table of statuses: a word, an icon and a tone for every state that the product shows.

Never decides anything. A value that no table knows is shown as it came, in the tone of the unknown.
"""

from __future__ import annotations

from typing import NamedTuple


class Style(NamedTuple):
    word: str
    icon: str
    tone: str


KEY_STATES = {
    "Creating": Style("Creating", "moving", "moving"),
    "Enabled": Style("Enabled", "check", "ok"),
    "Disabled": Style("Disabled", "pause", "attention"),
    "PendingDeletion": Style("Pending deletion", "trash", "danger"),
    "PendingImport": Style("Pending import", "import", "attention"),
    "PendingReplicaDeletion": Style("Pending replica deletion", "trash", "danger"),
    "Unavailable": Style("Unavailable", "unplugged", "danger"),
    "Updating": Style("Updating", "moving", "moving"),
}

ROLES = {
    "PRIMARY": Style("Primary", "primary", "accent"),
    "REPLICA": Style("Replica", "replica", "neutral"),
}

CHANGE_STATES = {
    "pending": Style("Pending", "clock", "attention"),
    "approved": Style("Approved", "check", "ok"),
    "executing": Style("Executing", "moving", "moving"),
    "settling": Style("Settling", "moving", "moving"),
    "done": Style("Done", "check", "ok"),
    "rejected": Style("Rejected", "cross", "danger"),
    "cancelled": Style("Cancelled", "stop", "neutral"),
    "expired": Style("Expired", "wait", "neutral"),
    "stale": Style("Stale", "alert", "attention"),
    "not_applied": Style("Not applied", "cross", "danger"),
    "unknown": Style("Unknown", "question", "unknown"),
}

OUTCOMES = {
    "waiting": Style("Waiting", "clock", "neutral"),
    "running": Style("Running", "moving", "moving"),
    "seen": Style("Seen", "check", "ok"),
    "empty": Style("Empty", "check", "neutral"),
    "partial": Style("Partial", "alert", "attention"),
    "denied": Style("Denied", "lock", "attention"),
    "unreachable": Style("Unreachable", "unplugged", "danger"),
    "failed": Style("Failed", "cross", "danger"),
    "skipped": Style("Skipped", "skip", "neutral"),
    "finished": Style("Finished", "check", "ok"),
    "lost": Style("Lost", "unplugged", "attention"),
}

DELIVERY_STATES = {
    "waiting": Style("Waiting", "clock", "neutral"),
    "failed": Style("Will be tried again", "wait", "attention"),
    "sent": Style("Sent", "check", "ok"),
    "dead": Style("Not delivered", "cross", "danger"),
}

VERSION_STATES = {
    "proposed": Style("Proposed", "clock", "attention"),
    "active": Style("Holds", "check", "ok"),
    "superseded": Style("Superseded", "skip", "neutral"),
    "rejected": Style("Rejected", "cross", "danger"),
    "withdrawn": Style("Withdrawn", "stop", "neutral"),
}

PERSON_STATES = {
    "active": Style("Active", "check", "ok"),
    "disabled": Style("Disabled", "stop", "danger"),
    "invited": Style("Invited", "clock", "attention"),
    "invitation_over": Style("Invitation over", "wait", "neutral"),
}

REVIEW_ANSWERS = {
    "waits": Style("Waits", "clock", "attention"),
    "confirmed": Style("Confirmed", "check", "ok"),
    "removed": Style("Removed", "cross", "danger"),
    "gone": Style("Gone before", "skip", "neutral"),
    "not answered": Style("Not answered", "alert", "attention"),
}

ACCESS_STATES = {
    "proposed": Style("Waiting", "clock", "attention"),
    "applied": Style("Done", "check", "ok"),
    "rejected": Style("Rejected", "cross", "danger"),
    "withdrawn": Style("Withdrawn", "stop", "neutral"),
    "expired": Style("Expired", "clock", "neutral"),
    "stale": Style("Ended by itself", "skip", "neutral"),
}

VISIBILITIES = {
    "seen": Style("Seen", "eye", "ok"),
    "stale": Style("Stale", "clock", "attention"),
    "denied": Style("Denied", "lock", "attention"),
    "unreachable": Style("Unreachable", "unplugged", "danger"),
    "unknown": Style("Unknown", "question", "unknown"),
    "unlooked": Style("Not looked yet", "question", "unknown"),
    "gone": Style("Gone", "cross", "neutral"),
}

CAUSES = {
    "change": Style("Change", "changes", "accent"),
    "out_of_band": Style("Out of band", "alert", "attention"),
    "first_seen": Style("First seen", "eye", "neutral"),
    "unknown": Style("Unknown", "question", "unknown"),
}

CHECKS = {
    "ok": Style("OK", "check", "ok"),
    "fail": Style("Refused", "cross", "danger"),
    "refused": Style("Refused", "cross", "danger"),
    "warn": Style("Warning", "alert", "attention"),
    "warning": Style("Warning", "alert", "attention"),
    "unknown": Style("Unknown", "question", "unknown"),
    "waiting": Style("Waiting", "clock", "neutral"),
}


def style(table: dict[str, Style], value: object) -> Style:
    """Hyphens and underscores are the same here: the database and the code spell some names differently."""
    given = str(value or "")
    return (
        table.get(given)
        or table.get(given.replace("-", "_"))
        or Style(given or "unknown", "question", "unknown")
    )
