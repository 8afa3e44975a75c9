"""The past fits together on whatever day and hour the demo starts."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from keyconsole.demo.keys import KEYS
from keyconsole.demo.past_changes import Ending, by_alias, foreign_moves, past_changes
from keyconsole.demo.scans import past_scans

STARTS = [datetime(2026, 11, 23, 0, 10, tzinfo=UTC) + timedelta(hours=25 * step) for step in range(28)]
everyday = pytest.mark.parametrize("now", STARTS, ids=lambda now: f"{now:%a %H:%M}")


def moves_of(alias: str, now: datetime) -> list[tuple[datetime, str, str]]:
    ours = [
        (change.called_at(now=now), change.from_region, change.to_region)
        for change in past_changes(now=now)
        if change.alias == alias and change.ending.moves
    ]
    foreign = [
        (now - timedelta(days=move.days_ago), move.from_region, move.to_region)
        for move in foreign_moves()
        if move.alias == alias
    ]
    return sorted([*ours, *foreign])


def test_no_two_keys_share_an_alias():
    assert len(by_alias()) == len(KEYS)


@everyday
def test_each_move_starts_where_the_one_before_ended_and_the_last_leads_to_the_primary(now: datetime):
    for key in KEYS:
        moves = moves_of(key.alias, now)
        assert all(target in key.regions for _, _, target in moves)
        assert all(before[2] == after[1] for before, after in pairwise(moves))
        assert not moves or moves[-1][2] == key.primary


@everyday
def test_a_key_of_a_change_still_is_in_both_of_its_regions(now: datetime):
    for change in past_changes(now=now):
        assert {change.from_region, change.to_region} <= set(by_alias()[change.alias].regions)


@everyday
def test_every_key_was_seen_before_anything_happened_to_it(now: datetime):
    touched: dict[str, list[datetime]] = defaultdict(list)
    for change in past_changes(now=now):
        touched[change.alias].append(change.called_at(now=now))
    for move in foreign_moves():
        touched[move.alias].append(now - timedelta(days=move.days_ago))
    for alias, moments in touched.items():
        key = by_alias()[alias]
        born = now - timedelta(days=key.created_days_ago)
        first = next(scan for scan in past_scans(key.account, now=now) if scan.looked_at >= born)
        assert first.looked_at < min(moments) - timedelta(hours=2), alias


@everyday
def test_the_stale_change_met_a_move_that_no_scan_had_found_yet(now: datetime):
    (stale,) = [change for change in past_changes(now=now) if change.ending is Ending.STALE_MOVED]
    moved = next(move for move in foreign_moves() if move.alias == stale.alias)
    moved_at, called_at = now - timedelta(days=moved.days_ago), stale.called_at(now=now)
    assert moved_at < called_at
    scans = past_scans(by_alias()[stale.alias].account, now=now)
    assert not [scan for scan in scans if moved_at <= scan.looked_at <= called_at]


@everyday
def test_people_work_in_the_day_time_and_never_in_the_future(now: datetime):
    changes = past_changes(now=now)
    assert all(change.called_at(now=now) < now - timedelta(hours=1) for change in changes)
    assert all(7 <= change.called_at(now=now).hour <= 17 for change in changes if not change.in_trail)
