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
    return [row.entry.number for day in response.context["days"] for row in day.rows]


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


def test_an_entry_shows_all_that_it_holds(entries: None, as_cleo: Client) -> None:
    content = as_cleo.get(URL).content.decode()
    assert "reason: Evacuation exercise" in content
    assert Entry.objects.get(number=2).sha256 in content
    assert '<a href="/audit/?entry=2">2</a>' in content
    assert numbers(as_cleo, "?entry=2") == [2]


def test_hostile_subjects_and_data_are_shown_as_text(cast: Cast, as_cleo: Client) -> None:
    note(Event.PERSON_SIGN_IN_FAILED, "<script>alert(1)</script>", reason="<b>bold</b>")
    content = as_cleo.get(URL).content.decode()
    assert "<script>alert" not in content
    assert "<b>bold" not in content


def test_entries_stand_under_their_days(entries: None, as_cleo: Client) -> None:
    days = as_cleo.get(URL).context["days"]
    assert [(f"{day.day}", len(day.rows)) for day in days] == [
        ("2026-05-05", 1),
        ("2026-05-04", 1),
        ("2026-05-03", 2),
    ]
    assert "Sunday 3 May 2026" in as_cleo.get(URL).content.decode()


@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("", [6, 5, 4, 3, 2, 1]),
        ("decisions", [2]),
        ("moves", [6, 3]),
        ("people", [1]),
        ("no-scans", [6, 4, 3, 2, 1]),
    ],
)
def test_a_preset_keeps_what_its_name_says(
    entries: None, as_cleo: Client, show: str, found: list[int]
) -> None:
    note(Event.SCAN_FINISHED, "111122223333", "111122223333")
    note(Event.CHANGE_DONE, "CR-1", "111122223333")
    assert numbers(as_cleo, f"?show={show}") == found


def test_a_preset_that_nobody_knows_is_told(entries: None, as_cleo: Client) -> None:
    assert numbers(as_cleo, "?show=secrets") == [4, 3, 2, 1]


def test_a_long_entry_is_shortened_in_the_list_and_whole_on_its_own(cast: Cast, as_cleo: Client) -> None:
    note(Event.CHANGE_COMMENTED, "CR-1", "111122223333", comment="y" * 5000)
    assert "y" * 300 not in (content := as_cleo.get(URL).content.decode())
    assert "All of entry 1" in content
    assert "y" * 5000 in as_cleo.get(f"{URL}?entry=1").content.decode()


def test_fifty_long_and_hostile_entries_make_a_small_page(cast: Cast, as_cleo: Client) -> None:
    odd = "<script>alert(1)</script>\u202e" + "x" * 4000
    for number in range(60):
        refs = [f"CR-{each}" for each in range(1, 200)]
        note(
            Event.CHANGE_COMMENTED, "<b>" * 99, "111122223333", actor="<i>" * 49, text=odd, odd=refs, n=number
        )
    content = as_cleo.get(URL).content.decode()
    assert len(content.encode()) < 200 * 1024
    assert "<script>alert" not in content
    assert "<b><b>" not in content


def test_the_print_head_says_who_what_when_and_how_far_the_record_is_signed(
    entries: None, as_cleo: Client
) -> None:
    head = as_cleo.get(f"{URL}?actor=ana&until=2026-05-04").content.decode().split("print-head")[1][:900]
    assert "Printed by cleo" in head
    assert "Filter: Who ana." in head
    assert "From the first entry to 2026-05-04" in head
    assert "The record: not signed; not checked yet." in head


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
    assert "signed up to entry 3 2 min ago" in shown
    assert "checked up to entry 2 7 h ago" in shown
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
    entries: None, as_cleo: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    as_cleo.get(URL)
    with django_assert_max_num_queries(20):
        as_cleo.get(URL)
    for number in range(60):
        note(Event.CHANGE_REQUESTED, f"CR-{number}", "111122223333")
    with django_assert_max_num_queries(20):
        as_cleo.get(URL)
