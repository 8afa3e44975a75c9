"""Taking a change back before it runs."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change
from tests.cast import Cast, Inventory
from tests.form_client import FormClient
from tests.web.stories import ask, put_in

pytestmark = pytest.mark.django_db
URL = "/changes/CR-1/cancel/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    return ask(cast.ana, inventory.card_vault, at=timezone.now())


def test_the_requester_cancels_with_a_reason(change: Change, as_ana: Client) -> None:
    response = as_ana.post(URL, {"reason": "Wrong week"})
    assert response.headers["Location"] == "/changes/CR-1/"
    change.refresh_from_db()
    assert (change.state, change.outcome) == ("cancelled", "Cancelled by ana: Wrong week")
    entry = Entry.objects.get(event="change.cancelled")
    assert (entry.actor, entry.subject, entry.data["reason"]) == ("ana", "CR-1", "Wrong week")


def test_a_reason_is_welcome_but_not_required(change: Change, as_ada: Client) -> None:
    assert as_ada.post(URL).status_code == 302
    change.refresh_from_db()
    assert change.state == "cancelled"


def test_cancelled_twice_it_is_cancelled_once(change: Change, as_ana: Client) -> None:
    as_ana.post(URL, {"reason": "first"})
    response = as_ana.post(URL, {"reason": "second"})
    assert "CR-1 is cancelled: only what has not begun can be cancelled." in response.content.decode()
    assert Entry.objects.filter(event="change.cancelled").count() == 1


def test_what_has_begun_is_refused_and_nothing_typed_is_lost(change: Change, as_ana: Client) -> None:
    put_in(change, "executing")
    content = as_ana.post(URL, {"reason": "Too late?"}).content.decode()
    assert "CR-1 is executing: only what has not begun can be cancelled." in content
    assert "Too late?" in content
    assert not Entry.objects.filter(event="change.cancelled").exists()


def test_another_person_may_not_and_is_told_why(change: Change, as_ben: Client) -> None:
    content = as_ben.get(URL).content.decode()
    assert "Only who asked for a change, or an administrator, may cancel it." in content
    assert "<textarea" not in content
    as_ben.post(URL, {"reason": "No"})
    change.refresh_from_db()
    assert change.state == "approved"


@pytest.mark.parametrize("reason", ["x" * 2001, "a\x00b", "\u202egnirts"])
def test_reasons_that_cannot_stand_are_told_at_the_field_or_above(
    change: Change, as_ana: Client, reason: str
) -> None:
    response = as_ana.post(URL, {"reason": reason})
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    change.refresh_from_db()
    assert change.state == "approved"


def test_it_asks_before_it_cancels(change: Change, as_ana: Client) -> None:
    content = as_ana.get(URL).content.decode()
    assert "Nothing has been sent to AWS for this change." in content
    change.refresh_from_db()
    assert change.state == "approved"


def test_other_methods_are_refused(change: Change, as_ana: Client) -> None:
    assert as_ana.put(URL).status_code == 405


def test_changes_outside_ones_accounts_are_not_there(change: Change, cast: Cast, as_ben: Client) -> None:
    cast.payments.role_grants.filter(person=cast.ben).delete()
    assert as_ben.get(URL).status_code == 404
    assert as_ben.post(URL).status_code == 404


def test_people_without_a_role_may_not_open_it(change: Change, as_dan: Client) -> None:
    assert as_dan.post(URL).status_code == 403


def test_signed_out_people_are_sent_to_sign_in(change: Change, anonymous: Client) -> None:
    assert anonymous.post(URL).headers["Location"].startswith("/sign-in/")
    change.refresh_from_db()
    assert change.state == "approved"


def test_a_post_from_another_site_is_refused(change: Change, cast: Cast) -> None:
    client = FormClient(enforce_csrf_checks=True)
    client.force_login(cast.ana)
    assert client.post(URL).status_code == 403
