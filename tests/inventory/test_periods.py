"""Which Region was primary when."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from keyconsole.inventory.models import Cause, MultiRegionKey, PrimaryPeriod
from keyconsole.inventory.periods import primaries_at, record_primary
from tests.cast import make_account
from tests.inventory.facts import KEY, OTHER, A, B, C, at


@pytest.fixture
def key(db: None) -> MultiRegionKey:
    account = make_account("payments", "111122223333")
    return MultiRegionKey.objects.create(account=account, key_id=KEY, first_seen_at=at(0), last_seen_at=at(0))


def told(key: MultiRegionKey, minutes: float) -> tuple[str, str] | None:
    answer = primaries_at(MultiRegionKey.objects.filter(pk=key.pk), at(minutes)).get(key.pk)
    return (answer.region, answer.or_region) if answer else None


def test_the_first_look_opens_the_first_period(key: MultiRegionKey) -> None:
    period = record_primary(key, region=A, at=at(0), cause=Cause.FIRST_SEEN)
    assert (period.region, period.started_at, period.ended_at) == (A, at(0), None)
    key.refresh_from_db()
    assert key.primary_region == A


def test_before_anybody_looked_nobody_knows(key: MultiRegionKey) -> None:
    record_primary(key, region=A, at=at(0), cause=Cause.FIRST_SEEN)
    assert told(key, -1) is None
    assert told(key, 0) == (A, "")
    assert told(key, 1000) == (A, "")


def test_a_change_of_ours_is_exact(key: MultiRegionKey) -> None:
    record_primary(key, region=A, at=at(0), cause=Cause.FIRST_SEEN)
    record_primary(key, region=B, at=at(10), cause=Cause.CHANGE, change_ref="CR-7")
    assert [told(key, minutes) for minutes in (9, 10, 11)] == [(A, ""), (B, ""), (B, "")]
    assert key.primary_periods.last().change_ref == "CR-7"  # type: ignore[union-attr]


def test_between_two_looks_a_move_may_already_have_been(key: MultiRegionKey) -> None:
    record_primary(key, region=A, at=at(0), cause=Cause.FIRST_SEEN)
    record_primary(key, region=A, at=at(10), cause=Cause.FIRST_SEEN)
    record_primary(key, region=B, at=at(20), cause=Cause.OUT_OF_BAND)
    assert [told(key, minutes) for minutes in (9, 10, 15, 20)] == [(A, ""), (A, ""), (A, B), (B, "")]


def test_a_scan_that_was_quicker_gives_its_period_to_the_change(key: MultiRegionKey) -> None:
    record_primary(key, region=A, at=at(0), cause=Cause.FIRST_SEEN)
    record_primary(key, region=B, at=at(12), cause=Cause.OUT_OF_BAND)
    record_primary(key, region=B, at=at(13), cause=Cause.CHANGE, change_ref="CR-7", sent_at=at(11))
    period = PrimaryPeriod.objects.get(key=key, ended_at=None)
    assert (period.cause, period.change_ref, period.not_before) == (Cause.CHANGE, "CR-7", None)


def test_a_move_that_was_there_before_ours_stays_out_of_band(key: MultiRegionKey) -> None:
    record_primary(key, region=A, at=at(0), cause=Cause.FIRST_SEEN)
    record_primary(key, region=B, at=at(5), cause=Cause.OUT_OF_BAND)
    record_primary(key, region=B, at=at(13), cause=Cause.CHANGE, change_ref="CR-7", sent_at=at(11))
    period = PrimaryPeriod.objects.get(key=key, ended_at=None)
    assert (period.cause, period.change_ref) == (Cause.OUT_OF_BAND, "")


def test_a_late_record_never_ends_a_period_before_it_began(key: MultiRegionKey) -> None:
    record_primary(key, region=A, at=at(10), cause=Cause.FIRST_SEEN)
    record_primary(key, region=B, at=at(3), cause=Cause.CHANGE, change_ref="CR-7")
    first, second = key.primary_periods.order_by("pk")
    assert first.ended_at == second.started_at == at(10)


def test_confirming_never_goes_back_in_time(key: MultiRegionKey) -> None:
    record_primary(key, region=A, at=at(10), cause=Cause.FIRST_SEEN)
    assert record_primary(key, region=A, at=at(3), cause=Cause.FIRST_SEEN).confirmed_at == at(10)


def test_the_database_allows_one_open_period_for_a_key(key: MultiRegionKey) -> None:
    record_primary(key, region=A, at=at(0), cause=Cause.FIRST_SEEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrimaryPeriod.objects.create(key=key, region=B, started_at=at(1), cause=Cause.CHANGE)


def test_many_keys_are_told_in_one_query(key: MultiRegionKey, django_assert_num_queries) -> None:
    other = MultiRegionKey.objects.create(
        account=key.account, key_id=OTHER, first_seen_at=at(0), last_seen_at=at(0)
    )
    record_primary(key, region=A, at=at(0), cause=Cause.FIRST_SEEN)
    record_primary(other, region=C, at=at(5), cause=Cause.FIRST_SEEN)
    with django_assert_num_queries(1):
        answers = primaries_at(MultiRegionKey.objects.all(), at(6))
    assert {pk: answer.region for pk, answer in answers.items()} == {key.pk: A, other.pk: C}
    assert set(primaries_at(MultiRegionKey.objects.all(), at(2))) == {key.pk}
