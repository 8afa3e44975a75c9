"""A session by single sign-on lasts while that stands for its person; and what SSO_ONLY closes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from keyconsole.people.models import SsoIdentity
from keyconsole.web.sso.session import BY_PROXY, SSO, end

GetResponse = Callable[[HttpRequest], HttpResponse]

NOT_VOUCHED_FOR = "Your session ended: single sign-on no longer stands for it. Sign in again."
NOT_CONFIRMED = (
    "Your session ended: single sign-on could not be asked about your groups for too long. Sign in again."
)
# By their names: whoever makes such a page need not know of this.
_LOCAL = {
    "mfa_login_webauthn",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_request_login_code",
    "account_confirm_login_code",
    # Links with which somebody chooses a password, and is signed in by it.
    "link",
    "link-open",
    "person-invite",
    "person-invite-again",
    "person-reset",
}


class ConfirmedIdentity:
    """Reads one row, and only for sessions that began at the provider, for which nothing here waits."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept = request.session.get(SSO) if request.user.is_authenticated else None
        if kept and kept["person"] == request.user.pk:
            self._look_at(request, kept, now=timezone.now())
        return self.get_response(request)

    def _look_at(self, request: HttpRequest, kept: dict[str, Any], *, now: datetime) -> None:
        identity = SsoIdentity.objects.filter(pk=kept["identity"], person=kept["person"]).first()
        over = identity is None or (
            identity.sessions_from is not None and kept["at"] <= identity.sessions_from.timestamp()
        )
        if identity is None or over:
            end(request, NOT_VOUCHED_FOR)
        elif kept["by"] == BY_PROXY:
            return  # it says so itself, with each request
        elif now - identity.confirmed_at >= timedelta(hours=settings.KEYCONSOLE_SSO_GRACE_HOURS):
            end(request, NOT_CONFIRMED)
        elif identity.unconfirmed_why or now - identity.confirmed_at > _overdue():
            request.groups_unconfirmed = {  # type: ignore[attr-defined]
                "since": identity.confirmed_at,
                "until": identity.confirmed_at + timedelta(hours=settings.KEYCONSOLE_SSO_GRACE_HOURS),
            }


class NoLocalSignIn:
    """With KEYCONSOLE_SSO_ONLY neither passwords nor passkeys open a session: their addresses are gone.

    Those of the library, and those of links with which a password is chosen. The library's own setting for
    it refuses to start beside second factors, which people go on having.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        name = request.resolver_match.url_name if request.resolver_match else None
        by_form = name == "account_login" and request.method == "POST"
        if settings.KEYCONSOLE_SSO_ONLY and (by_form or name in _LOCAL):
            raise Http404("Single sign-on is the only way in.")


def _overdue() -> timedelta:
    """Two turns, and what a worker may take for one: nobody is alarmed by one that comes late."""
    return timedelta(minutes=2 * settings.KEYCONSOLE_SSO_REFRESH_MINUTES + 2)
