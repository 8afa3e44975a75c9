"""The one switch that holds every change back, in every account, with who and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts.permissions import Person, can, people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.models import Freeze
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused, Verdict
from keyconsole.text import clean_why

SUBJECT = "freeze"
NOT_YOURS = Reason(
    Code.MAY_NOT_FREEZE,
    "Only who approves or administers in every account may freeze everything or propose to lift that.",
)
NOT_FROZEN = Reason(Code.NOT_FROZEN, "There is no freeze of everything to lift.")


def current() -> Freeze | None:
    return Freeze.objects.filter(lifted_at=None).first()


def current_words() -> str:
    """Why everything is frozen now; empty where nothing is."""
    held = current()
    return words(held) if held else ""


def words(held: Freeze) -> str:
    since = f"{held.frozen_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"Everything is frozen since {since} by {held.frozen_by}: {held.why}"


def freeze(*, by: User, why: str, now: datetime, via: str = "page") -> Freeze:
    """Raises Refused. What already was sent to AWS goes on being watched."""
    may_freeze(by).or_refuse()
    why = clean_why(why, needed="Say why everything is frozen: whoever is held back reads it.")
    try:
        with transaction.atomic():
            held = Freeze.objects.create(why=why, frozen_by=by.username, frozen_at=now)
            data = {"why": why, "via": via}
            log.record(Event.FREEZE_SET, actor=by.username, subject=SUBJECT, now=now, data=data)
    except IntegrityError:
        sentence = current_words() or "Somebody else froze everything at this moment."
        raise Refused(Reason(Code.FROZEN, sentence)) from None
    return held


def freeze_by_itself(*, why: str, now: datetime) -> bool:
    """What nobody has to be asked for: False where everything is frozen already."""
    if current():
        return False
    with transaction.atomic():
        Freeze.objects.create(why=why, frozen_by=log.ITSELF, frozen_at=now)
        data = {"why": why, "via": log.ITSELF}
        log.record(Event.FREEZE_SET, actor=log.ITSELF, subject=SUBJECT, now=now, data=data)
    return True


def lift(
    held: Freeze,
    *,
    by: str,
    because: str,
    now: datetime,
    via: str = "page",
    evidence: Mapping[str, str] | None = None,
) -> None:
    """This freeze and no later one. Who may is asked above. Raises Refused where it is lifted already."""
    with transaction.atomic():
        # Of two who lift at once, one does.
        ended = {"lifted_by": by, "lifted_at": now, "lifted_because": because}
        if not Freeze.objects.filter(pk=held.pk, lifted_at=None).update(**ended):
            raise Refused(NOT_FROZEN)
        data = {
            "frozen_by": held.frozen_by,
            "frozen_at": held.frozen_at.isoformat(),
            "why": held.why,
            "lifted_because": because,
            "via": via,
            **(evidence or {}),
        }
        log.record(Event.FREEZE_LIFTED, actor=by, subject=SUBJECT, now=now, data=data)


def people_who_may_lift() -> set[str]:
    """Who approves or administers in every account: the same people may freeze."""
    approving, administering = (
        set(people_who_can(permission, None).values_list("username", flat=True))
        for permission in (Permission.APPROVE, Permission.ADMINISTER)
    )
    return approving | administering


def may_freeze(person: Person) -> Verdict:
    held = current_words()
    return Verdict((*_not_yours(person), *([Reason(Code.FROZEN, held)] if held else [])))


def _not_yours(person: Person) -> tuple[Reason, ...]:
    allowed = can(person, Permission.APPROVE) or can(person, Permission.ADMINISTER)
    return () if allowed else (NOT_YOURS,)
