"""The secret of an authenticator app between the page that shows it and the code that proves it was read.

Encrypted in the session, since sessions stand in the database. Two tabs show the same one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest

from keyconsole.people.factors.encryption import decrypt, encrypt
from keyconsole.people.factors.totp import new_secret
from keyconsole.refusals import Refused

_KEY = "factors.totp"
LASTS = timedelta(minutes=15)


def pending_secret(request: HttpRequest, *, now: datetime) -> str:
    """The one that was shown, where it still holds; else another."""
    kept = request.session.get(_KEY)
    if kept and now.timestamp() - kept["at"] < LASTS.total_seconds():
        try:
            return decrypt(kept["secret"])
        except Refused:  # another secret key since
            pass
    secret = new_secret()
    request.session[_KEY] = {"secret": encrypt(secret), "at": now.timestamp()}
    return secret


def forget_secret(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
