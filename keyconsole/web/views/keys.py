from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from keyconsole.web.guards import signed_in


@signed_in
def keys(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse("keys")


@signed_in
def export(request: HttpRequest, fmt: str) -> HttpResponse:
    return HttpResponse(fmt)
