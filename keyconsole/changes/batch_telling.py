"""Who hears what about a batch: one message for all of its lines, which are silent themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet

from keyconsole.changes.models import Approval, Batch, Change
from keyconsole.changes.standing import rules_of
from keyconsole.notifications.announcing import announce
from keyconsole.notifications.topics import Topic
from keyconsole.policies.roster import Roster

REMIND_EVERY = timedelta(hours=24)
LINES_TOLD = 20


def asked(batch: Batch, *, now: datetime) -> None:
    lines = _lines(batch)
    waiting = [line for line in lines if line.state == "pending"]
    if waiting:
        subject = f"{batch.ref} waits for approval: {_keys(len(waiting))}"
        _tell(
            Topic.CHANGE_NEEDS_YOU,
            batch,
            lines,
            subject,
            people=_approvers(batch, waiting),
            now=now,
            once=True,
        )


def remind(batch: Batch, *, now: datetime) -> None:
    lines = _lines(batch)
    waiting = [line for line in lines if line.state == "pending"]
    voted = set(_voters(batch).values_list("pk", flat=True))
    people = [person for person in _approvers(batch, waiting) if person.pk not in voted]
    _tell(
        Topic.REMINDER,
        batch,
        lines,
        f"{batch.ref} still waits: {_keys(len(waiting))}",
        people=people,
        now=now,
    )


def ended(batch: Batch, *, now: datetime) -> None:
    """The requester hears of it, and so does everybody who approved."""
    lines = _lines(batch)
    subject = f"{batch.ref} has ended: {_counts(lines)}"
    people = [batch.requester, *_voters(batch)]
    _tell(Topic.CHANGE_ENDED, batch, lines, subject, people=people, now=now, once=True)


def _lines(batch: Batch) -> list[Change]:
    return list(batch.changes.select_related("key__account", "requester").order_by("number"))


def _voters(batch: Batch) -> QuerySet[User]:
    approvals = Approval.objects.standing().filter(change__batch=batch)
    return User.objects.filter(pk__in=approvals.values("approver"))


def _approvers(batch: Batch, lines: Iterable[Change]) -> list[User]:
    roster, names = Roster.read(), set()
    for line in lines:
        for people in roster.members(rules_of(line).requirements, line.key.account).values():
            names |= people
    return list(User.objects.filter(username__in=names - {batch.requester.username}))


def _keys(count: int) -> str:
    return f"{count} primary" if count == 1 else f"{count} primaries"


def _counts(lines: Iterable[Change]) -> str:
    counts = Counter(line.state.replace("_", " ") for line in lines)
    return ", ".join(f"{count} {state}" for state, count in counts.most_common())


def _move(line: Change) -> str:
    return f"{line.from_region} -> {line.to_region}"


def _body(batch: Batch, lines: list[Change]) -> str:
    told = [
        f"{line.ref}: {line.key.name} in {line.key.account}, {_move(line)}, {line.state}"
        for line in lines[:LINES_TOLD]
    ]
    if len(lines) > LINES_TOLD:
        told.append(f"and {len(lines) - LINES_TOLD} more")
    return "\n".join(
        [
            f"Asked by: {batch.requester.username}",
            f"Reason: {batch.reason}",
            f"Ticket: {batch.ticket or 'none'}",
            f"Plan: {batch.plan_sha256}",
            f"Lines: {_counts(lines)}",
            *([batch.stopped_why] if batch.stopped_why else []),
            "",
            *told,
        ]
    )


def _tell(
    topic: Topic,
    batch: Batch,
    lines: list[Change],
    subject: str,
    *,
    people: Iterable[User],
    now: datetime,
    once: bool = False,
) -> None:
    accounts = {line.key.account.account_id for line in lines}
    announce(
        topic,
        subject=subject,
        body=_body(batch, lines),
        data={"batch": batch.ref, "plan_sha256": batch.plan_sha256, "lines": len(lines)},
        people=people,
        account_id=accounts.pop() if len(accounts) == 1 else "",
        path=batch.get_absolute_url(),
        dedupe_key=f"{topic}:{batch.ref}",
        again_after=None if once else REMIND_EVERY,
        now=now,
    )
