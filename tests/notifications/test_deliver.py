"""Delivering: claimed by one, tried with growing pauses, and a visible end where it never arrives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.notifications import deliver, webhook
from keyconsole.notifications.errors import Undelivered
from keyconsole.notifications.models import Delivery, Route
from keyconsole.notifications.retry import dead_letters, try_again
from tests.cast import NOW, Cast
from tests.notifications.conftest import Receiver, make_route, send, tell

HOURS = timedelta(hours=1)


def fail_until_dead(delivery: Delivery, receiver: Receiver) -> list[timedelta]:
    """The pauses between the tries, until there is no other."""
    receiver.answers[:] = [500] * 20
    pauses, now = [], NOW
    while send(delivery, now=now).state == "failed":
        assert delivery.due_at is not None
        pauses.append(delivery.due_at - now)
        now = delivery.due_at
    return pauses


def test_a_message_arrives_and_says_when(delivery: Delivery, receiver: Receiver):
    sent = send(delivery)
    assert (sent.state, sent.sent_at, sent.tries, sent.last_problem) == ("sent", NOW, 1, "")
    assert len(receiver.heard) == 1


def test_a_worker_that_comes_twice_sends_once(delivery: Delivery, receiver: Receiver):
    send(delivery)
    send(delivery)
    assert len(receiver.heard) == 1


def test_two_workers_at_once_send_once(delivery: Delivery, monkeypatch):
    calls = []

    def slow_post(*_, **__):
        calls.append(1)
        if len(calls) == 1:
            send(delivery)

    monkeypatch.setattr(webhook, "post", slow_post)
    assert send(delivery).state == "sent"
    assert len(calls) == 1


def test_pauses_grow_and_then_the_message_is_dead(delivery: Delivery, receiver: Receiver):
    assert fail_until_dead(delivery, receiver) == list(deliver.PAUSES)
    assert (delivery.state, delivery.tries) == ("dead", 6)
    assert delivery.last_problem == "The webhook answered with status 500."
    assert dead_letters() == 1
    assert len(receiver.heard) == 6


def test_each_failed_try_makes_the_next_due_at_its_time(delivery: Delivery, receiver: Receiver):
    receiver.answers.append(503)
    assert send(delivery).due_at == NOW + timedelta(minutes=1)
    assert delivery.lease == ""


def test_a_worker_that_comes_too_early_leaves_the_message_alone(delivery: Delivery, receiver: Receiver):
    receiver.answers.append(503)
    send(delivery)
    send(delivery, now=NOW + timedelta(seconds=59))
    assert len(receiver.heard) == 1
    assert send(delivery, now=NOW + timedelta(seconds=60)).state == "sent"


def test_a_dead_message_is_recorded_once(delivery: Delivery, receiver: Receiver):
    fail_until_dead(delivery, receiver)
    entry = Entry.objects.get(event="notification.failed")
    assert (entry.subject, entry.account_id) == ("desk", "111122223333")
    assert entry.data["problem"] == "The webhook answered with status 500."
    assert entry.data["delivery"] == str(delivery.ref)
    assert entry.actor.startswith("worker ")


def test_a_dead_message_is_never_due(delivery: Delivery, receiver: Receiver):
    fail_until_dead(delivery, receiver)
    receiver.answers.clear()
    assert send(delivery, now=NOW + 99 * HOURS).state == "dead"
    assert delivery.due_at is None


def test_a_dead_message_can_be_tried_again_from_the_start(delivery: Delivery, receiver: Receiver):
    fail_until_dead(delivery, receiver)
    receiver.answers.clear()
    assert try_again(delivery, by="ada", now=NOW + 99 * HOURS)
    assert not try_again(delivery, by="ada", now=NOW + 99 * HOURS)
    assert send(delivery, now=NOW + 99 * HOURS).state == "sent"
    assert (delivery.tries, delivery.last_problem) == (1, "")
    assert Entry.objects.filter(event="notification.tried_again", actor="ada").count() == 1


def test_a_lease_that_ran_out_is_taken_over(delivery: Delivery, receiver: Receiver, monkeypatch):
    def lost_worker(*_, **__):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(webhook, "post", lost_worker)
        with pytest.raises(SystemExit):
            send(delivery)
    send(delivery, now=NOW + deliver.LEASE - timedelta(seconds=1))
    assert receiver.heard == []
    assert send(delivery, now=NOW + deliver.LEASE).state == "sent"


def test_who_was_overtaken_does_not_overwrite_the_other_answer(delivery: Delivery, monkeypatch):
    calls = []

    def overtaken_post(*_, **__):
        calls.append(1)
        if len(calls) == 1:
            send(delivery, now=NOW + deliver.LEASE)
            raise Undelivered("Too late.")

    monkeypatch.setattr(webhook, "post", overtaken_post)
    assert send(delivery).state == "sent"
    assert (len(calls), delivery.last_problem) == (2, "")


def test_what_was_sent_or_is_dead_is_not_due_any_more(delivery: Delivery, receiver: Receiver):
    send(delivery)
    tell(subject="another")
    fail_until_dead(Delivery.objects.get(subject="another"), receiver)
    assert not Delivery.objects.filter(due_at__isnull=False).exists()
    assert not Delivery.objects.exclude(lease="").exists()


def test_one_that_is_due_although_it_was_sent_is_put_to_rest(delivery: Delivery, receiver: Receiver):
    """As after a restored backup: it must not come due again and again."""
    send(delivery)
    Delivery.objects.update(due_at=NOW)
    send(delivery, now=NOW + HOURS)
    assert (delivery.due_at, len(receiver.heard)) == (None, 1)


def test_a_route_that_was_removed_meanwhile_gets_nothing(
    delivery: Delivery, receiver: Receiver, webhook_route: Route
):
    Route.objects.update(removed_at=NOW)
    assert send(delivery).state == "dead"
    assert delivery.last_problem == "The route was removed."
    assert receiver.heard == []


def test_a_person_who_left_meanwhile_gets_nothing(cast: Cast, mailoutbox):
    cast.ben.email = "ben@example.org"
    cast.ben.save()
    tell(people=[cast.ben])
    cast.ben.is_active = False
    cast.ben.save()
    assert send(Delivery.objects.get()).state == "dead"
    assert mailoutbox == []


@pytest.mark.parametrize("kind", ["apprise", "webhook"])
def test_a_variable_that_is_not_set_is_named_and_tried_again(db, kind):
    make_route(kind=kind, url_env="KEYCONSOLE_NOTIFY_NOWHERE")
    tell()
    failed = send(Delivery.objects.get())
    assert failed.state == "failed"
    assert "KEYCONSOLE_NOTIFY_NOWHERE" in failed.last_problem


def test_an_unforeseen_error_is_kept_by_its_kind_alone(delivery: Delivery, monkeypatch):
    def breaks(*_, **__):
        raise ZeroDivisionError("http://user:password@desk.example.org")

    monkeypatch.setattr(webhook, "post", breaks)
    assert send(delivery).last_problem == "Sending broke off with ZeroDivisionError."
