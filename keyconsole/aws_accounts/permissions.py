"""The one question: may this person do this in this AWS account?"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import ALLOWS, Permission, Role, roles_that_allow

Person = User | AnonymousUser


def can(person: Person, permission: Permission, account: AwsAccount | None = None) -> bool:
    """True where a role for that account, or for all accounts, allows it.

    Without an account: true where the person may do it in every account.
    """
    grants = _grants(person, permission)
    return grants.filter(Q(account=None) | Q(account=account) if account else Q(account=None)).exists()


def can_somewhere(person: Person, permission: Permission) -> bool:
    return _grants(person, permission).exists()


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person may do in at least one account, and what in all of them."""

    somewhere: frozenset[Permission]
    everywhere: frozenset[Permission]


def reach_of(person: User) -> Reach:
    """Many questions for one query. Takes an active person."""
    grants = RoleGrant.objects.in_force().filter(person=person)
    held = [(grant.account_id, ALLOWS[Role(grant.role)]) for grant in grants]
    return Reach(
        somewhere=frozenset(permission for _, allowed in held for permission in allowed),
        everywhere=frozenset(
            permission for account, allowed in held if account is None for permission in allowed
        ),
    )


def accounts_where(person: Person, permission: Permission) -> QuerySet[AwsAccount]:
    """The accounts in which the person may do it."""
    grants = _grants(person, permission)
    everywhere = grants.filter(account=None)
    named = grants.exclude(account=None).values("account")
    if everywhere.exists():
        return AwsAccount.objects.all()
    return AwsAccount.objects.filter(pk__in=named)


def people_who_can(permission: Permission, account: AwsAccount | None) -> QuerySet[User]:
    """In the account; in every account where none is named."""
    grants = RoleGrant.objects.in_force().filter(role__in=roles_that_allow(permission))
    there = grants.filter(Q(account=None) | Q(account=account) if account else Q(account=None))
    return User.objects.filter(is_active=True, pk__in=there.values("person"))


def _grants(person: Person, permission: Permission) -> QuerySet[RoleGrant]:
    if not isinstance(person, User) or not person.is_active:
        return RoleGrant.objects.none()
    return RoleGrant.objects.in_force().filter(person=person, role__in=roles_that_allow(permission))
