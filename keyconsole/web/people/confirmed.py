"""What an administrator confirms about a person by proving again who they are. None where nothing is sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from keyconsole.web.guards import Confirms
from keyconsole.web.reauthentication import Confirmation


def sending(words: str) -> Confirms:
    """Of a form with a preview: only its last step does anything."""

    def confirmed(request: HttpRequest, **named: Any) -> Confirmation | None:
        sends = request.POST.get("step") == "send"
        return Confirmation(words.format(**named)) if sends else None

    return confirmed


def doing(words: str) -> Confirms:
    def confirmed(request: HttpRequest, **named: Any) -> Confirmation | None:  # noqa: ARG001
        return Confirmation(words.format(**named))

    return confirmed
