"""All of our htmx: one view answers with its page, or with one part of it.

The partial's name is the element's id. Knows nothing of what pages show.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    htmx = cast("HtmxRequest", request).htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def is_poll(request: HttpRequest) -> bool:
    """A fragment that asks by itself says which version it has; a click never does."""
    return wants_fragment(request) and "seen" in request.GET


def unchanged(request: HttpRequest, version: object) -> HttpResponse | None:
    """204 for a poll that already has this version, else None."""
    if not is_poll(request) or request.GET["seen"] != str(version):
        return None
    return _told_apart(HttpResponse(status=HTTPStatus.NO_CONTENT))


def page(
    request: HttpRequest, template: str, partial: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The whole page, or its part `#partial` where htmx asks for it."""
    name = f"{template}#{partial}" if partial and wants_fragment(request) else template
    if "seen" in request.GET:
        # Links that keep the query string must not make the next click look like a poll.
        kept = request.GET.copy()
        del kept["seen"]
        request.GET = kept  # type: ignore[assignment]
    return _told_apart(render(request, name, dict(context), status=status))


def _told_apart(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request"])
    return response
