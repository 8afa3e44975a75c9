"""What an auditor sees of people's access: all, or what holds in the accounts whose audit they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Q, QuerySet

from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.models import AccessReview, AccessReviewLine
from keyconsole.web.people.visible import Sight


@dataclass(frozen=True, slots=True)
class AuditSight(Sight):
    permission: ClassVar[Permission] = Permission.READ_AUDIT

    def lines(self, review: AccessReview) -> QuerySet[AccessReviewLine]:
        lines = AccessReviewLine.objects.filter(review=review)
        if self.everywhere:
            return lines
        theirs = self.accounts().values("account_id")
        return lines.filter(Q(account_id__in=theirs) | Q(owner=self.by))
