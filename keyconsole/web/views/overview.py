from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from keyconsole.web.guards import signed_in


@signed_in
def overview(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse("overview")
