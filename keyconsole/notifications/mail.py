"""Sends a message to a person by e-mail, through the server that KEYCONSOLE_EMAIL_URL names."""

from __future__ import annotations

import smtplib

from django.core.mail import BadHeaderError, EmailMessage

from keyconsole.notifications.undelivered import Undelivered


def write(address: str, *, title: str, text: str, ref: str) -> None:
    """Raise Undelivered unless the mail server takes the message."""
    headers = {"Auto-Submitted": "auto-generated", "X-KeyConsole-Delivery": ref}
    try:
        taken = EmailMessage(subject=title, body=text, to=[address], headers=headers).send()
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"The mail server answered with status {error.smtp_code}.") from None
    except smtplib.SMTPRecipientsRefused:
        raise Undelivered("The mail server does not take mail for this person's address.") from None
    except (smtplib.SMTPException, OSError):
        raise Undelivered("The mail server cannot be reached.") from None
    except (BadHeaderError, ValueError):
        raise Undelivered("This person's address is not one that mail can be sent to.") from None
    if not taken:
        raise Undelivered("E-mail is not set up: KEYCONSOLE_EMAIL_URL is empty where the worker runs.")
