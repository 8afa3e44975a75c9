"""Adding, testing and removing routes, from Python and from the command line, with their record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry
from keyconsole.notifications.models import Delivery, Route
from keyconsole.notifications.routes import add_route, remove_route, send_test
from keyconsole.refusals import Invalid
from tests.cast import NOW
from tests.notifications.conftest import SECRET, SECRET_ENV, URL_ENV, Receiver, make_route, send

pytestmark = pytest.mark.django_db
GOOD: dict[str, Any] = {"kind": "webhook", "url_env": URL_ENV, "secret_env": SECRET_ENV}


def add(name: str = "desk", **over: Any) -> Route:
    return add_route(name, by="ada", now=NOW, **{**GOOD, **over})


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("notification_route", *arguments)
    return capsys.readouterr().out


def test_a_route_is_kept_and_recorded():
    route = add(topics=["reminder", "change.ended", "reminder"], accounts=["111122223333"])
    assert (route.topics, route.accounts) == (["change.ended", "reminder"], ["111122223333"])
    entry = Entry.objects.get(event="notification.route_added")
    assert (entry.actor, entry.subject) == ("ada", "desk")
    assert entry.data["url_env"] == URL_ENV


@pytest.mark.parametrize(
    ("over", "field", "words"),
    [
        ({"name": "Desk!"}, "name", "small letters"),
        ({"name": ""}, "name", "small letters"),
        ({"name": "x" * 61}, "name", "small letters"),
        ({"kind": "pigeon", "secret_env": ""}, "kind", "apprise or webhook"),
        ({"url_env": "https://hooks.example.org/T0KEN"}, "url_env", "Name an environment variable"),
        ({"url_env": "lower_case"}, "url_env", "Name an environment variable"),
        ({"url_env": ""}, "url_env", "Name an environment variable"),
        ({"url_env": "KEYCONSOLE_NOTIFY_DESK_FILE"}, "url_env", "Leave _FILE out"),
        ({"url_env": "KEYCONSOLE_DATABASE_URL"}, "url_env", "belongs to the server"),
        ({"secret_env": "KEYCONSOLE_SECRET_KEY"}, "secret_env", "belongs to the server"),
        ({"secret_env": "AWS_SECRET_ACCESS_KEY"}, "secret_env", "belongs to the server"),
        ({"secret_env": ""}, "secret_env", "Name an environment variable"),
        ({"secret_env": URL_ENV}, "secret_env", "another variable"),
        ({"kind": "apprise"}, "secret_env", "Only a webhook is signed"),
        ({"topics": ["change.ended", "gossip"]}, "topics", "no topic gossip"),
        ({"accounts": ["payments"]}, "accounts", "no account number payments"),
        ({"accounts": ["\u0661" * 12]}, "accounts", "no account number"),
    ],
)
def test_each_mistake_has_its_sentence_and_nothing_is_kept(over: dict[str, Any], field: str, words: str):
    with pytest.raises(Invalid) as refusal:
        add(**over)
    assert list(refusal.value.problems) == [field]
    assert words in refusal.value.problems[field]
    assert Route.objects.count() == Entry.objects.count() == 0


def test_a_name_is_given_once_and_again_after_it_was_removed():
    first = add()
    with pytest.raises(Invalid, match="already is a route desk"):
        add()
    assert remove_route(first, by="ada", now=NOW)
    assert not remove_route(first, by="ada", now=NOW)
    assert add().pk != first.pk
    assert Entry.objects.filter(event="notification.route_removed").count() == 1


def test_a_test_goes_the_way_of_every_message(webhook_route: Route, receiver: Receiver):
    delivery = send_test(webhook_route, by="ada", now=NOW)
    assert delivery.due_at == NOW
    assert send(delivery).state == "sent"
    assert json.loads(receiver.heard[0].body)["topic"] == "notification.test"
    assert Entry.objects.get(event="notification.route_tested").data["delivery"] == str(delivery.ref)


def test_the_command_adds_lists_tests_and_removes(capsys, monkeypatch):
    monkeypatch.setenv(URL_ENV, "https://hooks.example.org/T0KEN")
    monkeypatch.delenv(SECRET_ENV, raising=False)
    added = run(
        "add", "desk", "--kind", "webhook", "--url-env", URL_ENV, "--secret-env", SECRET_ENV,
        "--topics", "change.ended, reminder", "--accounts", "111122223333", capsys=capsys,
    )  # fmt: skip
    assert added.startswith("Added desk.")
    listed = run("list", capsys=capsys)
    assert listed == (f"desk: webhook at {URL_ENV} (NOT set here); change.ended, reminder; 111122223333\n")
    monkeypatch.setenv(SECRET_ENV, SECRET)
    as_json = run("list", "--json", capsys=capsys)
    assert json.loads(as_json)[0]["is_set"] is True
    assert "T0KEN" not in as_json
    assert SECRET not in as_json
    run("test", "desk", capsys=capsys)
    assert Delivery.objects.count() == 1
    assert run("remove", "desk", capsys=capsys) == "Removed desk.\n"
    assert run("list", capsys=capsys).startswith("No routes.")
    assert Entry.objects.filter(actor__startswith="the terminal of ").count() == 3


def test_the_command_ends_with_1_when_refused_and_2_when_there_is_no_such_route():
    make_route("desk")
    with pytest.raises(CommandError, match="There already is a route desk") as refused:
        call_command("notification_route", "add", "desk", "--url-env", "SLACK_ADDRESS")
    assert refused.value.returncode == 1
    for action in ("test", "remove"):
        for name in ("nothing", "a\x00b"):
            with pytest.raises(CommandError, match="There is no route") as unknown:
                call_command("notification_route", action, name)
            assert unknown.value.returncode == 2
