"""Asks the provider again about people who are signed in. A worker does; no page ever waits for it.

Where no worker runs or the provider is away nothing changes but the time of the last confirmation: pages tell
it, and the session ends when it is older than KEYCONSOLE_SSO_GRACE_HOURS.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from keyconsole import lease
from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso.failures import SignInFailed
from keyconsole.people.sso.identity import confirm, could_not_ask, end_sessions, read_again_from
from keyconsole.people.sso.oidc.flow import Tokens
from keyconsole.people.sso.oidc.provider import the_provider
from keyconsole.people.sso.oidc.renewal import GrantOver, NothingToAskWith, renew
from keyconsole.people.sso.secrets_kept import deciphered
from keyconsole.people.sso.trusted_proxy import ISSUER

# Longer than all requests of one renewal may take.
LEASE = timedelta(minutes=2)
AGAIN_AFTER_FAILURE = timedelta(minutes=1)
NO_TOKEN = "there is nothing (more) to ask the provider with: it gave no refresh token"  # noqa: S105
REVOKED = "the provider says that the grant is over"


def identities() -> QuerySet[SsoIdentity]:
    """None where this worker knows no provider: another one may."""
    rows = SsoIdentity.objects.select_related("person")
    return rows if the_provider() else rows.none()


def step(identity: SsoIdentity, *, clock: Callable[[], datetime]) -> None:
    """Ask once about one person, and say when again."""
    if not lease.take(identity, now=clock(), lasts=LEASE):
        return
    lease.give_back(identity, due_at=_asked(identity, clock=clock))


def _asked(identity: SsoIdentity, *, clock: Callable[[], datetime]) -> datetime | None:
    """When to ask again: not at all where nobody is signed in, or where there is nothing to ask with."""
    provider = the_provider()
    by_proxy = identity.issuer == ISSUER  # it says so itself, with each request
    if provider is None or by_proxy or not _is_signed_in(identity, now=clock()):
        return None
    tokens = Tokens(deciphered(identity.access_token), deciphered(identity.refresh_token))
    try:
        renewed = renew(provider, tokens, sub=identity.sub)
    except NothingToAskWith:
        could_not_ask(identity, why=NO_TOKEN, now=clock())
        return None
    except GrantOver:
        end_sessions(identity, why=REVOKED, now=clock())
        return None
    except SignInFailed as failed:
        could_not_ask(identity, why=str(failed), now=clock())
        return clock() + AGAIN_AFTER_FAILURE
    confirm(identity, renewed.groups, renewed.tokens, now=clock())
    return read_again_from(clock())


def _is_signed_in(identity: SsoIdentity, *, now: datetime) -> bool:
    keys = UserSession.objects.filter(user=identity.person_id).values("session_key")
    return Session.objects.filter(session_key__in=keys, expire_date__gt=now).exists()
