"""When a person last proved who they are, and asking for it again. Through the sign-in library's own flow."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest

from keyconsole.changes.requests.begin_emergency import FRESH_FOR


def proved_at(request: HttpRequest) -> datetime | None:
    """The last re-authentication. For who has no way to do that here, such as SSO alone: the last sign-in."""
    records = get_authentication_records(request, request.user)
    if get_reauthentication_flows(request.user):
        records = [record for record in records if record.get("reauthenticated")]
    return datetime.fromtimestamp(records[-1]["at"], UTC) if records else None


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    proved = proved_at(request)
    return proved is not None and now - proved <= FRESH_FOR


def insist_on_fresh_proof(request: HttpRequest, *, now: datetime) -> None:
    """Send the person to prove it; what they had sent goes on afterwards. Returns where they cannot here."""
    if not is_fresh(request, now=now) and get_reauthentication_flows(request.user):
        raise ReauthenticationRequired
