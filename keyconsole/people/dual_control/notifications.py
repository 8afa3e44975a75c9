"""What people hear about what gives power, in the transaction of its cause."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic
from keyconsole.people.models import AccessProposal


def ask(proposal: AccessProposal, *, able: Collection[str], now: datetime) -> None:
    who = proposal.proposer.username
    announce(
        Topic.ACCESS_NEEDS_YOU,
        subject=f"{proposal} waits for your agreement: {proposal.says}",
        body="\n\n".join(
            [
                f"{who} proposes to {proposal.says}. Nothing is changed yet.",
                f"Why: {proposal.why}",
                f"SHA-256 of what it says: {proposal.sha256}",
            ]
        ),
        data=_facts(proposal),
        people=User.objects.filter(username__in=able),
        account_id=proposal.account_id,
        path=path_of(proposal),
        now=now,
    )


def tell_decision(proposal: AccessProposal, *, now: datetime) -> None:
    """To who proposed it, and to the person whom it is about."""
    announce(
        Topic.ACCESS_DECIDED,
        subject=f"{proposal} {proposal.outcome}: {proposal.says}",
        body="\n\n".join(
            filter(None, [f"{proposal} {proposal.outcome}: {proposal.says}.", proposal.comment])
        ),
        data=_facts(proposal),
        people=User.objects.filter(username__in=[proposal.proposer.username, proposal.subject]),
        account_id=proposal.account_id,
        path=path_of(proposal),
        now=now,
    )


def tell_administrators(says: str, *, account_id: str, by: str, agreed_by: str, now: datetime) -> None:
    """Everybody who administers every account hears of what gave power, and by whom."""
    how = f"agreed to by {agreed_by}" if agreed_by else "without a second person"
    announce(
        Topic.ACCESS_CHANGED,
        subject=f"{by} did this, {how}: {says}",
        body=f"Done by {by}, {how}: {says}.",
        data={"says": says, "by": by, "agreed_by": agreed_by},
        people=people_who_can(Permission.ADMINISTER, None).exclude(username__in=[by, agreed_by]),
        account_id=account_id,
        path="/people/",
        now=now,
    )


def path_of(proposal: AccessProposal) -> str:
    return f"/people/proposals/{proposal.ref}/"


def _facts(proposal: AccessProposal) -> dict[str, object]:
    return {"proposal": proposal.ref, "kind": proposal.kind, "sha256": proposal.sha256}
