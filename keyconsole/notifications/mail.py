"""Sends a message to a person by e-mail, through the server that KEYCONSOLE_EMAIL_URL names."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage

from keyconsole.notifications.errors import Undelivered

# Stands for "no mail server" in the settings; it would say that it sent whatever it drops.
NO_EMAIL = "django.core.mail.backends.dummy.EmailBackend"


def email_works() -> bool:
    return settings.EMAIL_BACKEND != NO_EMAIL


def write(address: str, *, title: str, text: str, ref: str) -> None:
    """Raise Undelivered unless the mail server takes the message."""
    if not email_works():
        raise Undelivered("E-mail is not set up: KEYCONSOLE_EMAIL_URL is empty where the worker runs.")
    headers = {"Auto-Submitted": "auto-generated", "X-KeyConsole-Delivery": ref}
    try:
        EmailMessage(subject=title, body=text, to=[address], headers=headers).send()
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"The mail server answered with status {error.smtp_code}.") from None
    except smtplib.SMTPRecipientsRefused:
        raise Undelivered("The mail server does not take mail for this person's address.") from None
    except (smtplib.SMTPException, OSError):
        raise Undelivered("The mail server cannot be reached.") from None
    except (BadHeaderError, ValueError):
        raise Undelivered("This person's address is not one that mail can be sent to.") from None
