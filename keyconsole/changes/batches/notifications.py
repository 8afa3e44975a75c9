"""Who hears what about a batch: one message for all of its lines in an account; lines themselves are silent.

An account's lines are told to those who decide there, and along the routes that hear of that account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import groupby

from django.contrib.auth.models import User

from keyconsole.changes.models import Approval, Batch, Change, ChangeQuerySet
from keyconsole.changes.notifications import REMIND_EVERY
from keyconsole.changes.quorum import quorums_of
from keyconsole.changes.states import State
from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic

LINES_TOLD = 20


def asked(batch: Batch, *, now: datetime) -> None:
    for lines in _by_account(batch):
        if waiting := _waiting(lines):
            subject = f"{batch.ref} waits for approval: {_keys(waiting)}"
            people = _deciders(waiting)
            _tell(Topic.CHANGE_NEEDS_YOU, batch, lines, subject, people=people, now=now, once=True)


def asked_for_more(batch: Batch, *, now: datetime) -> None:
    """Today's rules ask for people whom those of the request did not ask: told once for each such rule."""
    for lines in _by_account(batch):
        quorums = quorums_of(_changes(_waiting(lines)))
        more = {pk: quorum for pk, quorum in quorums.items() if quorum.tightened}
        if not more:
            continue
        waiting = [line for line in lines if line.pk in more]
        because = " ".join(sorted({quorum.tightened for quorum in more.values()}))
        people = _called({name for each in more.values() for name in each.deciders - each.counted})
        subject = f"{batch.ref} waits for approval by today's rules: {_keys(waiting)}"
        _tell(
            Topic.CHANGE_NEEDS_YOU,
            batch,
            lines,
            subject,
            people=people,
            now=now,
            once=True,
            because=because,
        )


def remind(batch: Batch, *, now: datetime) -> None:
    for lines in _by_account(batch):
        if waiting := _waiting(lines):
            subject = f"{batch.ref} still waits: {_keys(waiting)}"
            voted = _voters(waiting)
            people = [person for person in _deciders(waiting) if person not in voted]
            _tell(Topic.REMINDER, batch, lines, subject, people=people, now=now)


def ended(batch: Batch, *, now: datetime) -> None:
    """The requester hears of it, and so does everybody who approved."""
    for lines in _by_account(batch):
        subject = f"{batch.ref} has ended: {_counts(lines)}"
        people = [batch.requester, *_voters(lines)]
        _tell(Topic.CHANGE_ENDED, batch, lines, subject, people=people, now=now, once=True)


def _by_account(batch: Batch) -> list[list[Change]]:
    lines = batch.changes.select_related("key__account").order_by("key__account", "number")
    return [list(group) for _, group in groupby(lines, key=lambda line: line.key.account_id)]


def _waiting(lines: Iterable[Change]) -> list[Change]:
    return [line for line in lines if line.state == State.PENDING]


def _voters(lines: Iterable[Change]) -> list[User]:
    approvals = Approval.objects.not_withdrawn().filter(change__in=[line.pk for line in lines])
    return list(User.objects.filter(pk__in=approvals.values("approver")))


def _deciders(lines: Iterable[Change]) -> list[User]:
    quorums = quorums_of(_changes(lines))
    return _called(frozenset().union(*(quorum.deciders for quorum in quorums.values())))


def _changes(lines: Iterable[Change]) -> ChangeQuerySet:
    return Change.objects.filter(pk__in=[line.pk for line in lines])


def _called(names: Iterable[str]) -> list[User]:
    return list(User.objects.filter(username__in=sorted(names)))


def _keys(lines: Sequence[Change]) -> str:
    return f"{len(lines)} {'primary' if len(lines) == 1 else 'primaries'} of {lines[0].key.account.name}"


def _counts(lines: Iterable[Change]) -> str:
    counts = Counter(line.state.replace("_", " ") for line in lines)
    return ", ".join(f"{count} {state}" for state, count in counts.most_common())


def _line(line: Change) -> str:
    return f"{line.ref}: {line.key.name}, {' -> '.join(line.regions)}, {line.state}"


def _body(batch: Batch, lines: Sequence[Change], because: str) -> str:
    facts = [
        f"Account: {lines[0].key.account}",
        f"Asked by: {batch.requester.username}",
        f"Reason: {batch.reason}",
        f"Ticket: {batch.ticket or 'none'}",
        f"Plan: {batch.plan_sha256}",
        f"Changes: {_counts(lines)}",
    ]
    if because:
        facts.append(f"Today's rules: {because}")
    if batch.stopped_why:
        facts.append(f"Stopped: {batch.stopped_why}")
    more = [f"and {len(lines) - LINES_TOLD} more"] if len(lines) > LINES_TOLD else []
    return "\n".join([*facts, "", *map(_line, lines[:LINES_TOLD]), *more])


def _tell(
    topic: Topic,
    batch: Batch,
    lines: Sequence[Change],
    subject: str,
    *,
    people: Iterable[User],
    now: datetime,
    once: bool = False,
    because: str = "",
) -> None:
    account_id = lines[0].key.account.account_id
    announce(
        topic,
        subject=subject,
        body=_body(batch, lines, because),
        data={
            "batch": batch.ref,
            "account_id": account_id,
            "plan_sha256": batch.plan_sha256,
            "lines": len(lines),
        },
        people=people,
        account_id=account_id,
        path=batch.get_absolute_url(),
        dedupe_key=_dedupe_key(f"{topic}:{batch.ref}:{account_id}", because),
        again_after=None if once else REMIND_EVERY,
        now=now,
    )


def _dedupe_key(about: str, because: str) -> str:
    return sha256(f"{about}:{because}".encode()).hexdigest() if because else about
