"""Where a browser lands that opens what only takes a form: on the page that has the form.

Somebody comes there by reloading, by a bookmark, or by signing in again after their session ended.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import resolve

from keyconsole.web.fragments import wants_fragment

NOTHING_SENT = "Nothing was sent and nothing is changed. Send it again from this page."


def leads_back(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view; for a person's browser that opens it without a form, the page that the form stands on.

    Every other client, and every other method, is told 405.
    """

    @wraps(view)
    def led_back(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed) or not _is_opened_by_a_person(request):
            return response
        messages.info(request, NOTHING_SENT)
        return redirect(page_of(request.path))

    return led_back


def page_of(path: str) -> str:
    """The nearest page above that address."""
    above = path.rstrip("/").rpartition("/")[0] + "/"
    return above if above == "/" or _is_page(above) else page_of(above)


def _is_page(path: str) -> bool:
    try:
        resolve(path)
    except Http404:
        return False
    return True


def _is_opened_by_a_person(request: HttpRequest) -> bool:
    # Programs that take whatever comes do not name it; browsers do.
    names_pages = "text/html" in request.headers.get("Accept", "")
    return request.method == "GET" and names_pages and not wants_fragment(request)
