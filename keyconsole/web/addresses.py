"""Where a request comes from, as the record and the list of sessions say it."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def address_of(request: HttpRequest | None) -> str:
    """Empty where nobody can tell."""
    if request is None:
        return ""
    try:
        return str(DefaultAccountAdapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""


def user_agent_of(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_USER_AGENT", ""))
