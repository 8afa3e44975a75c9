"""What AWS said to a change's call, and for how long the looks since then have shown the same. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby

from django.conf import settings

from keyconsole.changes.execution.observe import Seen
from keyconsole.changes.kinds.parts import Call, Looks, Said
from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Answer, Attempt, Change

# Our client waits this long at most for an answer; before that an unanswered call may still be in flight.
CALL_LASTS_AT_MOST = timedelta(seconds=60)
# Twice the longest pause between two looks. Of a longer gap (nobody worked, or a clock was set on) no more
# counts as watched.
GAP_COUNTS_FOR_AT_MOST = timedelta(seconds=120)

_SAID = {
    Answer.SUCCESS: Said.YES,
    Answer.REFUSED: Said.NO,
    Answer.NOT_SENT: Said.NO,
    Answer.LOST: Said.NOTHING,
    Answer.NONE_YET: Said.NOTHING,
}
# One Region of a look: where, its role, its state, and which Region it calls primary.
_Shown = tuple[str, str, str, str]


def call_so_far(
    change: Change, attempt: Attempt, seen: Iterable[Seen], *, not_needed: frozenset[str]
) -> Call:
    """`seen`: the look that is judged, which is stored already. `not_needed`: Regions that do not count."""
    now = {
        (one.region, one.role, one.state, one.names_primary) for one in seen if one.region not in not_needed
    }
    return Call(
        said=_SAID[Answer(attempt.answer)],
        words=what_aws_said(attempt),
        was_seen=was_seen(change),
        looks=_agreeing_looks(change, now, after=_over_at(attempt)),
    )


def was_seen(change: Change) -> bool:
    """Whether a look showed what was asked for. Never one before the call: that had ended the change."""
    after = kind_of(change).role_after(change, change.to_region)
    return change.observations.filter(region=change.to_region, role=after).exists()


def _over_at(attempt: Attempt) -> datetime:
    """From when on the call certainly is not on its way any more."""
    if attempt.answer == Answer.SUCCESS and attempt.answered_at:
        return attempt.answered_at
    return attempt.started_at + CALL_LASTS_AT_MOST


def what_aws_said(attempt: Attempt) -> str:
    if attempt.answer == Answer.SUCCESS:
        at = attempt.answered_at or attempt.started_at
        return (
            f"AWS answered yes at {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC (request {attempt.request_id})."
        )
    if attempt.answer == Answer.REFUSED:
        return f"AWS refused the call: {attempt.error_message}"
    if attempt.answer == Answer.NOT_SENT:
        return attempt.error_message
    if attempt.request_id:
        return f"AWS answered with an error of its own ({attempt.error_code}, request {attempt.request_id})."
    return "No answer to the call came."


def _agreeing_looks(change: Change, now: set[_Shown], *, after: datetime) -> Looks | None:
    wanted = timedelta(seconds=settings.KEYCONSOLE_LOST_ANSWER_SECONDS)
    times: list[datetime] = []
    watched = timedelta(0)
    for looked_at, shown in _latest_first(change, {region for region, *_ in now}, after=after):
        if shown != now:
            break
        if times:
            watched += min(max(times[-1] - looked_at, timedelta(0)), GAP_COUNTS_FOR_AT_MOST)
        times.append(looked_at)
        if watched >= wanted:
            break
    if not times:
        return None
    return Looks(count=len(times), since=times[-1], until=times[0], enough=watched >= wanted)


def _latest_first(
    change: Change, regions: set[str], *, after: datetime
) -> Iterator[tuple[datetime, set[_Shown]]]:
    rows = (
        change.observations.filter(looked_at__gte=after, region__in=regions)
        .order_by("-round")
        .values_list("round", "looked_at", "region", "role", "state", "names_primary")
    )
    for _, together in groupby(rows.iterator(chunk_size=200), key=lambda row: row[0]):
        look = list(together)
        yield look[0][1], {(region, role, state, names) for _, _, region, role, state, names in look}
