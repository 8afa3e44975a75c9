"""Announcing: who is told, once, in the transaction of the cause, without any call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from keyconsole.audit.log import NotInTransactionError
from keyconsole.notifications import announce as announcing
from keyconsole.notifications.announce import announce
from keyconsole.notifications.mail import NO_EMAIL
from keyconsole.notifications.models import Delivery
from keyconsole.notifications.topics import Topic
from tests.cast import NOW, Cast
from tests.notifications.conftest import make_route, tell

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _addresses(cast: Cast) -> None:
    for person in (cast.ana, cast.ben, cast.bea):
        person.email = f"{person.username}@example.org"
        person.save()


def recipients() -> list[str]:
    return [delivery.recipient for delivery in Delivery.objects.order_by("pk")]


def test_each_person_and_each_route_gets_one_message_that_is_due_at_once(cast: Cast):
    make_route("desk")
    told = tell(people=[cast.ben, cast.bea, cast.ben])
    assert recipients() == ["desk", "ben", "bea"]
    assert (told.routes, told.people, told.out_of_reach) == (("desk",), ("ben", "bea"), ())
    assert set(Delivery.objects.values_list("due_at", "lease")) == {(NOW, "")}


def test_the_message_is_kept_as_it_was_said(cast: Cast):
    tell(people=[cast.ben], subject="One\nBcc: x@example.org\n  line", data={"at": NOW})
    kept = Delivery.objects.get()
    assert kept.subject == "One Bcc: x@example.org line"
    assert (kept.state, kept.tries, kept.due_at, kept.path) == ("waiting", 0, NOW, "/changes/CR-12/")
    assert kept.data == {"at": "2026-11-23T12:00:00Z"}


def test_people_without_an_address_and_people_who_left_are_not_written_to(cast: Cast):
    cast.bea.is_active = False
    told = tell(people=[cast.ben, cast.bea, cast.cleo])
    assert recipients() == ["ben"]
    assert told.out_of_reach == ("cleo",)


def test_without_a_mail_server_nobody_is_written_to(cast: Cast, settings):
    settings.EMAIL_BACKEND = NO_EMAIL
    assert tell(people=[cast.ben]).out_of_reach == ("ben",)
    assert recipients() == []


@pytest.mark.parametrize(
    ("topics", "accounts", "account_id", "hears"),
    [
        ([], [], "111122223333", True),
        ([], [], "", True),
        (["change.ended"], [], "111122223333", True),
        (["emergency.used"], [], "111122223333", False),
        ([], ["111122223333"], "111122223333", True),
        ([], ["222233334444"], "111122223333", False),
        ([], ["222233334444"], "", False),
    ],
)
def test_a_route_hears_its_topics_in_its_accounts(topics, accounts, account_id, hears):
    make_route("desk", topics=topics, accounts=accounts)
    tell(account_id=account_id)
    assert recipients() == (["desk"] if hears else [])


def test_a_removed_route_hears_nothing():
    make_route("desk", removed_at=NOW)
    tell()
    assert recipients() == []


def test_the_same_key_is_told_once(cast: Cast):
    make_route("desk")
    tell(people=[cast.ben], dedupe_key="CR-12 done")
    tell(people=[cast.ben, cast.bea], dedupe_key="CR-12 done", now=NOW + 30 * DAY)
    assert recipients() == ["desk", "ben", "bea"]


def test_without_a_key_everything_is_told(cast: Cast):
    tell(people=[cast.ben])
    tell(people=[cast.ben])
    assert recipients() == ["ben", "ben"]


def test_a_reminder_is_held_back_until_its_time(cast: Cast):
    moments = [0, 23, 24, 47, 48]
    for hours in moments:
        tell(people=[cast.ben], dedupe_key="CR-12 waits", again_after=DAY, now=NOW + timedelta(hours=hours))
    told = Delivery.objects.order_by("created_at").values_list("created_at", "repeat")
    assert list(told) == [(NOW, 0), (NOW + DAY, 1), (NOW + 2 * DAY, 2)]


def test_each_recipient_of_a_reminder_has_a_time_of_their_own(cast: Cast):
    tell(people=[cast.ben], dedupe_key="CR-12 waits", again_after=DAY)
    tell(people=[cast.ben, cast.bea], dedupe_key="CR-12 waits", again_after=DAY, now=NOW + DAY / 2)
    assert recipients() == ["ben", "bea"]


def test_two_processes_that_tell_the_same_at_once_tell_it_once(cast: Cast, monkeypatch):
    make_route("desk")
    tell(people=[cast.ben], dedupe_key="CR-12 done")
    # What the second process saw before the first one had committed.
    monkeypatch.setattr(announcing, "_told_before", lambda _key: {})
    tell(people=[cast.ben], dedupe_key="CR-12 done")
    assert recipients() == ["desk", "ben"]


def test_what_was_rolled_back_was_never_said(cast: Cast):
    make_route("desk")
    with transaction.atomic():
        tell(people=[cast.ben])
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_it_is_refused():
    assert not connection.in_atomic_block
    with pytest.raises(NotInTransactionError):
        announce(Topic.REMINDER, subject="x", body="x", data={}, now=NOW)


def test_a_message_has_exactly_one_recipient(cast: Cast):
    fields = {"topic": "reminder", "subject": "x", "body": "x", "due_at": NOW, "created_at": NOW}
    for over in ({}, {"route": make_route(), "person": cast.ben}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.create(**fields, **over)


def test_it_costs_the_same_queries_for_many_routes(cast: Cast, django_assert_num_queries):
    for number in range(20):
        make_route(f"desk-{number}")
    with django_assert_num_queries(5):  # two of them begin and end the transaction of the cause
        tell(people=[cast.ben, cast.bea], dedupe_key="CR-12 done")
    assert Delivery.objects.count() == 22
