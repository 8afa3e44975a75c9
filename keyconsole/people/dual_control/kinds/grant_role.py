"""Giving a person a role that decides: approver or administrator, in one AWS account or in all of them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.models import User

from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import POWERFUL, Permission, Role
from keyconsole.people.dual_control.kind import Decision, Facts, Kind
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

__all__ = ["GRANT_ROLE", "NAME", "POWERFUL", "facts_of"]

NAME = "role.grant"


def facts_of(person: User, role: Role, account: AwsAccount | None, *, ends_at: datetime | None) -> Facts:
    return {
        "person": person.username,
        "role": role.value,
        "account_id": account.account_id if account else "",
        "ends_at": ends_at.astimezone(UTC).isoformat() if ends_at else "",
    }


def _says(facts: Facts) -> str:
    account = _account(facts)
    where = str(account) if account else facts["account_id"] or "all accounts"
    ends_at = _ends_at(facts)
    until = f" until {ends_at:%Y-%m-%d %H:%M} UTC" if ends_at else ""
    return f"give {facts['person']} the role {facts['role']} in {where}{until}"


def _deciders(facts: Facts) -> set[str]:
    if facts["account_id"] and _account(facts) is None:
        return set()
    people = people_who_can(Permission.ADMINISTER, _account(facts))
    return set(people.values_list("username", flat=True))


def _problem(facts: Facts) -> str:
    if facts["account_id"] and _account(facts) is None:
        return f"There is no AWS account {facts['account_id']}."
    if not User.objects.filter(username=facts["person"], is_active=True).exists():
        return f"{facts['person']} cannot sign in."
    held = RoleGrant.objects.filter(
        person__username=facts["person"], role=facts["role"], account=_account(facts), sso_group=""
    )
    same = any(each.ends_at == _ends_at(facts) for each in held)
    return f"{facts['person']} holds that role there already." if same else ""


def _apply(facts: Facts, decision: Decision) -> None:
    account = _account(facts)
    if facts["account_id"] and account is None:  # gone since: never in all accounts instead
        raise Refused(Reason(Code.ACCOUNT_UNKNOWN, _problem(facts)))
    grant(
        User.objects.get(username=facts["person"]),
        Role(facts["role"]),
        account,
        by=decision.actor,
        now=decision.now,
        ends_at=_ends_at(facts),
        evidence=decision.evidence,
    )


def _ends_at(facts: Facts) -> datetime | None:
    return datetime.fromisoformat(facts["ends_at"]) if facts["ends_at"] else None


def _account(facts: Facts) -> AwsAccount | None:
    number = facts["account_id"]
    return AwsAccount.objects.filter(account_id=number).first() if number else None


GRANT_ROLE = Kind(
    name=NAME,
    says=_says,
    subject=lambda facts: str(facts["person"]),
    deciders=_deciders,
    gainers=lambda facts: {str(facts["person"])},
    problem=_problem,
    apply=_apply,
    account_id=lambda facts: str(facts["account_id"]),
    until=_ends_at,
)
