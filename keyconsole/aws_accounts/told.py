"""Others hear of it when an account is added, another way leads into it, or somebody is given power."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import WAY_IN
from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic


def tell_added(account: AwsAccount, *, by: str, now: datetime) -> None:
    _tell(account, by=by, now=now, subject=f"{by} added the AWS account {account}", facts={"added": True})


def tell_changed(account: AwsAccount, changes: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """Where the way in is among the changes; of other facts nobody is told."""
    way_in = {name: change for name, change in changes.items() if name in WAY_IN}
    if way_in:
        subject = f"{by} changed how the AWS account {account} is entered"
        _tell(account, by=by, now=now, subject=subject, facts=way_in)


def tell_of_power(
    says: str, *, by: str, agreed_by: str = "", account_id: str = "", path: str, now: datetime
) -> None:
    """Who administers every account, or the one that it is about, hears of what gave power, and by whom."""
    how = f"agreed to by {agreed_by}" if agreed_by else "without a second person"
    account = AwsAccount.objects.filter(account_id=account_id).first() if account_id else None
    announce(
        Topic.ACCESS_CHANGED,
        subject=f"{by} did this, {how}: {says}",
        body=f"Done by {by}, {how}: {says}.",
        data={"says": says, "by": by, "agreed_by": agreed_by},
        people=people_who_can(Permission.ADMINISTER, account).exclude(username__in=[by, agreed_by]),
        account_id=account_id,
        path=path,
        now=now,
    )


def path_of_record(username: str) -> str:
    """What the record has of a person, for administrators of whom some may read all of it."""
    return f"/audit/?{urlencode({'q': username})}"


def concerned(account: AwsAccount) -> list[User]:
    """Who approves or administers there."""
    found = people_who_can(Permission.APPROVE, account) | people_who_can(Permission.ADMINISTER, account)
    return list(found.order_by("username"))


def _tell(account: AwsAccount, *, by: str, now: datetime, subject: str, facts: Mapping[str, Any]) -> None:
    lines = [
        f"{name.replace('_', ' ')}: {change['from'] or 'empty'}, now {change['to'] or 'empty'}"
        for name, change in facts.items()
        if isinstance(change, dict)
    ]
    announce(
        Topic.ACCOUNT_CHANGED,
        subject=subject,
        body="\n".join([f"{subject}.", *lines]),
        data={"account_id": account.account_id, "by": by, **facts},
        people=[person for person in concerned(account) if person.username != by],
        account_id=account.account_id,
        path=f"/accounts/{account.account_id}/",
        now=now,
    )
