"""What an auditor sees of people's access: all, or what holds in the accounts whose audit they read."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.models import AccessReview, AccessReviewLine


@dataclass(frozen=True, slots=True)
class AuditSight:
    by: User
    everywhere: bool

    @classmethod
    def of(cls, by: User) -> AuditSight:
        return cls(by, can(by, Permission.READ_AUDIT))

    def accounts(self) -> QuerySet[AwsAccount]:
        return accounts_where(self.by, Permission.READ_AUDIT).order_by("name")

    def grants(self) -> QuerySet[RoleGrant]:
        """In force; a role for all accounts holds in theirs, too."""
        grants = RoleGrant.objects.in_force().select_related("person", "account")
        return grants if self.everywhere else grants.filter(Q(account=None) | Q(account__in=self.accounts()))

    def people(self) -> QuerySet[User]:
        if self.everywhere:
            return User.objects.all()
        return User.objects.filter(Exists(self.grants().filter(person=OuterRef("pk"))))

    def lines(self, review: AccessReview) -> QuerySet[AccessReviewLine]:
        lines = AccessReviewLine.objects.filter(review=review)
        if self.everywhere:
            return lines
        theirs = self.accounts().values("account_id")
        return lines.filter(Q(account_id__in=theirs) | Q(owner=self.by))
