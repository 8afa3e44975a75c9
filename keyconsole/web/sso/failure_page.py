"""What somebody reads whose sign-in came to nothing, and what the record holds of it."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from allauth.account.adapter import DefaultAccountAdapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.sso.failures import SignInFailed, Why

UNKNOWN_PERSON = "unknown person"
# Anybody can send nonsense here: of one address so many entries in so many seconds.
_ENTRIES_AT_MOST, _WITHIN_SECONDS = 20, 300
# An address may be that of a whole office. Each return takes requests to the provider.
_RETURNS_AT_MOST = 200
_STATUS = {
    Why.PROVIDER_DOWN: HTTPStatus.SERVICE_UNAVAILABLE,
    Why.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Why.LINK_OVER: HTTPStatus.GONE,
}


def failed(request: HttpRequest, failure: SignInFailed, *, via: str = "single sign-on") -> HttpResponse:
    record_failure(request, failure, via=via)
    status = _STATUS.get(failure.why, HTTPStatus.FORBIDDEN)
    return render(request, "sso/failed.html", {"why": failure.why, "via": via}, status=status)


def record_failure(request: HttpRequest, failure: SignInFailed, *, via: str) -> None:
    address = address_of(request)
    if not is_within(f"failed sign-in from {address}", at_most=_ENTRIES_AT_MOST):
        return
    about = failure.username or UNKNOWN_PERSON
    data = {"address": address, "via": via, "why": failure.why.value, "detail": failure.detail}
    with transaction.atomic():
        record(Event.PERSON_SIGN_IN_FAILED, actor=about, subject=about, now=timezone.now(), data=data)


def refuse_too_many(request: HttpRequest) -> None:
    """Raises SignInFailed: nobody keeps our threads busy with waiting for the provider."""
    if not is_within(f"return to {address_of(request)}", at_most=_RETURNS_AT_MOST):
        raise SignInFailed(Why.TOO_MANY)


def is_within(about: str, *, at_most: int) -> bool:
    """False once there were so many of the same within some minutes."""
    key = f"entries-{hashlib.sha256(about.encode()).hexdigest()}"
    if cache.add(key, 1, _WITHIN_SECONDS):
        return True
    try:
        return cache.incr(key) <= at_most
    except ValueError:  # it ended between the two
        return True


def address_of(request: HttpRequest) -> str:
    try:
        return str(DefaultAccountAdapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""
