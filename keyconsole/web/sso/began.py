"""Sign-ins at the provider that began in this browser: each under its own state, for one return.

Two tabs have a state each, so neither takes the other's.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from keyconsole.people.sso.oidc.flow import Begun

_KEY = "sso_began"
LASTS_SECONDS = 600
_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Kept:
    begun: Begun
    next_url: str


def keep(request: HttpRequest, begun: Begun, *, next_url: str) -> str:
    """The state that its return will name."""
    state = secrets.token_urlsafe(32)
    newest = list(request.session.get(_KEY, {}).items())[1 - _AT_MOST :]
    request.session[_KEY] = {**dict(newest), state: {"begun": begun.as_json(), "next": next_url}}
    return state


def take(request: HttpRequest, state: str) -> Kept | None:
    """At once and for good: whatever comes of the return, no second one finds it."""
    waiting: dict[str, dict[str, Any]] = request.session.get(_KEY, {})
    found = waiting.get(state)
    if found is None:
        return None
    request.session[_KEY] = {name: each for name, each in waiting.items() if name != state}
    request.session.save()
    begun = Begun(**found["begun"])
    return Kept(begun, found["next"]) if 0 <= time.time() - begun.began_at < LASTS_SECONDS else None
