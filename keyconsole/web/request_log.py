"""One line in the log for each request, and the id by which people and the log speak of the same one."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from keyconsole.logs.about import about

logger = logging.getLogger("keyconsole.requests")

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)


class RequestLog:
    """The outermost of all: what the others refuse has its line, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        request_id = request_id_of(request)
        request.request_id = request_id  # type: ignore[attr-defined]
        with about(request_id=request_id):
            response = self.get_response(request)
            response.headers[HEADER] = request_id
            _tell(request, response.status_code, round((time.monotonic() - began) * 1000))
        return response


def request_id_of(request: HttpRequest) -> str:
    """The proxy's, where there is one; nobody else chooses by what name a request is looked for."""
    given = request.headers.get(HEADER, "")
    if settings.KEYCONSOLE_BEHIND_PROXY and _WELL_FORMED.fullmatch(given):
        return given
    return uuid.uuid4().hex


def _tell(request: HttpRequest, status: int, milliseconds: int) -> None:
    """By its route's name: an address may hold a link that works once, and its query what somebody looks for.

    The time is that until the answer begins; an export goes on after it.
    """
    method, route = request.method or "", _route(request)
    facts = {"method": method, "route": route, "status": status, "milliseconds": milliseconds}
    if person := _person(request):
        facts["person"] = person
    logger.info("Answered.", extra={"facts": facts})


def _route(request: HttpRequest) -> str:
    if request.resolver_match:
        return request.resolver_match.url_name or "unnamed"
    return "static" if request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/") else "none"


def _person(request: HttpRequest) -> str:
    """Who came, or who came in by this very request; never looked up for this line alone."""
    now = request.__dict__.get("user")
    for user in (getattr(request, "_cached_user", None), None if isinstance(now, SimpleLazyObject) else now):
        if user is not None and user.is_authenticated:
            return str(user.get_username())
    return ""
