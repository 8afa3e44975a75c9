"""Putting a person into a group of approvers, which policies name. Groups hold in every account."""

from __future__ import annotations

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.dual_control.kind import Decision, Facts, Kind
from keyconsole.people.groups import clean_group_name, join
from keyconsole.people.models import Membership

NAME = "group.join"


def facts_of(person: User, group_name: str) -> Facts:
    """Raises Refused for a name that no group can have."""
    return {"person": person.username, "group": clean_group_name(group_name)}


def _deciders(_: Facts) -> set[str]:
    return set(people_who_can(Permission.ADMINISTER, None).values_list("username", flat=True))


def _problem(facts: Facts) -> str:
    if not User.objects.filter(username=facts["person"], is_active=True).exists():
        return f"{facts['person']} cannot sign in."
    held = Membership.objects.filter(
        person__username=facts["person"], group__name=facts["group"], sso_group=""
    )
    return f"{facts['person']} is in {facts['group']} already." if held.exists() else ""


def _apply(facts: Facts, decision: Decision) -> None:
    person = User.objects.get(username=facts["person"])
    join(person, facts["group"], by=decision.actor, now=decision.now, evidence=decision.evidence)


JOIN_GROUP = Kind(
    name=NAME,
    says=lambda facts: f"put {facts['person']} into the group {facts['group']}",
    subject=lambda facts: str(facts["person"]),
    deciders=_deciders,
    gainers=lambda facts: {str(facts["person"])},
    problem=_problem,
    apply=_apply,
)
