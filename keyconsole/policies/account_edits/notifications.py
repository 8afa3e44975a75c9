"""What people hear about edits of AWS accounts, in the transaction of their cause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse

from keyconsole.notifications.announce import announce
from keyconsole.notifications.told import told
from keyconsole.notifications.topics import Topic
from keyconsole.policies.models import AccountEdit
from keyconsole.policies.versions.votes import Tally, tallies


def ask_voters(edit: AccountEdit, *, now: datetime) -> None:
    able = {name for tally in tallies(edit) for name in tally.still_able}
    announce(
        Topic.ACCOUNT_NEEDS_YOU,
        subject=f"{edit} waits for your agreement",
        body=f"{_what(edit)}\n\nWhy: {edit.why}\n\nSHA-256 of what it says: {edit.sha256}",
        data=_facts(edit),
        people=User.objects.filter(username__in=able),
        account_id=edit.account.account_id,
        path=_path(edit),
        now=now,
    )


def told_voters(edit: AccountEdit, asked: Iterable[Tally]) -> tuple[str, ...]:
    """Who was told that it waits for their agreement, of those who have not given it."""
    meant = {name for tally in asked for name in tally.still_able}
    found = told([Topic.ACCOUNT_NEEDS_YOU], path=_path(edit), since=edit.proposed_at)
    return found.sentences(meant)


def tell_decision(edit: AccountEdit, *, comment: str, now: datetime) -> None:
    """To who proposed it and everybody who voted."""
    people = User.objects.filter(pk__in=[edit.proposer_id, *edit.votes.values_list("voter", flat=True)])
    outcome = edit.outcome.rstrip(".")
    announce(
        Topic.ACCOUNT_EDIT_DECIDED,
        subject=f"{edit} {outcome}",
        body="\n\n".join(filter(None, [f"{edit} {outcome}.", comment, f"SHA-256: {edit.sha256}"])),
        data=_facts(edit),
        people=people,
        account_id=edit.account.account_id,
        path=_path(edit),
        now=now,
    )


def _what(edit: AccountEdit) -> str:
    who = edit.proposer.username if edit.proposer else "Somebody"
    changes = [
        f"{name.replace('_', ' ')}: {edit.before[name] or 'empty'}, then {value or 'empty'}"
        for name, value in edit.after.items()
    ]
    first = f"{who} proposes other credentials for the AWS account {edit.account}. Nothing is changed yet."
    return "\n".join([first, *changes])


def _facts(edit: AccountEdit) -> dict[str, object]:
    return {"account": edit.account.account_id, "edit": edit.number, "sha256": edit.sha256}


def _path(edit: AccountEdit) -> str:
    return reverse("account", args=[edit.account.account_id])
