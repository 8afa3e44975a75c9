"""What people hear about what gives power, in the transaction of its cause."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse

from keyconsole.aws_accounts.told import tell_of_power
from keyconsole.notifications.announce import announce
from keyconsole.notifications.told import Told, told
from keyconsole.notifications.topics import Topic
from keyconsole.people.dual_control.kind import person_in
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
        people=User.objects.filter(username__in=[proposal.proposer.username, person_in(proposal.facts)]),
        account_id=proposal.account_id,
        path=path_of(proposal),
        now=now,
    )


def tell_administrators(proposal: AccessProposal, *, agreed_by: str, now: datetime) -> None:
    tell_of_power(
        proposal.says,
        by=proposal.proposer.username,
        agreed_by=agreed_by,
        account_id=proposal.account_id,
        path=path_of(proposal),
        now=now,
    )


def told_of(proposal: AccessProposal) -> Told:
    """Who was told that it waits for their agreement."""
    return told([Topic.ACCESS_NEEDS_YOU], path=path_of(proposal), since=proposal.proposed_at)


def told_afterwards(proposal: AccessProposal) -> tuple[str, ...]:
    """Who was told how it ended; empty where no message was written."""
    topics = [Topic.ACCESS_DECIDED, Topic.ACCESS_CHANGED]
    found = told(topics, path=path_of(proposal), since=proposal.decided_at)
    return found.sentences() if found != Told() else ()


def path_of(proposal: AccessProposal) -> str:
    return reverse("proposal", args=[proposal.ref])


def _facts(proposal: AccessProposal) -> dict[str, object]:
    return {"proposal": proposal.ref, "kind": proposal.kind, "sha256": proposal.sha256}
