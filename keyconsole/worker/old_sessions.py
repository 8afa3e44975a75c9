"""Clears the rows of sessions that have ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from keyconsole.people.sessions import forget_ended_sessions

AT_MOST_EVERY = timedelta(hours=1)


def clear_ended_sessions(*, now: datetime) -> None:
    """Once an hour, whatever the number of workers and sweeps: a row that has waited so long begins it."""
    if Session.objects.filter(expire_date__lt=now - AT_MOST_EVERY).exists():
        Session.objects.filter(expire_date__lt=now).delete()
        forget_ended_sessions()
