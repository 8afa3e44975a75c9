"""Policies as people write them, for the tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from keyconsole.policies.document.parse import parse_rules
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.versions.apply import apply_at_the_terminal

TWO_GROUPS = [{"group": "platform", "at_least": 1}, {"group": "security", "at_least": 1}]


def document(**over: Any) -> dict[str, Any]:
    return {"name": "payments", "rule": "approve", "requirements": [{"group": "", "at_least": 1}], **over}


def rules(**over: Any) -> Rules:
    return parse_rules(document(**over))


def confirm(**over: Any) -> Rules:
    return rules(rule="confirm", requirements=[], **over)


def window(**over: Any) -> dict[str, Any]:
    return {"days": ["mon"], "start": "09:00", "end": "17:00", "time_zone": "UTC", **over}


def freeze(**over: Any) -> dict[str, Any]:
    return {
        "from_at": "2026-12-20T00:00:00+00:00",
        "to_at": "2027-01-04T00:00:00+00:00",
        "why": "Year end",
        **over,
    }


def apply_rules(some: Rules, *, by: str, why: str, now: datetime) -> PolicyVersion:
    return apply_at_the_terminal(some, name=some.name, by=by, why=why, now=now)
