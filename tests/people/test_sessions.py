"""The list of sessions is what lives, and ending one ends it everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.people.sessions import end_session, end_sessions, forget_ended_sessions, live_sessions_of
from keyconsole.people.user_agents import browser_words
from keyconsole.web.middleware import LISTED
from tests.cast import PASSWORD
from tests.conftest import HTMX

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


def live(person):
    return live_sessions_of(person, now=timezone.now())


def sign_in(client, name="ana", password=PASSWORD):
    assert client.post("/sign-in/", {"login": name, "password": password}).status_code == 302


def test_a_sign_in_is_listed_with_its_address_and_browser(anonymous, cast):
    anonymous.defaults |= {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "10.1.2.3"}
    sign_in(anonymous)
    [session] = live(cast.ana)
    assert (session.browser, session.address) == ("Firefox on Windows", "10.1.2.3")
    assert UserSession.objects.count() == 1


def test_ending_one_ends_it_at_its_next_request_and_no_other(cast, client_as, inventory):
    first, second = client_as("ana"), client_as("ana")
    number = UserSession.objects.get(session_key=first.session.session_key).pk
    assert end_session(cast.ana, number, by="ada", now=timezone.now())
    assert (first.get("/keys/").status_code, second.get("/keys/").status_code) == (302, 200)
    assert not Session.objects.filter(session_key=first.session.session_key).exists()
    entry = Entry.objects.get(event="session.ended")
    assert (entry.actor, entry.subject) == ("ada", "ana")
    assert not end_session(cast.ana, number, by="ada", now=timezone.now())


def test_a_session_of_somebody_else_is_not_ended_by_its_number(cast, client_as):
    client_as("ben")
    number = UserSession.objects.get(user=cast.ben).pk
    assert not end_session(cast.ana, number, by="ada", now=timezone.now())
    assert live(cast.ben)


def test_all_but_the_current_one(cast, client_as, inventory):
    here, there = client_as("ana"), client_as("ana")
    key = here.session.session_key
    assert end_sessions(cast.ana, by="ana", now=timezone.now(), but=key) == 1
    assert (here.get("/keys/").status_code, there.get("/keys/").status_code) == (200, 302)


def test_a_click_is_seen_and_a_poll_is_not(cast, as_ana, inventory):
    start = timezone.now()
    before = live(cast.ana)[0].row.last_seen_at
    with time_machine.travel(start + timedelta(minutes=10)):
        assert as_ana.get("/keys/?seen=0", headers=HTMX).status_code == 200
        assert live(cast.ana)[0].row.last_seen_at == before
        as_ana.get("/keys/")
        assert live(cast.ana)[0].row.last_seen_at > before
    cast.ana.refresh_from_db()
    assert cast.ana.last_seen.at > start


def test_what_would_not_be_let_in_is_not_listed(cast, as_ana):
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert live(cast.ana) == []


def test_a_session_from_before_the_list_ends_at_its_next_request(cast, as_ana, inventory):
    session = as_ana.session
    del session[LISTED]
    session.save()
    assert as_ana.get("/keys/").status_code == 302


def test_a_new_password_ends_the_others_and_the_own_stays_one(anonymous, cast, client_as, inventory):
    sign_in(anonymous)
    other = client_as("ana")
    new = "another horse, another staple"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert anonymous.post("/password/", form).status_code == 302
    assert (anonymous.get("/keys/").status_code, other.get("/keys/").status_code) == (200, 302)
    assert [each.row.session_key for each in live(cast.ana)] == [anonymous.session.session_key]


def test_rows_of_sessions_that_are_gone_are_forgotten(cast, as_ana, client_as):
    as_ana.post("/sign-out/")
    client_as("ana")
    assert UserSession.objects.count() == 2
    forget_ended_sessions()
    assert UserSession.objects.count() == 1


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on an iPhone",
        ),
        ("curl/8.5.0", "Curl"),
        ("", "An unknown program"),
        ("<script>", "An unknown program"),
    ],
)
def test_what_a_browser_says_is_told_in_words(user_agent, words):
    assert browser_words(user_agent) == words
