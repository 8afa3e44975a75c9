"""The record: who may read which entries, filters, and how far it is signed and checked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.audit.models import Duty, Entry, SignedCheckpoint
from tests.cast import Cast
from tests.conftest import HTMX

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/audit/"
DAY = datetime(2026, 5, 3, 12, tzinfo=UTC)


def note(
    event: Event, subject: str, account: str = "", *, actor: str = "ana", at: datetime = DAY, **data: Any
) -> None:
    with transaction.atomic():
        record(event, actor=actor, subject=subject, account_id=account, now=at, data=data)


@pytest.fixture
def entries(cast: Cast) -> None:
    note(Event.PERSON_SIGNED_IN, "ana")
    note(Event.CHANGE_REQUESTED, "CR-1", "111122223333", reason="Evacuation exercise", key_id="mrk-77")
    note(Event.KEY_PRIMARY_MOVED, "mrk-88", "222233334444", actor="keyconsole", at=DAY + timedelta(days=1))
    note(Event.ACCOUNT_TESTED, "333344445555", "333344445555", actor="ada", at=DAY + timedelta(days=2))


def numbers(client: Client, query: str = "") -> list[int]:
    response = client.get(URL + query)
    assert response.status_code == 200
    return [row.entry.number for row in response.context["rows"]]


def auditor_of_payments(cast: Cast) -> None:
    cast.cleo.role_grants.update(account=cast.payments)


def test_an_auditor_of_all_reads_everything_newest_first(entries: None, as_cleo: Client) -> None:
    assert numbers(as_cleo) == [4, 3, 2, 1]


def test_an_auditor_of_one_account_reads_its_entries_alone(
    entries: None, cast: Cast, as_cleo: Client
) -> None:
    auditor_of_payments(cast)
    assert numbers(as_cleo) == [2]
    assert numbers(as_cleo, "?account=222233334444") == [2]  # not offered, so not a filter


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?event=change.requested", [2]),
        ("?actor=KEYCONSOLE", [3]),
        ("?account=333344445555", [4]),
        ("?q=cr-1", [2]),
        ("?q=evacuation", [2]),
        ("?q=mrk-77", [2]),
        ("?since=2026-05-04", [4, 3]),
        ("?until=2026-05-03", [2, 1]),
        ("?since=2026-05-04&until=2026-05-04", [3]),
        ("?event=change.requested&actor=ada", []),
    ],
)
def test_filters_keep_what_they_say(entries: None, as_cleo: Client, query: str, found: list[int]) -> None:
    assert numbers(as_cleo, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "?event=nothing.happened",
        "?since=yesterday",
        f"?q={'x' * 5000}",
        "?account=999",
        "?actor=%00",
        "?until=2026-99-99",
    ],
)
def test_a_filter_that_cannot_be_used_is_told_and_nothing_is_filtered(
    entries: None, as_cleo: Client, query: str
) -> None:
    assert numbers(as_cleo, query) == [4, 3, 2, 1]
    assert "Nothing is filtered until this is mended." in as_cleo.get(URL + query).content.decode()


@pytest.mark.parametrize(
    "query", ["?page=999", "?page=abc", "?until=9999-12-31", "?since=0001-01-01", "?q=%25"]
)
def test_odd_values_answer_without_a_fault(entries: None, as_cleo: Client, query: str) -> None:
    assert as_cleo.get(URL + query).status_code == 200


def test_an_entry_links_to_what_it_is_about_and_shows_all_it_holds(entries: None, as_cleo: Client) -> None:
    content = as_cleo.get(URL).content.decode()
    for link in ("/changes/CR-1/", "/keys/222233334444/mrk-88/", "/accounts/333344445555/"):
        assert f'href="{link}"' in content
    assert "Evacuation exercise" in content
    assert Entry.objects.get(number=2).sha256 in content


def test_hostile_subjects_and_data_are_shown_as_text(cast: Cast, as_cleo: Client) -> None:
    note(Event.PERSON_SIGN_IN_FAILED, "<script>alert(1)</script>", reason="<b>bold</b>")
    content = as_cleo.get(URL).content.decode()
    assert "<script>alert" not in content
    assert "<b>bold" not in content


def test_how_far_the_record_is_signed_and_checked_stands_on_the_page(
    entries: None, as_cleo: Client, settings: Any
) -> None:
    assert "not signed" in (before := words_of(as_cleo.get(URL)))
    assert "not checked yet" in before
    now = timezone.now()
    settings.KEYCONSOLE_CHECKPOINT_ORIGIN = "example.org/record"
    signed = {"origin": "example.org/record", "root": b"r" * 32, "note": "n"}
    SignedCheckpoint.objects.create(size=3, signed_at=now - timedelta(minutes=2), **signed)
    SignedCheckpoint.objects.create(size=9, signed_at=now, **signed | {"origin": "example.org/other"})
    Duty.objects.create(name="verification", due_at=now, done_at=now - timedelta(hours=7), size=2)
    Duty.objects.create(name="anchor: directory", due_at=now, done_at=now, size=1)
    shown = words_of(as_cleo.get(URL))
    assert "signed up to entry 3 2 minutes ago" in shown
    assert "checked up to entry 2 7 hours ago" in shown
    assert "directory: 2 entries behind" in shown
    assert "The record does not hold" not in shown


def test_a_record_that_does_not_hold_says_since_when_and_what(entries: None, as_cleo: Client) -> None:
    now = timezone.now()
    words = "Intact up to entry 1. Entry 2 was changed."
    Duty.objects.create(name="verification", due_at=now, problem=words, problem_at=now, is_break=True)
    shown = words_of(as_cleo.get(URL))
    assert "The record does not hold" in shown
    assert f"{words} Found " in shown


def test_a_key_that_cannot_be_read_is_no_break(entries: None, as_cleo: Client) -> None:
    Duty.objects.create(name="checkpoint", due_at=timezone.now(), problem="key.pem cannot be read.")
    shown = words_of(as_cleo.get(URL))
    assert "Nothing is signed now key.pem cannot be read." in shown
    assert "The record does not hold" not in shown


def words_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_htmx_gets_only_the_entries(entries: None, as_cleo: Client) -> None:
    content = as_cleo.get(URL, headers=HTMX).content.decode()
    assert content.strip().startswith('<section id="audit"')
    assert "<html" not in content


def test_with_nothing_recorded_it_says_so(cast: Cast, as_cleo: Client) -> None:
    assert "Nothing was recorded yet" in as_cleo.get(URL).content.decode()


@pytest.mark.parametrize("name", ["ana", "ben", "dan"])
def test_people_who_may_not_read_it_are_refused_and_not_offered_it(client_as: Any, name: str) -> None:
    client = client_as(name)
    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}?view=primaries").status_code == 403
    assert 'href="/audit/"' not in client.get("/").content.decode()


def test_it_takes_no_posts(as_cleo: Client) -> None:
    assert as_cleo.post(URL).status_code == 405


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, db: None) -> None:
    assert anonymous.get(URL).headers["Location"].startswith("/sign-in/")


def test_the_number_of_queries_does_not_grow_with_the_entries(
    entries: None, as_cleo: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_cleo.get(URL)
    with django_assert_num_queries(14):
        as_cleo.get(URL)
    for number in range(60):
        note(Event.CHANGE_REQUESTED, f"CR-{number}", "111122223333")
    with django_assert_num_queries(14):
        as_cleo.get(URL)
