"""Letting a group of single sign-on give a role or a group of approvers, under dual control.

It gives power to whoever the provider puts into that group, so those who are in it decide nothing about it.
"""

from __future__ import annotations

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.dual_control.kind import Decision, Facts, Kind
from keyconsole.people.sso.mapping import Wanted, add_mapping, mapping_of, would_gain

NAME = "sso.map"


def asked_by(facts: Facts) -> Wanted:
    number = facts["account_id"]
    account = AwsAccount.objects.filter(account_id=number).first() if number else None
    return Wanted(facts["sso_group"], facts["role"], account, facts["group"])


def _says(facts: Facts) -> str:
    """As it was asked, also where the account has gone since."""
    asked = asked_by(facts)
    if facts["account_id"] and asked.account is None:
        return f"{asked.says.removesuffix('all accounts')}{facts['account_id']}"
    return asked.says


def _deciders(_: Facts) -> set[str]:
    return set(people_who_can(Permission.ADMINISTER, None).values_list("username", flat=True))


def _problem(facts: Facts) -> str:
    asked = asked_by(facts)
    if facts["account_id"] and asked.account is None:
        return f"There is no AWS account {facts['account_id']}."
    return "This mapping is there already." if mapping_of(asked) else ""


def _apply(facts: Facts, decision: Decision) -> None:
    add_mapping(asked_by(facts), by=decision.actor, now=decision.now, facts=decision.evidence)


MAP_GROUP = Kind(
    name=NAME,
    says=_says,
    subject=lambda facts: str(facts["sso_group"]),
    deciders=_deciders,
    gainers=lambda facts: set(would_gain(asked_by(facts)).changes),
    problem=_problem,
    apply=_apply,
    account_id=lambda facts: str(facts["account_id"]),
)
