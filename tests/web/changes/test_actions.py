"""What holds for every page on which somebody does something with a change."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments
from tests.form_client import FormClient
from tests.web.stories import ask

pytestmark = pytest.mark.django_db
VERBS = ("approve", "reject", "withdraw", "comment", "run", "cancel", "review", "close", "agree")
FORM = {"reason": "no", "text": "words", "comment": "words", "was_right": "right"}
each_verb = pytest.mark.parametrize("verb", VERBS)


def url(verb: str) -> str:
    return f"/changes/CR-1/{verb}/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast)
    return ask(cast.ana, inventory.card_vault, at=timezone.now())


def filled(change: Change) -> dict[str, str]:
    return {**FORM, "plan_sha256": change.plan_sha256}


@each_verb
def test_other_methods_are_refused(change: Change, as_ben: Client, verb: str) -> None:
    assert as_ben.put(url(verb)).status_code == 405
    assert as_ben.delete(url(verb)).status_code == 405


@each_verb
def test_looking_at_the_page_does_nothing(change: Change, as_ben: Client, verb: str) -> None:
    before = Entry.objects.count()
    assert as_ben.get(url(verb)).status_code == 200
    assert Entry.objects.count() == before


@each_verb
def test_signed_out_people_are_sent_to_sign_in(change: Change, anonymous: Client, verb: str) -> None:
    before = Entry.objects.count()
    assert anonymous.post(url(verb), filled(change)).headers["Location"].startswith("/sign-in/")
    assert Entry.objects.count() == before


@each_verb
def test_people_without_a_role_may_not_open_it(change: Change, as_dan: Client, verb: str) -> None:
    assert as_dan.get(url(verb)).status_code == 403
    assert as_dan.post(url(verb), filled(change)).status_code == 403


@each_verb
def test_changes_outside_ones_accounts_are_not_there(
    change: Change, cast: Cast, as_ben: Client, verb: str
) -> None:
    cast.payments.role_grants.filter(person=cast.ben).delete()
    assert as_ben.get(url(verb)).status_code == 404
    assert as_ben.post(url(verb), filled(change)).status_code == 404


@each_verb
def test_a_form_from_elsewhere_is_refused(change: Change, cast: Cast, verb: str) -> None:
    client = FormClient(enforce_csrf_checks=True)
    client.force_login(cast.ben)
    before = Entry.objects.count()
    assert client.post(url(verb), filled(change)).status_code == 403
    assert Entry.objects.filter(event__startswith="change.").count() <= before


@pytest.mark.parametrize("verb", ["approve", "reject", "run", "withdraw", "review", "close", "agree"])
def test_who_may_only_look_reads_why_and_changes_nothing(change: Change, as_cleo: Client, verb: str) -> None:
    content = as_cleo.get(url(verb)).content.decode()
    assert "You cannot do this now" in content
    assert "<textarea" not in content
    as_cleo.post(url(verb), filled(change))
    change.refresh_from_db()
    assert change.state == "pending"
    assert not change.approvals.exists()
