"""The page on which a link opens: shown to scanners without harm, used once, told in a sentence when over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.disable import disable
from keyconsole.people.models import OneTimeLink
from tests.conftest import client_of
from tests.form_client import FormClient
from tests.people.test_invitations import STRONG

pytestmark = pytest.mark.django_db
CHOICE = {"password": STRONG, "again": STRONG}


def address_in(page):
    found = re.search(r'data-copy="http://testserver(/link/[^"]+)"', page.content.decode())
    assert found
    return found[1]


@pytest.fixture
def invited(as_ada):
    """The address that Ada was shown."""
    page = as_ada.post("/invite/", {"username": "eve", "email": "eve@example.org", "account": "all"})
    return address_in(page)


@pytest.fixture
def reset(as_ada, cast):
    """Of a person who decides about nothing."""
    page = as_ada.post("/people/ana/reset/")
    return address_in(page)


def opened(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/link/")
    return client.get("/link/")


def test_who_invited_to_what_stands_there_and_the_choice_signs_in(anonymous, invited, settings):
    settings.KEYCONSOLE_ORGANISATION = "Example"
    page = opened(anonymous, invited).content.decode()
    assert "ada invites you to KeyConsole of Example" in page
    done = anonymous.post("/link/", CHOICE)
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert anonymous.get("/").context["request"].user.username == "eve"
    assert Entry.objects.filter(event="person.signed_in", subject="eve").count() == 1


def test_looking_uses_nothing_up(invited):
    for _ in range(3):
        scanner = FormClient()
        assert opened(scanner, invited).status_code == 200
        scanner.head(invited)
    assert OneTimeLink.objects.get().used_at is None


def test_the_secret_is_in_no_page_no_referrer_and_no_log(anonymous, invited, caplog):
    secret = invited.removeprefix("/link/").rstrip("/")
    first = anonymous.get(invited)
    page = anonymous.get("/link/")
    assert secret not in page.content.decode()
    assert first.headers["Referrer-Policy"] == "no-referrer"
    # Its form needs an origin, which browsers leave out where there is no referrer at all.
    assert page.headers["Referrer-Policy"] == "same-origin"
    anonymous.post(invited)
    anonymous.put(invited)
    assert secret not in caplog.text
    assert secret not in str(anonymous.session.items())


def test_of_two_tabs_one_wins_and_the_other_is_told(invited):
    one, other = FormClient(), FormClient()
    opened(one, invited)
    opened(other, invited)
    assert one.post("/link/", CHOICE).status_code == 302
    lost = other.post("/link/", {"password": STRONG + " 2", "again": STRONG + " 2"})
    assert lost.status_code == 410
    assert "This link was used on" in lost.content.decode()


def test_expired_withdrawn_unknown_and_none_are_told(anonymous, as_ada, invited):
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        page = opened(anonymous, invited)
    assert (page.status_code, "This link expired on" in page.content.decode()) == (410, True)
    as_ada.post("/people/eve/withdraw-invitation/")
    assert "ada took this link back" in opened(anonymous, invited).content.decode()
    assert "not one of ours" in opened(anonymous, "/link/nonsense/").content.decode()
    assert FormClient().get("/link/").status_code == 410


def test_a_reset_link_of_a_disabled_person_opens_nothing(anonymous, cast, reset):
    disable(cast.ana, why="Left.", by=cast.ada, now=timezone.now())
    assert opened(anonymous, reset).status_code == 410


def test_after_a_reset_one_signs_in_and_is_asked_for_what_else_there_is(anonymous, reset):
    opened(anonymous, reset)
    done = anonymous.post("/link/", CHOICE)
    assert done.headers["Location"] == "/sign-in/"
    assert anonymous.post("/sign-in/", {"login": "ana", "password": STRONG}).status_code == 302


@pytest.mark.parametrize(
    "choice", [{"password": "short", "again": "short"}, {"password": STRONG, "again": "other"}, {}]
)
def test_a_weak_or_mistyped_password_uses_nothing_up(anonymous, invited, choice):
    opened(anonymous, invited)
    page = anonymous.post("/link/", choice)
    assert (page.status_code, "error-summary" in page.content.decode()) == (200, True)
    assert OneTimeLink.objects.get().used_at is None


def test_who_is_signed_in_as_somebody_else_is_told_first(cast, invited):
    ana = client_of(cast.ana)
    page = opened(ana, invited).content.decode()
    assert "You are signed in as ana" in page
    ana.post("/link/", CHOICE)
    assert OneTimeLink.objects.get().used_at is None


def test_it_is_mailed_where_mail_works_and_shown_anyway(as_ada, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.KEYCONSOLE_URL = "https://keys.example.org"
    page = as_ada.post("/invite/", {"username": "eve", "email": "eve@example.org", "account": "all"})
    [message] = mail.outbox
    found = re.search(r"https://keys.example.org/link/\S+/", str(message.body))
    assert found
    assert message.to == ["eve@example.org"]
    assert found[0] in page.content.decode()
    assert "The mail server took it for eve@example.org" in page.content.decode()


def test_mail_that_fails_is_told_and_the_link_stays(as_ada, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = as_ada.post("/invite/", {"username": "eve", "email": "eve@example.org", "account": "all"})
    assert "It was not sent to eve@example.org" in page.content.decode()
    assert OneTimeLink.objects.get().used_at is None


def test_another_invitation_and_names_that_are_taken(as_ada, invited, cast):
    page = as_ada.post("/invite/", {"username": "ana", "account": "all"})
    assert "There is a person of this name already." in page.content.decode() or (
        "already exists" in page.content.decode()
    )
    assert as_ada.post("/people/eve/invite-again/").status_code == 200
    assert OneTimeLink.objects.filter(withdrawn_at=None).count() == 1
    assert "Make another link" in as_ada.get("/people/eve/").content.decode()


def test_nobody_sees_the_link_of_a_person_with_power_but_they(as_ada, cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert as_ada.post("/people/ben/reset/").status_code == 200
    assert not OneTimeLink.objects.exists()
    type(cast.ben).objects.filter(pk=cast.ben.pk).update(email="ben@example.org")
    assert "You do not see it" in as_ada.get("/people/ben/reset/").content.decode()
    page = as_ada.post("/people/ben/reset/").content.decode()
    [letter] = mail.outbox
    [address] = re.findall(r"http://testserver(/link/\S+)", str(letter.body))
    assert letter.to == ["ben@example.org"]
    assert "/link/" not in page
    assert address.removeprefix("/link/").rstrip("/") not in page
    assert opened(FormClient(), address).status_code == 200


def test_a_link_that_was_seen_opens_nothing_once_its_person_has_power(anonymous, as_ada, cast, reset):
    grant(cast.ana, Role.APPROVER, cast.payments, by="ada", now=timezone.now())
    page = opened(anonymous, reset)
    assert page.status_code == 410
    assert "another person saw it" in page.content.decode()
