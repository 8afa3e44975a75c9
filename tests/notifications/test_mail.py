"""E-mail to people, and the one address that names the mail server."""

from __future__ import annotations

import smtplib

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from keyconsole.mail_server import mail_server
from keyconsole.notifications.models import Delivery
from tests.cast import Cast
from tests.notifications.conftest import send, tell


@pytest.fixture
def delivery(cast: Cast, settings) -> Delivery:
    settings.KEYCONSOLE_URL = "https://keys.example.org"
    cast.ben.email = "ben@example.org"
    cast.ben.save()
    tell(people=[cast.ben])
    return Delivery.objects.get()


def test_a_person_gets_text_with_a_link(delivery: Delivery, mailoutbox):
    assert send(delivery).state == "sent"
    [message] = mailoutbox
    assert message.to == ["ben@example.org"]
    assert message.subject == "[KeyConsole] CR-12 is done"
    assert message.body.startswith("Open: https://keys.example.org/changes/CR-12/\n\nThe primary of")
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_without_an_address_of_ours_there_is_no_link(delivery: Delivery, mailoutbox, settings):
    settings.KEYCONSOLE_URL = ""
    send(delivery)
    assert mailoutbox[0].body == "The primary of card-vault is in eu-west-1.\n\nAs of 2026-11-23 12:00 UTC."


def test_an_address_cannot_forge_headers(cast: Cast, delivery: Delivery, mailoutbox):
    cast.ben.email = "ben@example.org\nBcc: dan@example.org"
    cast.ben.save()
    failed = send(delivery)
    assert failed.last_problem == "This person's address is not one that mail can be sent to."
    assert mailoutbox == []


def test_a_mail_server_that_cannot_be_reached_is_told(delivery: Delivery, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert send(delivery).last_problem == "The mail server cannot be reached."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (smtplib.SMTPAuthenticationError(535, b"word"), "The mail server answered with status 535."),
        (smtplib.SMTPSenderRefused(550, b"no", "x"), "The mail server answered with status 550."),
        (smtplib.SMTPRecipientsRefused({}), "The mail server does not take mail for this person's address."),
        (smtplib.SMTPServerDisconnected("gone"), "The mail server cannot be reached."),
    ],
)
def test_each_refusal_of_a_mail_server_has_its_sentence(delivery: Delivery, monkeypatch, error, sentence):
    def refuse(_self):
        raise error

    monkeypatch.setattr(EmailMessage, "send", refuse)
    assert send(delivery).last_problem == sentence


def test_a_worker_without_a_mail_server_does_not_say_sent(delivery: Delivery, settings):
    settings.EMAIL_BACKEND = mail_server("", name="X").backend
    failed = send(delivery)
    assert (failed.state, "KEYCONSOLE_EMAIL_URL" in failed.last_problem) == ("failed", True)


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "tls", "ssl"),
    [
        ("smtps://ada:pass@mail.example.org", "mail.example.org", 465, "ada", False, True),
        ("smtp+tls://ada%40example.org:pass@mail.example.org:2525", "mail.example.org", 2525,
         "ada@example.org", True, False),
        ("smtp://127.0.0.1", "127.0.0.1", 25, "", False, False),
        ("smtp://[::1]:1025", "::1", 1025, "", False, False),
    ],
)  # fmt: skip
def test_the_address_names_the_mail_server(url, host, port, user, tls, ssl):
    found = mail_server(url, name="X")
    assert found.backend.endswith("smtp.EmailBackend")
    assert (found.host, found.port, found.user, found.use_tls, found.use_ssl) == (host, port, user, tls, ssl)


def test_a_password_may_hold_any_character():
    assert mail_server("smtps://a:p%40%2F%3A%23@host", name="X").password == "p@/:#"


def test_messages_can_be_printed_instead():
    assert mail_server("console:", name="X").backend.endswith("console.EmailBackend")


@pytest.mark.parametrize(
    "url", ["mail.example.org", "smtp:///", "http://word@host", "smtps://host:word", "smtps://u:word@host:0x"]
)
def test_nonsense_is_refused_without_repeating_it(url: str):
    with pytest.raises(ImproperlyConfigured, match="KEYCONSOLE_EMAIL_URL must look like") as refusal:
        mail_server(url, name="KEYCONSOLE_EMAIL_URL")
    assert "word" not in str(refusal.value).replace("user:password", "")


def test_a_password_is_never_sent_in_the_clear():
    with pytest.raises(ImproperlyConfigured, match="in the clear") as refusal:
        mail_server("smtp://ada:hidden@mail.example.org", name="X")
    assert "hidden" not in str(refusal.value)
