"""Routes through Apprise, over real HTTP with its own JSON service."""

from __future__ import annotations

import json

import pytest

from keyconsole.notifications.models import Delivery
from tests.notifications.conftest import PATH_SECRET, URL_ENV, Receiver, make_route, send, tell


@pytest.fixture
def delivery(db, receiver: Receiver, monkeypatch, settings) -> Delivery:
    settings.KEYCONSOLE_URL = "https://keys.example.org"
    monkeypatch.setenv(URL_ENV, f"json://ada:pass-word@127.0.0.1:{receiver.port}/{PATH_SECRET}")
    make_route("channel", kind="apprise", secret_env="")
    tell()
    return Delivery.objects.get()


def test_the_service_gets_title_text_and_link(delivery: Delivery, receiver: Receiver):
    assert send(delivery).state == "sent"
    content = json.loads(receiver.heard[0].body)
    assert content["title"] == "[KeyConsole] CR-12 is done"
    assert content["message"] == (
        "Open: https://keys.example.org/changes/CR-12/"
        "\n\nThe primary of card-vault is in eu-west-1.\n\nAs of 2026-11-23 12:00 UTC."
    )


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("@everyone, @Here and @channel", "@\u200beveryone, @\u200bHere and @\u200bchannel"),
        ("[Approve here](https://evil.example)", "[Approve here]\u200b(https://evil.example)"),
        ("ben@example.org asks @ana", "ben@example.org asks @ana"),
    ],
)
def test_a_requester_can_neither_call_everybody_nor_hide_an_address(
    delivery: Delivery, receiver: Receiver, written: str, sent: str
):
    Delivery.objects.update(body=written, subject=written, path="")
    send(delivery)
    content = json.loads(receiver.heard[0].body)
    assert (content["title"], content["message"]) == (
        f"[KeyConsole] {sent}",
        f"{sent}\n\nAs of 2026-11-23 12:00 UTC.",
    )


def test_a_refusal_is_told_by_its_status(delivery: Delivery, receiver: Receiver):
    receiver.answers.append(403)
    assert send(delivery).last_problem == "The service answered with status 403."


def test_redirects_are_not_followed(delivery: Delivery, receiver: Receiver):
    receiver.answers.append(307)
    assert send(delivery).state == "failed"
    assert len(receiver.heard) == 1


def test_a_service_that_cannot_be_reached_is_told(delivery: Delivery, monkeypatch):
    monkeypatch.setenv(URL_ENV, "json://127.0.0.1:1/x")
    assert send(delivery).last_problem.startswith("The service could not be reached")


@pytest.mark.parametrize(
    "url", ["nonsense", "nothing://x/y", "slack://", "http//", "postgres://a:b@host/name"]
)
def test_an_address_that_apprise_does_not_know_is_told_without_telling_it(
    delivery: Delivery, monkeypatch, url: str
):
    monkeypatch.setenv(URL_ENV, url)
    assert send(delivery).last_problem == "The address of this route is not one that Apprise knows."


@pytest.mark.parametrize(("answers", "state"), [([], "sent"), ([500], "failed")])
def test_no_part_of_the_address_is_logged(
    delivery: Delivery, receiver: Receiver, caplog, capfd, answers: list[int], state: str
):
    caplog.set_level("DEBUG")
    receiver.answers[:] = answers
    assert send(delivery).state == state
    told = "".join(capfd.readouterr()) + delivery.last_problem
    assert "pass-word" not in told
    assert PATH_SECRET not in told
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("keyconsole")]
    assert (len(ours), any("pass-word" in line for line in ours)) == (len(answers), False)
