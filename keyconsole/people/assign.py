"""Giving a role or a place in a group to somebody, and taking it away again.

What decides about others is proposed, and done when another administrator agrees; the rest is given at once.
Taking away takes one. Nobody does either for themselves.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.aws_accounts.grants import grant, revoke
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.administrators import (
    refuse_last_administrator,
    refuse_own,
    refuse_unless_administrator,
)
from keyconsole.people.dual_control.kinds import grant_role
from keyconsole.people.dual_control.propose import propose
from keyconsole.people.groups import leave
from keyconsole.people.invitations import is_invited
from keyconsole.people.models import AccessProposal, Membership
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import clean_why

OWN = "Nobody changes what they may do themselves. Another administrator can."


def give_role(
    person: User,
    role: Role,
    account: AwsAccount | None,
    *,
    ends_at: datetime | None,
    why: str,
    by: User,
    now: datetime,
) -> AccessProposal | None:
    """The proposal that waits for another; None where it was given. Raises Refused."""
    why = clean_why(why, needed="Say why: it stands in the record.")
    refuse_unless_administrator(by, account=account)
    refuse_own(person, by, sentence=OWN)
    if ends_at and ends_at <= now:
        raise Refused(Reason(Code.TIME_PASSED, "The day on which it ends has passed."))
    if role in grant_role.POWERFUL:
        facts = grant_role.facts_of(person, role, account, ends_at=ends_at)
        return propose(grant_role.NAME, facts, by=by, why=why, now=now)
    if not person.is_active and not is_invited(person):
        raise Refused(Reason(Code.PERSON_DISABLED, f"{person.username} is disabled, and gets no role."))
    held = RoleGrant.objects.filter(person=person, role=role.value, account=account, sso_group="")
    if held.filter(ends_at=ends_at).exists():
        raise Refused(Reason(Code.NOTHING_NEW, f"{person.username} holds that role there already."))
    grant(person, role, account, by=by.username, now=now, ends_at=ends_at, evidence={"why": why})
    return None


def take_role(
    person: User, role: Role, account: AwsAccount | None, *, why: str, by: User, now: datetime
) -> None:
    """At once. Raises Refused."""
    why = clean_why(why, needed="Say why: it stands in the record.")
    refuse_unless_administrator(by, account=account)
    refuse_own(person, by, sentence=OWN)
    with transaction.atomic():
        if role is Role.ADMINISTRATOR and account is None:
            refuse_last_administrator(person)
        if not revoke(person, role, account, by=by.username, now=now, evidence={"why": why}):
            raise Refused(_not_by_hand(person, RoleGrant.objects.filter(role=role.value, account=account)))


def take_out_of_group(person: User, group: str, *, why: str, by: User, now: datetime) -> None:
    """At once. Raises Refused."""
    why = clean_why(why, needed="Say why: it stands in the record.")
    refuse_unless_administrator(by)
    refuse_own(person, by, sentence=OWN)
    if not leave(person, group, by=by.username, now=now, evidence={"why": why}):
        held = Membership.objects.filter(group__name=group)
        raise Refused(_not_by_hand(person, held))


def _not_by_hand(person: User, held: object) -> Reason:
    rows = held.filter(person=person).exclude(sso_group="")  # type: ignore[attr-defined]
    if found := rows.first():
        sentence = (
            f"{person.username} has it through the single sign-on group {found.sso_group}: take it away "
            "there, or change what the group is mapped to."
        )
        return Reason(Code.GIVEN_BY_SSO, sentence)
    return Reason(Code.NOTHING_NEW, f"{person.username} does not have it any more.")
