"""Letting a disabled person sign in again who holds a role that decides, or is in a group of approvers."""

from __future__ import annotations

from django.contrib.auth.models import User

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.dual_control.kind import Decision, Facts, Kind
from keyconsole.people.dual_control.kinds.grant_role import POWERFUL
from keyconsole.people.groups import group_names_of
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import listed

NAME = "person.enable"


def power_of(person: User) -> list[str]:
    """What of the power that they hold would count again, as phrases."""
    held = RoleGrant.objects.in_force().filter(person=person, role__in=[role.value for role in POWERFUL])
    roles = [f"{each.role} in {each.account or 'all accounts'}" for each in held.select_related("account")]
    return sorted({*roles, *(f"the group {name}" for name in group_names_of(person))})


def facts_of(person: User) -> Facts:
    return {"person": person.username, "holds": power_of(person)}


def _deciders(_: Facts) -> set[str]:
    return set(people_who_can(Permission.ADMINISTER, None).values_list("username", flat=True))


def _problem(facts: Facts) -> str:
    person = User.objects.filter(username=facts["person"]).first()
    if person is None:
        return f"There is no person {facts['person']}."
    if person.is_active:
        return f"{person.username} can sign in already."
    more = set(power_of(person)) - set(facts["holds"])
    # Who agrees has read what they would hold: more than that is another proposal.
    return f"{person.username} would hold more than it says: {listed(sorted(more))}." if more else ""


def _apply(facts: Facts, decision: Decision) -> None:
    if problem := _problem(facts):
        raise Refused(Reason(Code.STALE, problem))
    if not User.objects.filter(username=facts["person"], is_active=False).update(is_active=True):
        raise Refused(Reason(Code.LOST_RACE, f"{facts['person']} was enabled at this moment."))
    data = {"holds": list(facts["holds"]), **decision.evidence}
    name = str(facts["person"])
    record(Event.PERSON_ENABLED, actor=decision.actor, subject=name, now=decision.now, data=data)


ENABLE_PERSON = Kind(
    name=NAME,
    says=lambda facts: f"enable {facts['person']} again, who holds {listed(list(facts['holds']))}",
    subject=lambda facts: str(facts["person"]),
    deciders=_deciders,
    gainers=lambda facts: {str(facts["person"])},
    problem=_problem,
    apply=_apply,
)
