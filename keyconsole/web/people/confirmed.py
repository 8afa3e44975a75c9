"""What an administrator confirms about a person by proving again who they are. None where nothing is sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.web.guards import Confirms
from keyconsole.web.reauthentication import Confirmation


def sending(words: str) -> Confirms:
    """Of a form with a preview: only its last step does anything."""

    def confirmed(request: HttpRequest, **named: Any) -> Confirmation | None:
        sends = request.POST.get("step") == "send"
        return Confirmation(words.format(**named)) if sends else None

    return confirmed


def giving_a_role(request: HttpRequest, username: str) -> Confirmation | None:
    """Which one and where, as far as the form names something that there is; the view checks the rest."""
    if request.POST.get("step") != "send":
        return None
    role, until = _shortened(request, "role"), _shortened(request, "until")
    account = AwsAccount.objects.filter(account_id=_shortened(request, "account")).first()
    ends = f" until {until}" if until else ""
    return Confirmation(f"give {username} a role", about=f"{role} in {account or 'all accounts'}{ends}")


def inviting(request: HttpRequest) -> Confirmation:
    return Confirmation(
        f"invite {_shortened(request, 'username') or 'somebody'}", about=_shortened(request, "email")
    )


def _shortened(request: HttpRequest, name: str) -> str:
    text = request.POST.get(name, "").strip()[:80]
    return text if text.isprintable() else ""


def doing(words: str) -> Confirms:
    def confirmed(request: HttpRequest, **named: Any) -> Confirmation | None:  # noqa: ARG001
        return Confirmation(words.format(**named))

    return confirmed
