"""Told only where it was sent: what a page may say about messages comes from the messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from keyconsole.notifications.models import Delivery, Route
from keyconsole.notifications.told import NOBODY, told, told_version
from keyconsole.notifications.topics import Topic
from tests.cast import NOW, Cast
from tests.notifications.conftest import make_route

PATH = "/changes/CR-12/"


@pytest.fixture
def desk(db: None) -> Route:
    return make_route("desk")


def write(*, to: Any, state: str = "waiting", **over: Any) -> Delivery:
    recipient = {"route": to} if isinstance(to, Route) else {"person": to}
    sent_at = NOW + timedelta(minutes=2) if state == "sent" else None
    fields = {
        "topic": Topic.CHANGE_NEEDS_YOU.value,
        "subject": "CR-12 waits for approval",
        "body": "",
        "path": PATH,
        "account_id": "111122223333",
        "state": state,
        "sent_at": sent_at,
        "created_at": NOW,
        **recipient,
        **over,
    }
    return Delivery.objects.create(**fields)


def said(*meant: str, **narrowed: Any) -> tuple[str, ...]:
    return told([Topic.CHANGE_NEEDS_YOU], path=PATH, **narrowed).sentences(meant)


def test_without_any_message_nobody_was_written_to(db: None) -> None:
    assert said("ben", "bea") == (NOBODY,)


def test_a_message_that_waits_is_not_called_sent(cast: Cast, desk: Route) -> None:
    write(to=cast.ben)
    write(to=desk)
    assert said("ben") == ("Written, and not sent yet: to ben and 1 route.",)


def test_one_that_failed_and_is_tried_again_is_not_sent_yet(cast: Cast) -> None:
    write(to=cast.ben, state="failed")
    assert said("ben") == ("Written, and not sent yet: to ben.",)


def test_what_was_sent_is_told_with_its_time(cast: Cast, desk: Route) -> None:
    write(to=cast.ben, state="sent")
    write(to=cast.bea, state="sent", sent_at=NOW + timedelta(hours=1))
    write(to=desk, state="sent")
    assert said("ben", "bea") == ("Sent to bea, ben and 1 route, the last at 2026-11-23 13:00 UTC.",)


def test_beside_one_that_was_sent_another_still_waits(cast: Cast) -> None:
    write(to=cast.ben, state="sent")
    write(to=cast.bea)
    assert said() == (
        "Sent to ben, the last at 2026-11-23 12:02 UTC.",
        "Written, and not sent yet: to bea.",
    )


def test_what_was_given_up_is_not_delivered(cast: Cast) -> None:
    write(to=cast.ben, state="sent")
    write(to=cast.bea, state="dead")
    assert said() == ("Sent to ben, the last at 2026-11-23 12:02 UTC.", "Not delivered: to bea.")


def test_whom_no_message_is_for_is_named(cast: Cast) -> None:
    write(to=cast.ben, state="sent")
    assert said("ben", "cleo", "bea")[-1] == "No e-mail was written to bea and cleo."


def test_many_names_are_cut_short(cast: Cast) -> None:
    write(to=cast.ben, state="sent")
    meant = [f"approver-{number:02}" for number in range(40)]
    assert said(*meant)[-1].endswith("approver-05 and 34 more.")


def test_the_last_message_to_each_counts(cast: Cast) -> None:
    write(to=cast.ben, state="dead")
    write(to=cast.ben, state="sent", created_at=NOW + timedelta(days=1))
    assert said() == ("Sent to ben, the last at 2026-11-23 12:02 UTC.",)


def test_other_pages_topics_accounts_and_earlier_times_are_left_out(cast: Cast) -> None:
    write(to=cast.ben, path="/changes/CR-1/")
    write(to=cast.ben, topic=Topic.CHANGE_ENDED.value)
    write(to=cast.ben, account_id="222233334444")
    assert said(account_ids=["111122223333"]) == (NOBODY,)
    write(to=cast.ben)
    assert said(account_ids=["111122223333"]) != (NOBODY,)
    assert said(account_ids=["111122223333"], since=NOW + timedelta(seconds=1)) == (NOBODY,)


def test_the_version_changes_with_each_message_and_its_state(cast: Cast) -> None:
    versions = [told_version(PATH)]
    delivery = write(to=cast.ben)
    versions.append(told_version(PATH))
    Delivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=NOW)
    versions.append(told_version(PATH))
    write(to=cast.bea)
    versions.append(told_version(PATH))
    assert len(set(versions)) == 4


def test_asking_what_was_told_takes_one_query(
    cast: Cast, desk: Route, django_assert_num_queries: Any
) -> None:
    for each in (cast.ben, cast.bea, desk):
        write(to=each)
    with django_assert_num_queries(1):
        assert said("ben", "bea") == ("Written, and not sent yet: to bea, ben and 1 route.",)
