"""What a session that began by single sign-on knows of that, and how one begins."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import user_logged_in
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso.oidc.claims import Claims
from keyconsole.people.sso.second_factor import AT_PROVIDER

# Which identity it rests on, and since when. Why it ended, for the page that one lands on then.
SSO, OVER = "sso", "sso_over"
BY_PROVIDER, BY_PROXY, BY_LINK = AT_PROVIDER, "proxy", "emergency link"


def begin(request: HttpRequest, identity: SsoIdentity, claims: Claims, *, next_url: str) -> HttpResponse:
    """Through the library's own stages: whoever has a second factor here is asked for it."""
    person = identity.person
    _leave_another(request, person)
    record_authentication(request, person, BY_PROVIDER, amr=list(claims.amr))
    request.session[SSO] = _rests_on(identity, by=BY_PROVIDER)
    response: HttpResponse = perform_login(
        request, person, email_verification="none", redirect_url=next_url or None
    )
    return response


def begin_by_link(request: HttpRequest, person: User) -> HttpResponse:
    _leave_another(request, person)
    record_authentication(request, person, BY_LINK)
    response: HttpResponse = perform_login(request, person, email_verification="none")
    return response


def begin_by_proxy(request: HttpRequest, identity: SsoIdentity, *, facts: dict[str, str | None]) -> None:
    """At once: the page that was asked for follows in the same answer."""
    _leave_another(request, identity.person)
    record_authentication(request, identity.person, BY_PROXY)
    request.session[BY_PROXY] = facts
    request.session[SSO] = _rests_on(identity, by=BY_PROXY)
    get_adapter().login(request, identity.person)
    user_logged_in.send(sender=User, request=request, user=identity.person)


def end(request: HttpRequest, why: str) -> None:
    """`why` stands on the sign-in page."""
    logout(request)
    request.session[OVER] = why


def _rests_on(identity: SsoIdentity, *, by: str) -> dict[str, Any]:
    return {"identity": identity.pk, "person": identity.person_id, "at": time.time(), "by": by}


def _leave_another(request: HttpRequest, person: User) -> None:
    """Also a sign-in of somebody that waits for a second factor: nothing of theirs goes over."""
    if request.user.is_authenticated and request.user.pk != person.pk:
        logout(request)
    request.session.pop(OVER, None)
