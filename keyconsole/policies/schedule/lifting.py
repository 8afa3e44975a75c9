"""Lifting the freeze of everything: proposed by one and agreed to by another, or done at the terminal.

Whoever froze may propose to lift, or agree: that two want it is enough.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from keyconsole.audit.given_proof import GivenProof
from keyconsole.aws_accounts.roles import Role
from keyconsole.aws_accounts.told import tell_of_power
from keyconsole.people.dual_control.alone import everywhere_ever
from keyconsole.people.dual_control.kind import Decision, Facts, Kind
from keyconsole.people.dual_control.may import why_not_proposed
from keyconsole.people.dual_control.propose import propose
from keyconsole.people.dual_control.sight import proposal_called
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.policies.models import Freeze
from keyconsole.policies.schedule.freeze import (
    NOT_FROZEN,
    NOT_YOURS,
    SUBJECT,
    current,
    lift,
    people_who_may_lift,
)
from keyconsole.references import ACCESS, number_of
from keyconsole.refusals import Refused, Verdict
from keyconsole.text import clean_why

NAME = "freeze.lift"


def may_propose_to_lift(person: User, *, now: datetime) -> Verdict:
    held = current()
    if person.username not in people_who_may_lift():
        return Verdict((NOT_YOURS,))
    reasons = why_not_proposed(person, LIFT_FREEZE, facts_of(held), now=now) if held else (NOT_FROZEN,)
    return Verdict(reasons)


def propose_to_lift(
    *, by: User, why: str, now: datetime, via: str = "page", proof: GivenProof | None = None
) -> AccessProposal:
    """Raises Refused. The freeze that stands now: a proposal for it lifts no later one."""
    may_propose_to_lift(by, now=now).or_refuse()
    held = current()
    if held is None:
        raise Refused(NOT_FROZEN)
    return propose(NAME, facts_of(held), by=by, why=why, now=now, via=via, proof=proof)


def lift_at_the_terminal(*, by: str, why: str, now: datetime) -> None:
    """By the server's operator alone: every administrator hears of it. Raises Refused."""
    why = clean_why(why, needed="Say why: it stays in the record, and administrators read it.")
    with transaction.atomic():
        held = current()
        if held is None:
            raise Refused(NOT_FROZEN)
        lift(held, by=by, because=why, now=now, via="the terminal, without agreement")
        says = f"{_says(facts_of(held))}. Why: {why}"
        tell_of_power(says, by=by, path=reverse("policies"), now=now)


def waiting_for(person: User) -> AccessProposal | None:
    """What waits for a second about the freeze that stands now; None where it is not for their eyes."""
    rows = AccessProposal.objects.select_related("proposer").filter(kind=NAME, state=AccessState.PROPOSED)
    found = next((each for each in rows if not _problem(each.facts)), None)
    return found if found and proposal_called(found.ref, seen_by=person) else None


def facts_of(held: Freeze) -> Facts:
    """Which freeze it is: `frozen_at` tells it from every other."""
    return {
        "frozen_at": held.frozen_at.astimezone(UTC).isoformat(),
        "frozen_by": held.frozen_by,
        "why": held.why,
    }


def _says(facts: Facts) -> str:
    since = f"{datetime.fromisoformat(facts['frozen_at']):%Y-%m-%d %H:%M} UTC"
    return f"lift the freeze of everything, which {facts['frozen_by']} set at {since}: {facts['why']}"


def _held(facts: Facts) -> Freeze | None:
    held = current()
    return held if held and facts_of(held) == facts else None


def _problem(facts: Facts) -> str:
    return "" if _held(facts) else "That freeze is lifted already."


def _apply(facts: Facts, decision: Decision) -> None:
    held = _held(facts)
    if held is None:
        raise Refused(NOT_FROZEN)
    because = AccessProposal.objects.get(number=number_of(ACCESS, decision.ref)).why
    via = "two people" if decision.agreed_by else "one, who never had a second"
    lift(held, by=decision.actor, because=because, now=decision.now, via=via, evidence=decision.evidence)


LIFT_FREEZE = Kind(
    name=NAME,
    says=_says,
    subject=lambda _: SUBJECT,
    deciders=lambda _: people_who_may_lift(),
    gainers=lambda _: set(),
    problem=_problem,
    apply=_apply,
    has_one_circle=True,
    deciders_ever=lambda: everywhere_ever(Role.APPROVER, Role.ADMINISTRATOR),
)
