"""Runs an approved change: claim, look, compare, record, call once. Workers call it, never pages.

At most one call per change, whatever crashes: the Attempt row, unique per change, is
committed before the call, and nothing here calls without having inserted it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from keyconsole.audit.events import Event
from keyconsole.changes.approvals.deadlines import next_check
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.execution import settle
from keyconsole.changes.execution.call import record_answer, send
from keyconsole.changes.execution.observe import Seen, enter_for, not_entered, observe
from keyconsole.changes.execution.store_observations import change_regions, store_round
from keyconsole.changes.execution.worker_name import worker_name
from keyconsole.changes.models import Attempt, Change
from keyconsole.changes.plan import selection
from keyconsole.changes.plan.staleness import differences
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, record_event
from keyconsole.inventory.models import Sight
from keyconsole.kms.errors import KmsError
from keyconsole.kms.sessions import AccountSession
from keyconsole.lease import give_back, renew, take
from keyconsole.refusals import Lost

# A worker that has not moved a change on for so long is taken for dead; another one takes over. Between two
# renewals a step takes 15 s to enter, or 25 s to look, or 30 s to send: less than half of it.
LEASE = timedelta(seconds=90)
PAUSE_BETWEEN_LOOKS = timedelta(seconds=5)
LONGEST_PAUSE_BETWEEN_LOOKS = timedelta(minutes=5)
LATEST = datetime.max.replace(tzinfo=UTC)
LOST_WORKER = (
    "The worker that was to send the call was lost. Looking tells whether it did, and what came of it."
)

Clock = Callable[[], datetime]


def execute(change: Change, *, clock: Clock) -> None:
    """Carry a change as far as it goes now. Safe to call twice, late, or from many workers at once."""
    try:
        if take(change, now=clock(), lasts=LEASE):
            _claim(change, now=clock())
            _carry_on(change, clock=clock)
    except Lost:
        return


def _claim(change: Change, *, now: datetime) -> None:
    if change.state == State.EXECUTING:
        return  # its worker was lost, or it waits for its next look before the call
    if change.state != State.APPROVED:
        raise Lost(change.ref)
    with transaction.atomic():
        # Asked here and not before: whoever withdraws or freezes at this moment comes before or after us.
        if gate(change, now=now).decision != RunDecision.RUN:
            give_back(change, due_at=next_check(change, now=now))
            return
        move(change, to=State.EXECUTING, event=Event.CHANGE_CLAIMED, actor=worker_name(), now=now)


def _carry_on(change: Change, *, clock: Clock) -> None:
    if not change.held:
        return
    if Attempt.objects.filter(change=change).exists():
        settle.begin(change, now=clock(), why=LOST_WORKER, actor=worker_name())
        return
    try:
        session = enter_for(change.key.account, name=change.ref)
    except KmsError as error:
        store_round(change, not_entered(change_regions(change), error), now=clock())
        _cannot_look(change, str(error), now=clock())
        return
    with session:
        _observe_and_send(change, session, clock=clock)


def _observe_and_send(change: Change, session: AccountSession, *, clock: Clock) -> None:
    renew(change, now=clock(), lasts=LEASE)
    seen = observe(
        change.key, session, regions=change_regions(change), plan=change.plan, needed=len(change.regions)
    )
    now = clock()
    store_round(change, seen, now=now)
    planned = [one for one in seen if one.region in change.regions]
    if unknown := [one.unknown for one in planned if one.unknown]:
        _cannot_look(change, unknown[0], now=now)
        return
    if found := _differences(change, planned):
        _end_stale(change, found, now=now)
        return
    attempt = _commit_attempt(change, now=now)
    answer = send(change, session, recorded_at=now, clock=clock)
    record_answer(change, attempt, answer, now=clock())


def _differences(change: Change, planned: list[Seen]) -> list[str]:
    found = differences(change, [one.for_plan() for one in planned])
    for one in planned:
        if one.region == selection.region_of(change.plan) and one.sight == Sight.SEEN:
            found += selection.differences(change, tags=one.tags, aliases=one.aliases)
    return found


def _commit_attempt(change: Change, *, now: datetime) -> Attempt:
    """The point of no return: from here on no other worker will ever call for this change."""
    try:
        with transaction.atomic():
            renew(change, now=now, lasts=LEASE)
            attempt = Attempt.objects.create(
                change=change,
                plan_sha256=change.plan_sha256,
                key_arn=change.plan["key_arn"],
                to_region=change.to_region,
                worker=worker_name(),
                started_at=now,
            )
            Change.objects.filter(pk=change.pk).update(version=F("version") + 1)
            data = {
                "key_arn": attempt.key_arn,
                "to_region": attempt.to_region,
                "plan_sha256": change.plan_sha256,
            }
            record_event(change, Event.CHANGE_EXECUTION_STARTED, actor=worker_name(), now=now, data=data)
    except IntegrityError:
        raise Lost(change.ref) from None
    return attempt


def _end_stale(change: Change, found: list[str], *, now: datetime) -> None:
    outcome = " ".join(["Nothing was sent to AWS.", *found])
    move(
        change,
        to=State.STALE,
        event=Event.CHANGE_STALE,
        actor=worker_name(),
        now=now,
        data={"differences": found},
        outcome=outcome,
    )


def _cannot_look(change: Change, problem: str, *, now: datetime) -> None:
    """Unknown is no difference and no end: it waits, approved, until it can look or its approval expires."""
    move(
        change,
        to=State.APPROVED,
        event=Event.CHANGE_COULD_NOT_LOOK,
        actor=worker_name(),
        now=now,
        due_at=min(now + pause_before_looking_again(change), change.approval_expires_at or LATEST),
        data={"problem": problem},
        outcome=f"The call was not sent to AWS yet: the key cannot be read first. {problem}",
    )


def pause_before_looking_again(change: Change) -> timedelta:
    """Soon at first, then less often: each try is a line of the record, and it may be long until one can."""
    tries = max(change.rounds_taken - 1, 0)
    return min(PAUSE_BETWEEN_LOOKS * (1 << min(tries, 10)), LONGEST_PAUSE_BETWEEN_LOOKS)
