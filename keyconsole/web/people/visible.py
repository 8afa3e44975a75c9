"""Which people there are for somebody, and which of their roles: those of accounts in which they may look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person sees of others where they hold `permission`. `everywhere`: everything."""

    by: User
    everywhere: bool
    permission: ClassVar[Permission] = Permission.ADMINISTER

    @classmethod
    def of(cls, by: User) -> Self:
        return cls(by, can(by, cls.permission))

    def accounts(self) -> QuerySet[AwsAccount]:
        return accounts_where(self.by, self.permission).order_by("name")

    def people(self) -> QuerySet[User]:
        if self.everywhere:
            return User.objects.all()
        held = self.grants().filter(person=OuterRef("pk"))
        return User.objects.filter(Exists(held))

    def grants(self) -> QuerySet[RoleGrant]:
        """Those in force; a role for all accounts holds in theirs as well."""
        grants = RoleGrant.objects.in_force().select_related("person", "account")
        return grants if self.everywhere else grants.filter(Q(account=None) | Q(account__in=self.accounts()))

    def person(self, username: str) -> User:
        """404 for somebody whom they do not see, as if nobody was called so."""
        people = self.people().select_related("last_seen") if username.isprintable() else User.objects.none()
        person = people.filter(username=username).first()
        if person is None:
            raise Http404("No such person.")
        return person
