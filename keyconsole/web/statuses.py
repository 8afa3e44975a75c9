"""The one table of statuses: a word, an icon and a tone for every state that the product shows.

Never decides anything. A value that no table knows is shown as it came, in the tone of the unknown.
"""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    word: str
    icon: str
    tone: str


KEY_STATES = {
    "Creating": Look("Creating", "moving", "moving"),
    "Enabled": Look("Enabled", "check", "ok"),
    "Disabled": Look("Disabled", "pause", "attention"),
    "PendingDeletion": Look("Pending deletion", "trash", "danger"),
    "PendingImport": Look("Pending import", "import", "attention"),
    "PendingReplicaDeletion": Look("Pending replica deletion", "trash", "danger"),
    "Unavailable": Look("Unavailable", "unplugged", "danger"),
    "Updating": Look("Updating", "moving", "moving"),
}

ROLES = {
    "PRIMARY": Look("Primary", "primary", "accent"),
    "REPLICA": Look("Replica", "replica", "neutral"),
}

CHANGE_STATES = {
    "pending": Look("Pending", "clock", "attention"),
    "approved": Look("Approved", "check", "ok"),
    "executing": Look("Executing", "moving", "moving"),
    "settling": Look("Settling", "moving", "moving"),
    "done": Look("Done", "check", "ok"),
    "rejected": Look("Rejected", "cross", "danger"),
    "cancelled": Look("Cancelled", "stop", "neutral"),
    "expired": Look("Expired", "wait", "neutral"),
    "stale": Look("Stale", "alert", "attention"),
    "not_applied": Look("Not applied", "cross", "danger"),
}

OUTCOMES = {
    "waiting": Look("Waiting", "clock", "neutral"),
    "running": Look("Running", "moving", "moving"),
    "seen": Look("Seen", "check", "ok"),
    "empty": Look("Empty", "check", "neutral"),
    "partial": Look("Partial", "alert", "attention"),
    "denied": Look("Denied", "lock", "attention"),
    "unreachable": Look("Unreachable", "unplugged", "danger"),
    "failed": Look("Failed", "cross", "danger"),
    "skipped": Look("Skipped", "skip", "neutral"),
    "finished": Look("Finished", "check", "ok"),
    "lost": Look("Lost", "unplugged", "attention"),
}

DELIVERY_STATES = {
    "waiting": Look("Waiting", "clock", "neutral"),
    "failed": Look("Will be tried again", "wait", "attention"),
    "sent": Look("Sent", "check", "ok"),
    "dead": Look("Not delivered", "cross", "danger"),
}

VERSION_STATES = {
    "proposed": Look("Proposed", "clock", "attention"),
    "active": Look("Holds", "check", "ok"),
    "superseded": Look("Superseded", "skip", "neutral"),
    "rejected": Look("Rejected", "cross", "danger"),
    "withdrawn": Look("Withdrawn", "stop", "neutral"),
}

VISIBILITIES = {
    "seen": Look("Seen", "eye", "ok"),
    "stale": Look("Stale", "clock", "attention"),
    "denied": Look("Denied", "lock", "attention"),
    "unreachable": Look("Unreachable", "unplugged", "danger"),
    "unknown": Look("Unknown", "question", "unknown"),
    "unlooked": Look("Not looked yet", "question", "unknown"),
    "gone": Look("Gone", "cross", "neutral"),
}

CAUSES = {
    "change": Look("Change", "changes", "accent"),
    "out_of_band": Look("Out of band", "alert", "attention"),
    "first_seen": Look("First seen", "eye", "neutral"),
    "unknown": Look("Unknown", "question", "unknown"),
}

CHECKS = {
    "ok": Look("OK", "check", "ok"),
    "fail": Look("Refused", "cross", "danger"),
    "refused": Look("Refused", "cross", "danger"),
    "warn": Look("Warning", "alert", "attention"),
    "warning": Look("Warning", "alert", "attention"),
    "unknown": Look("Unknown", "question", "unknown"),
    "waiting": Look("Waiting", "clock", "neutral"),
}


def look(table: dict[str, Look], value: object) -> Look:
    """Hyphens and underscores are the same here: the database and the code spell some names differently."""
    given = str(value or "")
    return (
        table.get(given)
        or table.get(given.replace("-", "_"))
        or Look(given or "unknown", "question", "unknown")
    )
