"""What people hear about policies, in the transaction of its cause."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.versions.votes import tallies


def ask_voters(version: PolicyVersion, *, now: datetime) -> None:
    able = {name for tally in tallies(version) for name in tally.still_able}
    announce(
        Topic.POLICY_NEEDS_YOU,
        subject=f"{version} waits for your agreement",
        body=f"{_what(version)}\n\nWhy: {version.why}\n\nSHA-256 of what it says: {version.sha256}",
        data=_facts(version),
        people=User.objects.filter(username__in=able),
        now=now,
    )


def tell_decision(version: PolicyVersion, *, outcome: str, comment: str, now: datetime) -> None:
    """To who proposed it and everybody who voted."""
    people = User.objects.filter(pk__in=[version.proposer_id, *version.votes.values_list("voter", flat=True)])
    announce(
        Topic.POLICY_DECIDED,
        subject=f"{version} {outcome}",
        body="\n\n".join(filter(None, [f"{version} {outcome}.", comment, f"SHA-256: {version.sha256}"])),
        data=_facts(version),
        people=people,
        now=now,
    )


def _what(version: PolicyVersion) -> str:
    who = version.proposer.username if version.proposer else "Somebody at the terminal"
    verb = "retire the policy" if version.retires else "change the policy"
    return f"{who} proposes to {verb} {version.policy.name}."


def _facts(version: PolicyVersion) -> dict[str, object]:
    return {"policy": version.policy.name, "version": version.number, "sha256": version.sha256}
