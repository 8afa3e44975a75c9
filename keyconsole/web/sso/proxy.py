"""People whom a trusted proxy signs in, by a header. From anywhere else that header counts for nothing.

Whom it names with a request is who acts in it; when it names nobody the session ends.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.models import GroupsAnswer
from keyconsole.people.sso.failures import SignInFailed
from keyconsole.people.sso.identity import vouched_for
from keyconsole.people.sso.oidc.claims import Claims, Groups, present
from keyconsole.people.sso.trusted_proxy import ISSUER, is_the_proxy, is_used
from keyconsole.web.sso.failure_page import failed, is_within
from keyconsole.web.sso.session import BY_PROXY, begin_by_proxy, end

NAMED_NOBODY = "Your session ended: the proxy no longer says that you are signed in."
CAME_AROUND = "Your session ended: the request did not come through the proxy that signed you in."
_FOR_PROBES = ("healthy", "ready")


class SignedInByProxy:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_used() and request.path not in {reverse(name) for name in _FOR_PROBES}:
            peer = str(request.META.get("REMOTE_ADDR", ""))
            if not is_the_proxy(peer):
                _ignore(request, peer)
            elif problem := _follow(request):
                return problem
        return self.get_response(request)


def _follow(request: HttpRequest) -> HttpResponse | None:
    """Be whom the proxy names. An answer only where that cannot be."""
    username = request.META.get(_name(settings.KEYCONSOLE_PROXY_USER_HEADER), "").strip()
    kept = request.session.get(BY_PROXY)
    if not username:
        if kept:
            end(request, NAMED_NOBODY)
        return None
    facts = {"username": username, "groups": _groups_header(request)}
    if request.user.is_authenticated and kept == facts:
        return None
    claims = Claims(issuer=ISSUER, sub=username, username=username, groups=_groups(request))
    try:
        identity = vouched_for(claims, now=timezone.now())
    except SignInFailed as failure:
        if request.user.is_authenticated:
            end(request, NAMED_NOBODY)
        return failed(request, failure, via=BY_PROXY)
    if kept and request.user.pk == identity.person_id and kept["username"] == username:
        request.session[BY_PROXY] = facts  # the same person, in other groups
    else:
        begin_by_proxy(request, identity, facts=facts)
    return None


def _ignore(request: HttpRequest, peer: str) -> None:
    if request.session.get(BY_PROXY):
        end(request, CAME_AROUND)
    header = settings.KEYCONSOLE_PROXY_USER_HEADER
    if not request.META.get(_name(header)):
        return
    address = peer or "a unix socket"
    if is_within(f"header from {address}", at_most=1):
        data = {"address": address, "header": header}
        with transaction.atomic():
            record(Event.SSO_HEADER_IGNORED, actor=address, subject=address, now=timezone.now(), data=data)


def _groups(request: HttpRequest) -> Groups:
    """A header that is not sent says nothing; one that is empty says that there are none."""
    sent = _groups_header(request)
    if sent is None:
        return Groups(GroupsAnswer.ABSENT)
    return present([each.strip() for each in sent.split(",") if each.strip()])


def _groups_header(request: HttpRequest) -> str | None:
    header = settings.KEYCONSOLE_PROXY_GROUPS_HEADER
    sent = request.META.get(_name(header)) if header else None
    return None if sent is None else str(sent)


def _name(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"
