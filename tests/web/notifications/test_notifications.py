"""The notifications page: routes by the name of their variables, and messages that did not arrive."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keyconsole.audit.models import Entry
from keyconsole.notifications.mail import NO_EMAIL
from keyconsole.notifications.models import Delivery, Route
from tests.cast import NOW, Cast
from tests.conftest import HTMX
from tests.notifications.conftest import SECRET_ENV, URL_ENV, make_route

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/notifications/"
ADD = "/notifications/routes/add/"
REMOVE, TEST = "/notifications/routes/desk/remove/", "/notifications/routes/desk/test/"
GOOD = {"name": "desk", "kind": "webhook", "url_env": URL_ENV, "secret_env": SECRET_ENV, "accounts": ""}


def make_delivery(route: Route, **over: Any) -> Delivery:
    fields = {
        "topic": "change.ended",
        "subject": "CR-12 is done",
        "body": "The primary is in eu-west-1.",
        "path": "/changes/CR-12/",
        "account_id": "111122223333",
        "state": "dead",
        "tries": 6,
        "last_problem": "The webhook answered with status 500.",
        "due_at": NOW,
        "created_at": NOW,
        **over,
    }
    return Delivery.objects.create(route=route, **fields)


def again(delivery: Delivery) -> str:
    return f"/notifications/{delivery.ref}/try-again/"


def test_it_shows_what_did_not_arrive_and_why(as_ada: Client) -> None:
    make_delivery(make_route())
    content = as_ada.get(URL).content.decode()
    for words in ("CR-12 is done", "The webhook answered with status 500.", "Not delivered", "Try again"):
        assert words in content


@pytest.mark.parametrize(("tab", "state"), [("dead", "dead"), ("on-the-way", "failed"), ("sent", "sent")])
def test_each_tab_shows_its_own(as_ada: Client, tab: str, state: str) -> None:
    route = make_route()
    for each in ("dead", "failed", "sent"):
        make_delivery(route, state=each, subject=f"This one is {each}", sent_at=NOW)
    found = as_ada.get(URL, {"tab": tab})
    assert [delivery.state for delivery in found.context["deliveries_page"]] == [state]
    assert [each.count for each in found.context["tabs"]] == [1, 1, 1]
    assert (b"try-again/" in found.content) == (state == "dead")


def test_before_anything_was_sent_nothing_is_called_arrived(as_ada: Client) -> None:
    content = as_ada.get(URL).content.decode()
    assert "No message was given up, and none was sent yet" in content
    make_delivery(make_route(), state="failed")
    assert "No message was given up, and none was sent yet" in as_ada.get(URL).content.decode()
    Delivery.objects.update(state="sent", sent_at=NOW)
    content = as_ada.get(URL).content.decode()
    assert "No message was given up" in content
    assert "none was sent yet" not in content
    assert "arrived" not in content


def test_a_tab_that_is_none_shows_the_first(as_ada: Client) -> None:
    assert as_ada.get(URL, {"tab": "\x00nothing"}).context["tab"] == "dead"


def test_addresses_and_secrets_are_never_shown(as_ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_ENV, "https://hooks.example.org/T0KEN")
    monkeypatch.delenv(SECRET_ENV, raising=False)
    make_route()
    content = as_ada.get(URL).content.decode()
    assert URL_ENV in content
    assert "T0KEN" not in content
    assert "Not set here" in content
    monkeypatch.setenv(SECRET_ENV, "hush-hush")
    content = as_ada.get(URL).content.decode()
    assert "Not set here" not in content
    assert "hush-hush" not in content


def test_it_says_what_is_not_set_up(as_ada: Client, settings: Any) -> None:
    settings.KEYCONSOLE_URL = ""
    settings.EMAIL_BACKEND = NO_EMAIL
    content = as_ada.get(URL).content.decode()
    assert "E-mail is not set up" in content
    assert "Messages hold no links" in content


def test_it_counts_people_without_an_address(cast: Cast, as_ada: Client, settings: Any) -> None:
    settings.KEYCONSOLE_URL = "https://keys.example.org"
    assert "6 people have no e-mail address" in as_ada.get(URL).content.decode()
    cast.ben.email = "ben@example.org"
    cast.ben.save()
    content = as_ada.get(URL).content.decode()
    assert "5 people have no e-mail address" in content
    assert "Messages hold no links" not in content


def test_trying_again_puts_it_on_its_way_once(as_ada: Client) -> None:
    delivery = make_delivery(make_route())
    for words in ("is to be sent again", "is to be sent already, or was sent"):
        assert words in as_ada.post(again(delivery), follow=True).content.decode()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("waiting", 0)
    assert Entry.objects.filter(event="notification.tried_again", actor="ada").count() == 1


def test_a_message_that_is_not_there_is_not_there(as_ada: Client) -> None:
    assert as_ada.post(f"/notifications/{uuid.uuid4()}/try-again/").status_code == 404


def test_a_route_is_added_with_the_names_of_accounts(cast: Cast, as_ada: Client) -> None:
    data = {**GOOD, "topics": ["reminder"], "accounts": "Payments, 222233334444"}
    assert "desk is added" in as_ada.post(ADD, data, follow=True).content.decode()
    route = Route.objects.get()
    assert (route.accounts, route.topics) == (["111122223333", "222233334444"], ["reminder"])
    assert "payments, research" in as_ada.get(URL).content.decode()
    assert Entry.objects.get(event="notification.route_added").actor == "ada"


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"url_env": "https://hooks.example.org/T0KEN"}, "Name an environment variable"),
        ({"secret_env": "KEYCONSOLE_SECRET_KEY"}, "belongs to the server"),
        ({"name": "Two words"}, "small letters"),
        ({"accounts": "payments <b>"}, "There is no account &lt;b&gt;."),
        ({"topics": ["gossip"]}, "is not in it"),
        ({"kind": "pigeon"}, "Choose one of the list"),
        ({"name": "a\x00b"}, "it holds a character that cannot be seen or kept"),
    ],
)
def test_each_mistake_is_told_and_nothing_is_lost(as_ada: Client, over: dict[str, Any], words: str) -> None:
    found = as_ada.post(ADD, {**GOOD, **over})
    content = found.content.decode()
    assert found.status_code == 200
    assert words in content
    assert 'class="error-summary' in content
    assert SECRET_ENV in content or "secret_env" in over
    assert Route.objects.count() == 0


def test_a_name_that_is_taken_is_told(as_ada: Client) -> None:
    make_route()
    assert "There already is a route desk." in as_ada.post(ADD, GOOD).content.decode()


def test_a_route_is_removed_after_a_question(as_ada: Client) -> None:
    make_route()
    assert "Nothing more is sent there" in as_ada.get(REMOVE).content.decode()
    assert Route.objects.get().removed_at is None
    assert "desk is removed" in as_ada.post(REMOVE, follow=True).content.decode()
    assert Route.objects.get().removed_at is not None
    assert as_ada.post(REMOVE).status_code == 404


def test_a_test_message_is_sent(as_ada: Client) -> None:
    make_route()
    as_ada.post(TEST)
    assert Delivery.objects.get().subject == "A test of the route desk"


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dan"])
def test_only_administrators_of_everything_come_in(client_as: Callable[[str], Client], name: str) -> None:
    client, delivery = client_as(name), make_delivery(make_route())
    assert [client.get(url).status_code for url in (URL, ADD, REMOVE)] == [403] * 3
    assert [client.post(url).status_code for url in (ADD, REMOVE, TEST, again(delivery))] == [403] * 4
    assert Route.objects.get().removed_at is None


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client) -> None:
    assert anonymous.get(URL).headers["Location"].startswith("/sign-in/")


def test_what_acts_takes_posts_only_and_the_list_takes_none(as_ada: Client) -> None:
    delivery = make_delivery(make_route())
    assert [as_ada.get(url).status_code for url in (TEST, again(delivery))] == [405] * 2
    assert as_ada.post(URL).status_code == 405


def test_htmx_gets_only_the_messages_and_nothing_when_they_are_the_same(as_ada: Client) -> None:
    delivery = make_delivery(make_route())
    found = as_ada.get(URL, headers=HTMX)
    assert found.content.strip().startswith(b'<section id="deliveries"')
    seen = {"seen": found.context["version"]}
    assert as_ada.get(URL, seen, headers=HTMX).status_code == 204
    Delivery.objects.filter(pk=delivery.pk).update(tries=7)
    assert as_ada.get(URL, seen, headers=HTMX).status_code == 200


def test_what_people_wrote_is_escaped(as_ada: Client) -> None:
    make_delivery(make_route(), subject="<script>a</script>", body="<img src=x>")
    content = as_ada.get(URL).content.decode()
    assert "<script>a" not in content
    assert "<img src=x>" not in content


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_many_messages_and_routes_cost_seven_queries_beside_the_frame(as_ada: Client, cast: Cast) -> None:
    make_delivery(make_route(accounts=["111122223333"]))
    as_ada.get(URL)
    for number in range(8):
        route = make_route(f"desk-{number}", accounts=["222233334444"])
        make_delivery(route, created_at=NOW + timedelta(minutes=number))
    assert queries_of(as_ada, URL) == queries_of(as_ada, "/help/") + 7
