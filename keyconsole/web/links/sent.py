"""A link that was made: shown this once to who made it, and sent to its person where e-mail works.

With that of a person with power over others its maker could act as them: it is sent, and not shown.

It is sent at once and not by the worker: what waits to be sent stands in the database, where no secret
stands.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from keyconsole.notifications import mail
from keyconsole.notifications.errors import Undelivered
from keyconsole.people.models import Purpose
from keyconsole.people.one_time_link import Secret
from keyconsole.people.reset_link import withdraw_reset_link


def sent_link(request: HttpRequest, secret: Secret, *, by: User) -> HttpResponse:
    """After the transaction of its making."""
    address = _address(request, secret)
    person = secret.link.person
    problem = "" if not person.email else _send(secret, address, by=by)
    hidden = secret.link.sent_only
    if hidden and problem:
        withdraw_reset_link(person, by=by, now=timezone.now())
    context = {
        "person": person,
        "link": secret.link,
        "address": "" if hidden else address,
        "is_invitation": secret.link.purpose == Purpose.INVITATION,
        "email_works": mail.email_works(),
        "problem": problem,
    }
    return render(request, "links/sent.html", context)


def _address(request: HttpRequest, secret: Secret) -> str:
    path = reverse("link-open", args=[secret.text])
    return f"{settings.KEYCONSOLE_URL}{path}" if settings.KEYCONSOLE_URL else request.build_absolute_uri(path)


def _send(secret: Secret, address: str, *, by: User) -> str:
    """Why it was not sent; empty where it was, or where there is no mail server."""
    if not mail.email_works():
        return ""
    link, organisation = secret.link, settings.KEYCONSOLE_ORGANISATION
    if link.purpose == Purpose.INVITATION:
        title = f"{by.username} invites you to KeyConsole of {organisation}"
        first = f"{by.username} invites you to KeyConsole of {organisation}. Your username is {link.person}."
    else:
        title = f"Choose a new password for KeyConsole of {organisation}"
        first = f"{by.username} made this link, with which you choose a new password."
    last = f"It opens once, until {link.expires_at:%Y-%m-%d %H:%M} UTC. Show it to nobody."
    text = f"{first}\n\n{address}\n\n{last}"
    try:
        mail.write(link.person.email, title=title, text=text, ref=f"link-{link.pk}")
    except Undelivered as undelivered:
        return undelivered.sentence
    return ""
