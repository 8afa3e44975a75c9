"""Primaries as of any moment and what moved between two, against a replay that keeps nothing but a list."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyconsole.inventory.basis import basis_of, sentence_of
from keyconsole.inventory.history import by_region, counts_over, move_periods, moves_in
from keyconsole.inventory.models import Cause, MultiRegionKey
from keyconsole.inventory.periods import primaries_at, record_primary
from tests.cast import Cast, Member, make_key

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
DAY0 = datetime(2026, 1, 1, tzinfo=UTC)
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")


def hour(number: float) -> datetime:
    return DAY0 + timedelta(hours=number)


@dataclass(frozen=True)
class Look:
    """A scan saw the primary there; or, `ours`, a change of ours moved it there at exactly that time."""

    at: int
    region: str
    ours: bool


LOOKS = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from(REGIONS), st.booleans()), min_size=0, max_size=12
).map(
    lambda steps: [Look(sum(gap for gap, _, _ in steps[: n + 1]), *steps[n][1:]) for n in range(len(steps))]
)
HISTORIES = st.lists(LOOKS, min_size=1, max_size=3)


def replay(looks: list[Look], moment: datetime) -> tuple[str, str]:
    """Where it was, and where it may have been already."""
    seen = [look for look in looks if hour(look.at) <= moment]
    if not seen:
        return "", ""
    here, later = seen[-1].region, [look for look in looks if hour(look.at) > moment]
    # The last look that found it here must be before the moment: at it, it was seen.
    if later and later[0].region != here and not later[0].ours and hour(seen[-1].at) < moment:
        return here, later[0].region
    return here, ""


def replayed_moves(looks: list[Look]) -> list[tuple[datetime, str, str, bool]]:
    found = []
    for before, after in itertools.pairwise(looks):
        if before.region != after.region:
            found.append((hour(after.at), before.region, after.region, after.ours))
    return found


def lived(cast: Cast, number: int, looks: list[Look]) -> MultiRegionKey:
    key = make_key(cast.payments, f"mrk-{number:032x}", *(Member(region) for region in REGIONS))
    key.primary_periods.all().delete()
    for place, look in enumerate(looks):
        first = not place
        was = looks[place - 1].region if place else ""
        if first:
            cause, ref = Cause.FIRST_SEEN, ""
        elif look.ours and look.region != was:
            cause, ref = Cause.CHANGE, f"CR-{place}"
        else:
            cause, ref = Cause.OUT_OF_BAND, ""
        record_primary(key, region=look.region, at=hour(look.at), cause=cause, change_ref=ref)
    return key


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=HISTORIES, moment=st.integers(0, 130), span=st.integers(0, 130))
def test_as_of_answers_and_moves_equal_a_replay_of_every_look(cast, histories, moment, span):
    asked, until = hour(moment / 2), hour((moment + span) / 2)
    with transaction.atomic():
        keys = [lived(cast, number, looks) for number, looks in enumerate(histories, start=1)]
        mine = MultiRegionKey.objects.filter(pk__in=[key.pk for key in keys])
        answers = primaries_at(mine, asked)
        told = {pk: (found.region, found.or_region) for pk, found in answers.items()}
        expected = {key.pk: replay(looks, asked) for key, looks in zip(keys, histories, strict=True)}
        assert told == {pk: answer for pk, answer in expected.items() if answer[0]}
        counted: dict[str, int] = {}
        for region, _ in told.values():
            counted[region] = counted.get(region, 0) + 1
        assert by_region(mine, asked) == counted
        over = counts_over(mine, [asked, until])
        assert {region: values[0] for region, values in over.items() if values[0]} == counted
        check_moves(mine, dict(zip([key.pk for key in keys], histories, strict=True)), asked, until)
        transaction.set_rollback(True)


def check_moves(keys, histories, since, until):
    found = moves_in(list(move_periods(keys, since=since, until=until)), since=since, until=until)
    certain = [(m.key.pk, m.at, m.from_region, m.to_region) for m in found if m.at <= until]
    expected = [
        (pk, at, left, came)
        for pk, looks in histories.items()
        for at, left, came, _ in replayed_moves(looks)
        if since < at <= until
    ]
    assert sorted(certain) == sorted(expected)
    for move in found:
        assert move.outside == bool(move.at > until or (move.not_before and move.not_before < since))


@pytest.fixture
def key(cast: Cast) -> MultiRegionKey:
    """Seen in Virginia from hour 1 to 5, found in Ireland at 9, moved to Sydney by a change at 20."""
    looks = [
        Look(1, "us-east-1", ours=False),
        Look(5, "us-east-1", ours=False),
        Look(9, "eu-west-1", ours=False),
        Look(20, "ap-southeast-2", ours=True),
    ]
    return lived(cast, 7, looks)


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (0, "Nobody had looked yet."),
        (3, "Seen there by a scan, 2026-01-01T01:00:00+00:00; still there 2026-01-01T05:00:00+00:00."),
        (
            7,
            (
                "Seen there by a scan, 2026-01-01T01:00:00+00:00; nobody looked between "
                "2026-01-01T05:00:00+00:00 and 2026-01-01T09:00:00+00:00."
            ),
        ),
        (
            10,
            (
                "Moved out of band, found there by a scan, 2026-01-01T09:00:00+00:00; still there "
                "2026-01-01T20:00:00+00:00."
            ),
        ),
        (
            30,
            (
                "Moved there by CR-3, 2026-01-01T20:00:00+00:00; last seen there 2026-01-01T20:00:00+00:00, "
                "nobody looked since."
            ),
        ),
    ],
)
def test_each_answer_says_what_it_rests_on_and_where_nobody_looked(
    key: MultiRegionKey, at: int, sentence: str
) -> None:
    found = primaries_at(MultiRegionKey.objects.filter(pk=key.pk), hour(at)).get(key.pk)
    assert sentence_of(found, hour(at)) == sentence
    if found:
        assert (basis_of(found, hour(at)).gap_from is not None) == ("nobody looked" in sentence)


def test_a_move_that_may_have_happened_outside_of_the_time_asked_about_says_so(key: MultiRegionKey) -> None:
    keys = MultiRegionKey.objects.filter(pk=key.pk)
    for since, until, outside in ((4, 10, False), (6, 10, True), (6, 8, True)):
        span = {"since": hour(since), "until": hour(until)}
        [move] = moves_in(list(move_periods(keys, **span)), **span)
        assert (move.from_region, move.to_region, move.outside) == ("us-east-1", "eu-west-1", outside)
        assert move.is_out_of_band
