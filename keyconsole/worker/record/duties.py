"""What workers owe the record, one at a time whoever does it: sign it, check it, have it kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction

from keyconsole.audit import configured
from keyconsole.audit.anchors.anchor import Anchor, AnchorError, ContradictedError
from keyconsole.audit.checkpoints import Known, RewrittenError, newest, sign_now
from keyconsole.audit.events import Event
from keyconsole.audit.known import check_all
from keyconsole.audit.log import ITSELF, record
from keyconsole.audit.models import Duty, Entry, Receipt, SignedCheckpoint
from keyconsole.audit.notes import KeyFileError, Signer
from keyconsole.audit.proofs import MissingTileError
from keyconsole.audit.state import CHECKPOINT, VERIFICATION
from keyconsole.audit.tiles import GapError, grow, tree_size
from keyconsole.lease import give_back, refuse_without_lease, take
from keyconsole.worker.record import seen
from keyconsole.worker.record.alarm import alarm
from keyconsole.worker.record.signer import anchors, our_keys, signer

EVERY = timedelta(seconds=60)
AGAIN_AFTER_A_FAILURE = timedelta(minutes=5)
LASTS = timedelta(minutes=30)  # how long one of them may take at most
AT_NIGHT = time(2, 0)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`broken`: the record itself is, and not only what should have been done for it."""

    size: int
    problem: str = ""
    broken: bool = False


def make_sure(*, now: datetime) -> None:
    """That each duty has its row, and none comes due that is no longer asked for."""
    wanted = {CHECKPOINT, VERIFICATION, *anchors()}
    there = dict(Duty.objects.values_list("name", "due_at"))
    for name in wanted - {name for name, due_at in there.items() if due_at is not None}:
        Duty.objects.update_or_create(name=name, defaults={"due_at": now, "lease": ""})
    if gone := [name for name, due_at in there.items() if due_at is not None and name not in wanted]:
        Duty.objects.filter(name__in=gone).update(due_at=None)


def begin(*, now: datetime) -> None:
    """A worker that starts has the record checked."""
    make_sure(now=now)
    Duty.objects.filter(name=VERIFICATION, lease="").update(due_at=now)


def step(duty: Duty, *, clock: Clock) -> None:
    if not take(duty, now=clock(), lasts=LASTS):
        return
    result = _DUTIES.get(duty.name, _keep_elsewhere)(duty, clock())
    finish(duty, result, now=clock())
    give_back(duty, due_at=_next(duty, clock()))


def finish(duty: Duty, result: Result, *, now: datetime) -> None:
    """Raises Lost where another worker has taken it over."""
    new = result.broken and result.problem != duty.problem
    with transaction.atomic():
        refuse_without_lease(duty)
        since = duty.problem_at if result.problem and duty.problem else now
        Duty.objects.filter(pk=duty.pk).update(
            done_at=now,
            size=result.size,
            problem=result.problem,
            is_break=result.broken,
            problem_at=since if result.problem else None,
        )
    if new:
        alarm(result.problem, found_by=duty.name, now=now)


def _next(duty: Duty, now: datetime) -> datetime:
    if duty.name != VERIFICATION:
        return now + EVERY
    tonight = datetime.combine(now.date(), AT_NIGHT, tzinfo=now.tzinfo)
    return tonight if tonight > now else tonight + timedelta(days=1)


def sign(duty: Duty, now: datetime) -> Result:
    """The tree grows also where nobody signs it."""
    try:
        chosen = signer()
        if chosen is None:
            return Result(size=grow())
        return Result(size=_signed(chosen, now=now))
    except (RewrittenError, GapError, MissingTileError) as error:
        return Result(size=duty.size, problem=str(error), broken=True)
    except (KeyFileError, AnchorError) as error:
        return Result(size=duty.size, problem=str(error))


def _signed(chosen: Signer, *, now: datetime) -> int:
    origin = configured.origin()
    _tell_of_another_origin(origin, now=now)
    known, old = known_outside(origin), configured.old_keys()
    made = sign_now(chosen, origin=origin, accepted=old, known=known, now=now)
    if last := made or newest(origin):
        seen.note_down(last.note)
    return tree_size()


def known_outside(origin: str) -> list[Known]:
    """What the database cannot forget. A place that cannot be asked now is asked the next time."""
    found: list[Known | None] = [*seen.noted(origin)]
    for each in anchors().values():
        try:
            found.append(each.newest(origin))
        except AnchorError:
            continue
    return [known for known in found if known]


def _tell_of_another_origin(origin: str, *, now: datetime) -> None:
    """Once, before the first checkpoint under the new one, and so inside of it."""
    last = SignedCheckpoint.objects.order_by("-pk").first()
    if last is None or last.origin == origin or newest(origin):
        return
    if not Entry.objects.filter(event=Event.RECORD_RENAMED, data__to=origin).exists():
        with transaction.atomic():
            data = {"from": last.origin, "to": origin, "last_checkpoint": last.note}
            record(Event.RECORD_RENAMED, actor=ITSELF, subject="record", now=now, data=data)


def _verify(duty: Duty, now: datetime) -> Result:  # noqa: ARG001
    origin = configured.origin()
    try:
        keys = our_keys()
    except KeyFileError:
        keys = []  # which the duty of signing tells
    found = check_all(origin, known_outside(origin), keys=keys)
    return Result(size=found.size, problem=found.words() if found.breaks else "", broken=bool(found.breaks))


def _keep_elsewhere(duty: Duty, now: datetime) -> Result:
    """The newest checkpoint; those between are in it."""
    anchor = anchors().get(duty.name)
    last = newest(configured.origin())
    if anchor is None or last is None:
        return Result(size=duty.size)
    if Receipt.objects.filter(anchor=anchor.name, checkpoint=last).exists():
        return Result(size=last.size)
    try:
        _keep(anchor, last, now=now)
    except AnchorError as error:
        broken = isinstance(error, ContradictedError)
        return Result(size=duty.size, problem=str(error), broken=broken)
    return Result(size=last.size)


def _keep(anchor: Anchor, checkpoint: SignedCheckpoint, *, now: datetime) -> None:
    kept = anchor.keep(checkpoint)
    with transaction.atomic():
        Receipt.objects.get_or_create(
            anchor=anchor.name,
            checkpoint=checkpoint,
            defaults={"kept_at": now, "where": kept.where, "content": kept.content},
        )


_DUTIES: dict[str, Callable[[Duty, datetime], Result]] = {CHECKPOINT: sign, VERIFICATION: _verify}
