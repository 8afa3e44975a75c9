"""For load balancers: the process answers and the database is there. No facts, no sign-in."""

from __future__ import annotations

from http import HTTPStatus

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from keyconsole.web.guards import open_to_anyone


@open_to_anyone
@never_cache
@require_safe
def healthy(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _says("database unreachable", HTTPStatus.SERVICE_UNAVAILABLE)
    return _says("ok", HTTPStatus.OK)


def _says(word: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{word}\n", content_type="text/plain; charset=utf-8", status=status)
