"""Which people there are for somebody, and which of their roles: an account's administrator sees its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class Sight:
    """What one administrator sees of people. `everywhere`: everything."""

    by: User
    everywhere: bool

    @classmethod
    def of(cls, by: User) -> Sight:
        return cls(by, can(by, Permission.ADMINISTER))

    def people(self) -> QuerySet[User]:
        if self.everywhere:
            return User.objects.all()
        held = self.grants().filter(person=OuterRef("pk"))
        return User.objects.filter(Exists(held))

    def grants(self) -> QuerySet[RoleGrant]:
        """Those in force; a role for all accounts holds in theirs as well."""
        grants = RoleGrant.objects.in_force().select_related("account")
        if self.everywhere:
            return grants
        theirs = accounts_where(self.by, Permission.ADMINISTER)
        return grants.filter(Q(account=None) | Q(account__in=theirs))

    def person(self, username: str) -> User:
        """404 for somebody whom they do not see, as if nobody was called so."""
        people = self.people().select_related("last_seen") if username.isprintable() else User.objects.none()
        person = people.filter(username=username).first()
        if person is None:
            raise Http404("No such person.")
        return person
