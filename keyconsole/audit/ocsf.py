"""An entry as an event of OCSF, class API Activity (6003), for a SIEM.

OCSF is the Open Cybersecurity Schema Framework, https://schema.ocsf.io. What it has no place for stands in
`unmapped`: the entry's data as it was recorded, and both hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from keyconsole import __version__
from keyconsole.audit.events import DESCRIPTIONS, Event
from keyconsole.audit.models import Entry

SCHEMA: Final = "1.3.0"
_CLASS, _CATEGORY = 6003, 6
_OTHER = 99
_ACTIVITIES = {1: "Create", 2: "Read", 3: "Update", 4: "Delete"}
_CREATE, _READ, _UPDATE, _DELETE = _ACTIVITIES
_VERBS: Mapping[str, int] = {
    "activated": _UPDATE,
    "added": _CREATE,
    "applied": _UPDATE,
    "asked": _CREATE,
    "cancelled": _DELETE,
    "changed": _UPDATE,
    "confirmed": _UPDATE,
    "disabled": _DELETE,
    "done": _UPDATE,
    "enabled": _UPDATE,
    "ended": _DELETE,
    "exported": _READ,
    "first_seen": _CREATE,
    "granted": _CREATE,
    "groups_read": _READ,
    "invited": _CREATE,
    "joined": _CREATE,
    "left": _DELETE,
    "lifted": _UPDATE,
    "linked": _CREATE,
    "made": _CREATE,
    "mapped": _CREATE,
    "password_changed": _UPDATE,
    "primary_moved": _UPDATE,
    "proposed": _CREATE,
    "removed": _DELETE,
    "renamed": _UPDATE,
    "replica_appeared": _CREATE,
    "replica_gone": _DELETE,
    "requested": _CREATE,
    "reset": _DELETE,
    "review_started": _CREATE,
    "revoked": _DELETE,
    "set": _UPDATE,
    "tested": _READ,
    "unit_read": _READ,
    "unmapped": _DELETE,
    "withdrawn": _DELETE,
}
_INFORMATIONAL, _LOW, _MEDIUM, _HIGH = 1, 2, 3, 4
_SEVERITIES: Mapping[str, int] = {
    Event.EMERGENCY_USED: _HIGH,
    Event.KEY_PRIMARY_MOVED: _HIGH,
    Event.RECORD_WENT_BACK: _HIGH,
    Event.PERSON_EMERGENCY_LINK_MADE: _MEDIUM,
    Event.FREEZE_SET: _MEDIUM,
    Event.CHANGE_UNKNOWN: _MEDIUM,
    Event.CHANGE_OVERDUE: _MEDIUM,
    Event.SSO_HEADER_IGNORED: _MEDIUM,
    Event.PERSON_SIGN_IN_FAILED: _LOW,
    Event.TOKEN_REFUSED: _LOW,
    Event.CHANGE_NOT_APPLIED: _LOW,
    Event.NOTIFICATION_FAILED: _LOW,
}
_FAILURES = frozenset(
    {
        Event.PERSON_SIGN_IN_FAILED,
        Event.TOKEN_REFUSED,
        Event.CHANGE_NOT_APPLIED,
        Event.CHANGE_COULD_NOT_LOOK,
        Event.NOTIFICATION_FAILED,
    }
)
_NOT_PEOPLE = ("keyconsole", "worker ", "the terminal of ")


def ocsf_event(entry: Entry) -> dict[str, Any]:
    activity = _VERBS.get(entry.event.partition(".")[2], _OTHER)
    failed = entry.event in _FAILURES
    return {
        "class_uid": _CLASS,
        "class_name": "API Activity",
        "category_uid": _CATEGORY,
        "category_name": "Application Activity",
        "activity_id": activity,
        "activity_name": _ACTIVITIES.get(activity, entry.event.partition(".")[2] or "Other"),
        "type_uid": _CLASS * 100 + activity,
        "severity_id": _SEVERITIES.get(entry.event, _INFORMATIONAL),
        "status_id": 2 if failed else 1,
        "status": "Failure" if failed else "Success",
        "time": int(entry.at.timestamp() * 1000),
        "message": DESCRIPTIONS.get(entry.event, entry.event),
        "actor": _actor(entry.actor),
        "api": _api(entry),
        "src_endpoint": _source(entry.data),
        "cloud": _cloud(entry.account_id),
        "resources": _resources(entry),
        "metadata": _metadata(entry),
        "unmapped": {"data": entry.data, "previous": entry.previous, "sha256": entry.sha256},
    }


def _actor(name: str) -> dict[str, Any]:
    """Workers and the server's operator are no people here."""
    kind = (3, "System") if name.startswith(_NOT_PEOPLE) else (1, "User")
    return {"app_name": "KeyConsole", "user": {"name": name, "type_id": kind[0], "type": kind[1]}}


def _api(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {"operation": entry.event, "service": {"name": "KeyConsole"}}
    request_id = entry.data.get("request_id")
    return told | ({"request": {"uid": request_id}} if request_id and isinstance(request_id, str) else {})


def _source(data: Mapping[str, Any]) -> dict[str, str]:
    """As free text: what an entry calls an address may be a terminal's host. Most entries name none."""
    address = data.get("address")
    return {"svc_name": "KeyConsole"} | ({"name": address} if address and isinstance(address, str) else {})


def _cloud(account_id: str) -> dict[str, Any]:
    return {"provider": "AWS"} | ({"account": {"uid": account_id}} if account_id else {})


def _resources(entry: Entry) -> list[dict[str, str]]:
    """What the entry is about, and the key of a change."""
    noun = entry.event.partition(".")[0].replace("_", " ")
    found = [{"type": noun, "name": entry.subject or noun}]
    key_id = entry.data.get("key_id")
    if key_id and isinstance(key_id, str):
        found.append({"type": "multi-Region key", "uid": key_id})
    return found


def _metadata(entry: Entry) -> dict[str, Any]:
    return {
        "version": SCHEMA,
        "profiles": ["cloud"],
        "uid": entry.sha256,
        "sequence": entry.number,
        "event_code": entry.event,
        "log_name": "audit",
        "product": {"name": "KeyConsole", "vendor_name": "KeyConsole", "version": __version__},
    }
