"""What a worker clears away by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.worker.old_sessions import clear_ended_sessions
from keyconsole.worker.sweep import sweep

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def kept(**ages: timedelta) -> None:
    Session.objects.bulk_create(
        Session(session_key=name, session_data="", expire_date=NOW - age) for name, age in ages.items()
    )


def left() -> set[str]:
    return set(Session.objects.values_list("session_key", flat=True))


def test_sessions_that_have_ended_are_cleared_and_others_kept() -> None:
    kept(long_ago=timedelta(days=9), just_now=timedelta(minutes=1), running=-timedelta(hours=1))
    sweep(now=NOW)
    assert left() == {"running"}


def test_it_is_done_once_an_hour_at_most_and_asks_one_question_otherwise(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    kept(first=timedelta(minutes=61), second=timedelta(minutes=59), running=-timedelta(minutes=1))
    clear_ended_sessions(now=NOW)
    assert left() == {"running"}
    with django_assert_num_queries(1):
        clear_ended_sessions(now=NOW + timedelta(minutes=30))
    assert left() == {"running"}
    clear_ended_sessions(now=NOW + timedelta(minutes=62))
    assert left() == set()
