"""A row is held by one at a time, comes due again when its holder dies, is never written by who lost it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.lease import give_back, refuse_without_lease, renew, take
from keyconsole.notifications.models import Delivery
from keyconsole.refusals import Lost
from tests.cast import NOW, Cast

LASTS = timedelta(seconds=60)


@pytest.fixture
def row(cast: Cast) -> Delivery:
    return Delivery.objects.create(
        person=cast.ben, topic="reminder", subject="x", body="x", created_at=NOW, due_at=NOW
    )


def again(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


def test_of_two_who_take_the_same_row_one_gets_it(row: Delivery):
    rival = again(row)
    assert take(row, now=NOW, lasts=LASTS)
    assert not take(rival, now=NOW, lasts=LASTS)
    assert not take(again(row), now=NOW, lasts=LASTS), "not even who reads it anew"
    assert (again(row).lease, again(row).due_at) == (row.held, NOW + LASTS)


def test_a_row_that_is_not_due_yet_is_not_taken(row: Delivery):
    Delivery.objects.update(due_at=NOW + timedelta(seconds=1))
    assert not take(again(row), now=NOW, lasts=LASTS)
    Delivery.objects.update(due_at=None)
    assert not take(again(row), now=NOW, lasts=LASTS)


def test_who_holds_it_already_goes_on_holding_it(row: Delivery):
    assert take(row, now=NOW, lasts=LASTS)
    token = row.held
    assert take(row, now=NOW + LASTS, lasts=LASTS)
    assert again(row).lease == token


def test_a_row_whose_holder_died_is_taken_when_the_lease_is_over(row: Delivery):
    take(row, now=NOW, lasts=LASTS)
    assert not take(again(row), now=NOW + LASTS - timedelta(microseconds=1), lasts=LASTS)
    assert take(again(row), now=NOW + LASTS, lasts=LASTS)


def test_renewing_moves_the_end_and_is_refused_to_who_lost_it(row: Delivery):
    take(row, now=NOW, lasts=LASTS)
    renew(row, now=NOW + timedelta(seconds=30), lasts=LASTS)
    assert again(row).due_at == NOW + timedelta(seconds=90)
    refuse_without_lease(row)
    assert take(again(row), now=NOW + timedelta(seconds=90), lasts=LASTS)
    with pytest.raises(Lost):
        renew(row, now=NOW + timedelta(seconds=91), lasts=LASTS)
    with pytest.raises(Lost):
        refuse_without_lease(row)


def test_who_never_took_it_may_not_write_it(row: Delivery):
    take(row, now=NOW, lasts=LASTS)
    with pytest.raises(Lost):
        refuse_without_lease(again(row))


def test_what_is_given_back_is_due_when_said(row: Delivery):
    take(row, now=NOW, lasts=LASTS)
    give_back(row, due_at=NOW + timedelta(hours=1))
    assert (again(row).lease, again(row).due_at) == ("", NOW + timedelta(hours=1))
    assert not row.held


def test_somebody_who_wants_it_sooner_is_not_overruled(row: Delivery):
    """A person presses *run* while a worker checks the row: the check must not put it off."""
    take(row, now=NOW, lasts=LASTS)
    Delivery.objects.update(due_at=NOW + timedelta(seconds=1))
    give_back(row, due_at=NOW + timedelta(hours=1))
    assert (again(row).lease, again(row).due_at) == ("", NOW + timedelta(seconds=1))


def test_who_lost_it_gives_nothing_back(row: Delivery):
    take(row, now=NOW, lasts=LASTS)
    rival = again(row)
    take(rival, now=NOW + LASTS, lasts=LASTS)
    give_back(row, due_at=None)
    assert (again(row).lease, again(row).due_at) == (rival.held, NOW + LASTS + LASTS)


def test_who_takes_it_sees_what_its_holder_still_wrote_after_the_lease_was_over(row: Delivery):
    """Else a look would get the number of one that is there already, and the step would break off."""
    take(row, now=NOW, lasts=LASTS)
    rival = again(row)
    refuse_without_lease(row)
    Delivery.objects.update(subject="y")
    assert take(rival, now=NOW + LASTS, lasts=LASTS)
    assert rival.subject == "y"
