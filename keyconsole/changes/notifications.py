"""Who hears what about a change. Each message says what moves, and names the plan by its hash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth.models import User
from django.db.models import Q

from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Change
from keyconsole.changes.quorum import Quorum, quorum_of
from keyconsole.changes.states import in_words
from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic
from keyconsole.policies.quorum.roster import Roster

REMIND_EVERY = timedelta(hours=24)


def asked(change: Change, quorum: Quorum, *, now: datetime) -> None:
    if quorum.tightened:
        asked_for_more(change, quorum, now=now)
        return
    subject = f"{change.ref} waits for approval: {kind_of(change).subject(change)}"
    _tell(Topic.CHANGE_NEEDS_YOU, change, subject, people=_called(quorum.deciders), now=now)


def asked_for_more(change: Change, quorum: Quorum, *, now: datetime) -> None:
    """Today's rules ask for more people than those of the request: told once each time it waits."""
    subject = f"{change.ref} waits for approval by today's rules: {kind_of(change).subject(change)}"
    key = f"{Topic.CHANGE_NEEDS_YOU}:{change.ref}:{change.state_since.isoformat()}:{quorum.tightened}"
    people = _called(quorum.deciders - quorum.counted)
    _tell(
        Topic.CHANGE_NEEDS_YOU,
        change,
        subject,
        people=people,
        now=now,
        dedupe_key=sha256(key.encode()).hexdigest(),
        waits_for=quorum.waits_for,
    )


def approved(change: Change, quorum: Quorum, *, now: datetime) -> None:
    if change.batch_id or not quorum.needs:
        return
    subject = f"{change.ref} is approved: {kind_of(change).subject(change)}"
    others = _called(quorum.deciders - quorum.counted)
    _tell(Topic.CHANGE_APPROVED_BY_OTHER, change, subject, people=others, now=now)


def ended(change: Change, *, now: datetime) -> None:
    """The requester hears of every end; so does everybody who was asked: nothing waits for them any more."""
    if change.batch_id:
        return
    subject = f"{change.ref} is {in_words(change.state)}: {kind_of(change).subject(change)}"
    quorum = quorum_of(change, as_it_waited=True)
    people = [change.requester, *_called(quorum.deciders | quorum.votes)]
    _tell(Topic.CHANGE_ENDED, change, subject, people=people, now=now)


def superseded(change: Change, *, by: str, now: datetime) -> None:
    """Who asked for a line of a batch and who agreed to it: of a change alone its end tells them."""
    if not change.batch_id:
        return
    subject = f"{change.ref} is superseded by the emergency {by}: {kind_of(change).subject(change)}"
    _tell(
        Topic.CHANGE_ENDED, change, subject, people=_who_asked_and_approved(change), now=now, also_a_line=True
    )


def member_asked(change: Change, *, members: Iterable[str], why: str, now: datetime) -> None:
    subject = f"{change.ref} (emergency) waits for another member: {kind_of(change).subject(change)}"
    people = _called(members)
    _tell(Topic.EMERGENCY_NEEDS_YOU, change, subject, people=people, now=now, waits_for=why)


def emergency_used(change: Change, *, skipped: Iterable[str], now: datetime) -> None:
    subject = f"{change.ref} runs without approval (emergency): {kind_of(change).subject(change)}"
    people = _called(skipped)
    _tell(Topic.EMERGENCY_USED, change, subject, people=people, now=now)


def overdue(change: Change, *, now: datetime) -> None:
    """Tell who asked, who approved and the places that listen: AWS takes longer than it ever should."""
    people = _who_asked_and_approved(change)
    subject = f"{change.ref} has not settled by its deadline: {kind_of(change).subject(change)}"
    key = f"{Topic.CHANGE_OVERDUE}:{change.ref}"
    _tell(Topic.CHANGE_OVERDUE, change, subject, people=people, now=now, dedupe_key=key, also_a_line=True)


def close_asked(change: Change, *, by: User, now: datetime) -> None:
    """Tell who could agree that a change is to be closed as unknown, and who had asked for the change."""
    subject = f"{by.username} asks to close {change.ref} as unknown: {kind_of(change).subject(change)}"
    roster, account = Roster.read(), change.key.account
    able = roster.who_may(Permission.ADMINISTER, account) | roster.who_may(Permission.APPROVE, account)
    people = _called((able | {change.requester.username}) - {by.username})
    _tell(Topic.CHANGE_NEEDS_YOU, change, subject, people=people, now=now, also_a_line=True)


def review_due(change: Change, *, now: datetime) -> None:
    subject = f"The review of {change.ref} (emergency) is due"
    people = _called(quorum_of(change).reviewers)
    _remind(Topic.REVIEW_DUE, change, subject, people=people, now=now)


def remind(change: Change, quorum: Quorum, *, now: datetime) -> None:
    waiting = _called(quorum.deciders - quorum.counted)
    subject = f"{change.ref} still waits: {kind_of(change).subject(change)}"
    _remind(Topic.REMINDER, change, subject, people=waiting, now=now)


def _who_asked_and_approved(change: Change) -> Iterable[User]:
    approvers = change.approvals.not_withdrawn().values("approver")
    return User.objects.filter(Q(pk__in=approvers) | Q(pk=change.requester_id))


def _called(names: Iterable[str]) -> list[User]:
    return list(User.objects.filter(username__in=sorted(names)))


def _body(change: Change, *, waits_for: str) -> str:
    lines = [
        f"Key: {change.key.name} ({change.key.key_id}) in {change.key.account}",
        f"{kind_of(change).words.label}: {' -> '.join(change.regions)}",
        f"Asked by: {change.requester.username}",
        f"Reason: {change.reason}",
        f"Ticket: {change.ticket or 'none'}",
        f"Plan: {change.plan_sha256}",
        f"State: {change.state.replace('_', ' ')}. {change.outcome}".rstrip(),
    ]
    if waits_for:
        lines.append(f"Waits for: {waits_for}")
    return "\n".join(lines)


def _remind(topic: Topic, change: Change, subject: str, *, people: Iterable[User], now: datetime) -> None:
    key = f"{topic}:{change.ref}"
    _tell(topic, change, subject, people=people, now=now, dedupe_key=key, again_after=REMIND_EVERY)


def _tell(
    topic: Topic,
    change: Change,
    subject: str,
    *,
    people: Iterable[User],
    now: datetime,
    dedupe_key: str = "",
    again_after: timedelta | None = None,
    also_a_line: bool = False,
    waits_for: str = "",
) -> None:
    if change.batch_id and not also_a_line:
        return  # the batch tells of all its lines together
    announce(
        topic,
        subject=subject,
        body=_body(change, waits_for=waits_for),
        data={
            "change": change.ref,
            "kind": change.kind,
            "state": change.state,
            "key_id": change.key.key_id,
            "account_id": change.key.account.account_id,
            "from_region": change.from_region,
            "to_region": change.to_region,
            "plan_sha256": change.plan_sha256,
        },
        people=people,
        account_id=change.key.account.account_id,
        path=change.get_absolute_url(),
        dedupe_key=dedupe_key,
        again_after=again_after,
        now=now,
    )
