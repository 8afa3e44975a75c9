"""A verb at the terminal: its options are the action's inputs, and a no ends the command with status 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from keyconsole.changes.actions.action import Action, Actor, Subject
from keyconsole.changes.cli.arguments import REFUSED, USAGE
from keyconsole.people.proof import Proof
from keyconsole.refusals import Refused


def act(action: Action[Subject, Any], subject: Subject, options: Mapping[str, Any], proof: Proof) -> None:
    """Each option that is an input is called like it (`dest`). What was done already is refused here."""
    actor = Actor(by=proof.person, now=timezone.now(), via=proof.via, proof=proof.given)
    read = {name: _READ[name](value) if name in _READ else value for name, value in options.items()}
    try:
        with proof.acting():
            action.do(subject, action.given(read), actor)
    except Refused as refused:
        raise CommandError(f"Refused: {refused}", returncode=REFUSED) from None


def _moment(text: str) -> datetime | None:
    """Without an offset it is UTC."""
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(
            f"{text[:40]!r} is not a time. Write 2026-11-30T18:00, which is UTC.", returncode=USAGE
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# The inputs that are more than the text, or the yes or no, that was typed.
_READ: Mapping[str, Callable[[str], object]] = {"run_at": _moment}
