"""What the frame around every page needs. Lazy: a fragment never pays for the rail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from keyconsole.aws_accounts.permissions import reach_of
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.approvals.inbox import needs_count
from keyconsole.notifications.retry import dead_letters
from keyconsole.policies.models import Freeze
from keyconsole.policies.schedule import freeze
from keyconsole.worker import heartbeat


class RailEntry(NamedTuple):
    name: str
    url: str
    icon: str
    current: bool
    waiting: int
    waiting_for: str


_RAIL = (
    ("Overview", "overview"),
    ("Keys", "keys"),
    ("Changes", "changes"),
    ("Audit", "audit"),
    ("Accounts", "accounts"),
    ("Policies", "policies"),
    ("People", "people"),
    ("Notifications", "notifications"),
    ("Help", "help"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    needs_me = cache(lambda: _needs_me(request))
    return {
        "organisation": settings.KEYCONSOLE_ORGANISATION,
        "is_sandbox": settings.KEYCONSOLE_DEMO,
        "sso_only": settings.KEYCONSOLE_SSO_ONLY,
        "frozen": cache(lambda: _frozen(request)),
        "no_worker": cache(lambda: _no_worker(request)),
        "needs_me": needs_me,
        "rail": cache(lambda: _rail(request, needs_me)),
    }


def _person(request: HttpRequest) -> User | None:
    person = getattr(request, "user", None)
    return person if isinstance(person, User) else None


def _frozen(request: HttpRequest) -> Freeze | None:
    return freeze.current() if _person(request) else None


def _no_worker(request: HttpRequest) -> dict[str, datetime | None]:
    """Empty while somebody works; else since when nobody was seen (None: nobody ever)."""
    if _person(request) is None:
        return {}
    pulse = heartbeat.pulse(now=timezone.now())
    return {} if pulse.somebody_works else {"since": pulse.last_seen}


def _needs_me(request: HttpRequest) -> int:
    person = _person(request)
    return needs_count(person) if person else 0


def _rail(request: HttpRequest, needs_me: Callable[[], int]) -> list[RailEntry]:
    person = _person(request)
    if person is None:
        return []
    hidden = _hidden(person)
    counts = {"changes": (needs_me(), "need you")}
    if "notifications" not in hidden:
        counts["notifications"] = (dead_letters(), "not delivered")
    return [
        RailEntry(
            name, reverse(icon), icon, _is_under(request.path, reverse(icon)), *counts.get(icon, (0, ""))
        )
        for name, icon in _RAIL
        if icon not in hidden
    ]


def _hidden(person: User) -> set[str]:
    """Rooms that would only refuse this person."""
    reach = reach_of(person)
    allowed = {
        "audit": Permission.READ_AUDIT in reach.somewhere,
        "people": Permission.ADMINISTER in reach.somewhere,
        "notifications": Permission.ADMINISTER in reach.everywhere,
    }
    return {room for room, may_enter in allowed.items() if not may_enter}


def _is_under(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
