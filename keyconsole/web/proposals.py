"""Deciding on what somebody proposed, from its page: which one was meant, and what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from keyconsole.refusals import Refused


def number_sent(request: HttpRequest, name: str) -> int:
    """The number that the form carried, for another proposal may wait by now; 0 where it is none."""
    number = request.POST.get(name, "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0


def say(request: HttpRequest, decide: Callable[[], str]) -> None:
    """Do it, and tell what came of it, or why it was refused."""
    try:
        messages.success(request, decide())
    except Refused as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
