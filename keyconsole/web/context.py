"""What the frame around every page needs. Lazy: a fragment never pays for the rail."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from keyconsole.aws_accounts.permissions import can_somewhere
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.needs import needs_count
from keyconsole.policies import freezing


class RailEntry(NamedTuple):
    name: str
    url: str
    icon: str
    current: bool


_RAIL = (
    ("Overview", "overview"),
    ("Keys", "keys"),
    ("Changes", "changes"),
    ("Audit", "audit"),
    ("Accounts", "accounts"),
    ("Policies", "policies"),
    ("Help", "help"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "organisation": settings.KEYCONSOLE_ORGANISATION,
        "is_sandbox": settings.KEYCONSOLE_DEMO,
        "frozen": cache(lambda: _frozen(request)),
        "needs_me": cache(lambda: _needs_me(request)),
        "rail": cache(lambda: _rail(request)),
    }


def _person(request: HttpRequest) -> User | None:
    person = getattr(request, "user", None)
    return person if isinstance(person, User) else None


def _frozen(request: HttpRequest) -> str:
    return freezing.current_words() if _person(request) else ""


def _needs_me(request: HttpRequest) -> int:
    person = _person(request)
    return needs_count(person) if person else 0


def _rail(request: HttpRequest) -> list[RailEntry]:
    person = _person(request)
    if person is None:
        return []
    hidden = set() if can_somewhere(person, Permission.READ_AUDIT) else {"audit"}
    return [
        RailEntry(name, reverse(icon), icon, _is_under(request.path, reverse(icon)))
        for name, icon in _RAIL
        if icon not in hidden
    ]


def _is_under(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
