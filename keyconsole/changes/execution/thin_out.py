"""Lets go of looks of changes that were closed long ago, where they showed the same as before and after.

The first and the last look of each stretch stay, so that what was seen from when to when goes on being told.
Approvals, the attempt and the record are not touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings

from keyconsole.changes.models import Attempt, Change, Observation

PORTION = 10  # changes
LOOKS_AT_ONCE = 1000


def thin_out_looks(*, now: datetime) -> int:
    """A portion of the changes; how many rows went."""
    before = now - timedelta(days=settings.KEYCONSOLE_KEEP_LOOKS_DAYS)
    old = Change.objects.closed().filter(closed_at__lt=before, looks_thinned_at=None)
    return sum(_thin_out(change, now=now) for change in old.order_by("closed_at")[:PORTION])


def _thin_out(change: Change, *, now: datetime) -> int:
    """At most LOOKS_AT_ONCE; it counts as done when nothing is left that could go."""
    rounds = list(_between_alike(change))
    gone, _ = change.observations.filter(round__in=rounds[:LOOKS_AT_ONCE]).delete()
    if len(rounds) <= LOOKS_AT_ONCE:
        Change.objects.filter(pk=change.pk, looks_thinned_at=None).update(looks_thinned_at=now)
    return gone


def _between_alike(change: Change) -> Iterator[int]:
    attempt = Attempt.objects.filter(change=change).first()
    stretches = groupby(_looks(change, attempt), key=lambda look: look[1:])
    for _, stretch in stretches:
        numbers = [look[0] for look in stretch]
        yield from numbers[1:-1]


def _looks(change: Change, attempt: Attempt | None) -> Iterator[tuple[int, bool, frozenset[tuple[str, ...]]]]:
    """Each with its number, whether it was before the call, and what it showed."""
    rows = change.observations.order_by("round")
    for number, together in groupby(rows.iterator(chunk_size=500), key=lambda row: row.round):
        look = list(together)
        is_before = attempt is None or max(row.looked_at for row in look) <= attempt.started_at
        yield number, is_before, frozenset(_shown(row) for row in look)


def _shown(row: Observation) -> tuple[str, ...]:
    return row.region, row.role, row.state, row.names_primary, row.sight, row.problem
