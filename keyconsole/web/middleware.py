"""What holds for every request: what it may carry, when its session ends, that no answer to it is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from keyconsole.people import sessions
from keyconsole.people.last_seen import note_seen
from keyconsole.web.addresses import address_of, user_agent_of
from keyconsole.web.fragments import HtmxRequest, is_poll

GetResponse = Callable[[HttpRequest], HttpResponse]
LAST_CLICK = "last_click"
SIGNED_IN = "signed_in"
# The key under which the session stands in the list of its person's sessions.
LISTED = "listed"
# Between two clicks the stamp is written at most this often, so that most pages write nothing.
_STAMP_EVERY_SECONDS = 60


class NothingKept:
    """Neither a browser's history nor a proxy keeps a page. Static files are answered above this."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "private, no-store"
        return response


class FormsOnly:
    """Refuses by its head what no form of ours sends, before CSRF reads a body and files are written."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (request.content_type or "").startswith("multipart/"):
            return _refused("KeyConsole takes forms, not files.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return _refused(
                "This is more than a form of KeyConsole can hold.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
        return self.get_response(request)


class SignedOutPolls:
    """A redirect to sign-in would land inside the part that asked; htmx is told to move the whole window."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        htmx = cast("HtmxRequest", request).htmx
        sign_in = resolve_url(settings.LOGIN_URL)
        if not htmx or urlsplit(response.headers.get("Location", "")).path != sign_in:
            return response
        back_to = urlencode({REDIRECT_FIELD_NAME: htmx.current_url_abs_path or "/"})
        told = HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": f"{sign_in}?{back_to}"})
        patch_vary_headers(told, ["HX-Request", "Cookie"])
        return told


class SessionEnds:
    """Ends a session some minutes after the last click (polls are none), and some hours after the sign-in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._look_at(request, now=int(time.time()))
        return self.get_response(request)

    def _look_at(self, request: HttpRequest, *, now: int) -> None:
        # Without the stamps it did not begin with a sign-in here, or before there was a list of sessions.
        session = request.session
        signed_in, last_click = session.get(SIGNED_IN, 0), session.get(LAST_CLICK)
        idle = last_click is not None and now - last_click >= settings.KEYCONSOLE_IDLE_MINUTES * 60
        if idle or LISTED not in session or now - signed_in >= settings.KEYCONSOLE_SESSION_HOURS * 60 * 60:
            logout(request)
            return
        if session[LISTED] != session.session_key:
            _list_anew(request)
        if last_click is None or (not is_poll(request) and now - last_click >= _STAMP_EVERY_SECONDS):
            session[LAST_CLICK] = now
            _note_click(request)


def stamp_sign_in(*, request: HttpRequest, user: User, **_: Any) -> None:
    """A session's hours count from the sign-in that began it; proving oneself again is none."""
    request.session[SIGNED_IN] = int(time.time())
    _list(request, user)


def _list(request: HttpRequest, person: User) -> None:
    key, now = request.session.session_key or "", timezone.now()
    sessions.begin(person, key=key, address=address_of(request), user_agent=user_agent_of(request), now=now)
    note_seen(person, now=now)
    request.session[LISTED] = key


def _list_anew(request: HttpRequest) -> None:
    """A new password gave the session a new key."""
    key = request.session.session_key or ""
    sessions.rename(request.session[LISTED], key)
    request.session[LISTED] = key


def _note_click(request: HttpRequest) -> None:
    now, key = timezone.now(), request.session.session_key or ""
    sessions.seen(key, address=address_of(request), user_agent=user_agent_of(request), now=now)
    if isinstance(request.user, User):
        note_seen(request.user, now=now)


def _length(request: HttpRequest) -> int:
    """As Django will take it: a body without a length, or with nonsense for one, is never read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refused(sentence: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=status)
