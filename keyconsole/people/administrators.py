"""Who may manage people, how far, and that one administrator of every account is always left."""

from __future__ import annotations

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import can, people_who_can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


def refuse_unless_administrator(by: User, *, account: AwsAccount | None = None) -> None:
    """Of every account, where none is named. Raises Refused."""
    if not can(by, Permission.ADMINISTER, account):
        where = f"of {account.name}" if account else "of every account"
        raise Refused(Reason(Code.MAY_NOT_MANAGE, f"Only an administrator {where} may do this."))


def refuse_own(person: User, by: User, *, sentence: str) -> None:
    if person.pk == by.pk:
        raise Refused(Reason(Code.OWN_ACCOUNT, sentence))


def administrators_left_without(person: User) -> bool:
    """Whether somebody else administers every account. On PostgreSQL it stays so for this transaction."""
    rows = RoleGrant.objects.in_force().filter(role=Role.ADMINISTRATOR.value, account=None)
    # Two who would end each other at the same moment take the same rows, one after the other.
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    list(User.objects.select_for_update().filter(role_grants__in=rows).order_by("pk").values_list("pk"))
    return people_who_can(Permission.ADMINISTER, None).exclude(pk=person.pk).exists()


def refuse_last_administrator(person: User) -> None:
    """In the transaction of what would end them."""
    if can(person, Permission.ADMINISTER) and not administrators_left_without(person):
        sentence = f"{person.username} is the last who administers every account: make another one first."
        raise Refused(Reason(Code.LAST_ADMINISTRATOR, sentence))
