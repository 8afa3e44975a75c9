"""The emergency path: narrow, behind a fresh proof, typed, loud."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from keyconsole.changes.models import Change, Review
from tests.cast import CARD_VAULT, PASSWORD, Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments, join
from tests.conftest import client_of
from tests.form_client import FormClient

pytestmark = pytest.mark.django_db
ORDINARY = f"/keys/111122223333/{CARD_VAULT}/make-primary/eu-west-1/"
PAGE = f"{ORDINARY}emergency/"
AGAIN = "/sign-in/again/"
FILLED = {
    "reason": "us-east-1 is to be left within the hour.",
    "ticket": "INC-1",
    "typed": "card-vault",
    "token": "t" * 32,
}


@pytest.fixture
def on_call(cast: Cast, inventory: Inventory) -> Cast:
    """Ana is on call for payments, which needs Ben and Bea."""
    hold_for_payments(cast, emergency_group="on-call", review_within_hours=48)
    join("on-call", cast.ana)
    return cast


def proved(client: Client, *, seconds_ago: float = 0) -> Client:
    """Somebody who confirmed their password so long ago."""
    client.post(AGAIN, {"password": PASSWORD})
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {**record, "at": time.time() - seconds_ago} for record in records
    ]
    session.save()
    return client


@pytest.fixture
def ana(on_call: Cast) -> Client:
    return proved(client_of(on_call.ana))


def test_it_asks_for_a_fresh_proof_before_it_shows_anything(on_call: Cast) -> None:
    as_ana = client_of(on_call.ana, proved=False)
    response = as_ana.get(PAGE)
    assert response.headers["Location"].startswith(AGAIN)
    proof = as_ana.post(response.headers["Location"], {"password": PASSWORD})
    assert proof.headers["Location"] == PAGE
    assert "without anybody's approval" in as_ana.get(PAGE).content.decode()


def test_a_wrong_password_proves_nothing(on_call: Cast) -> None:
    as_ana = client_of(on_call.ana, proved=False)
    as_ana.post(AGAIN, {"password": "guess"})
    assert as_ana.get(PAGE).headers["Location"].startswith(AGAIN)


def test_a_form_sent_after_the_proof_went_stale_goes_on_after_the_next(on_call: Cast, as_ana: Client) -> None:
    client = proved(as_ana, seconds_ago=301)
    response = client.post(PAGE, FILLED)
    assert response.headers["Location"].startswith(AGAIN)
    assert not Change.objects.exists()
    after = client.post(response.headers["Location"], {"password": PASSWORD})
    assert after.headers["Location"] == "/changes/CR-1/"
    assert Change.objects.get().reason == FILLED["reason"]


def test_it_runs_at_once_and_owes_a_review(ana: Client) -> None:
    response = ana.post(PAGE, FILLED, follow=True)
    change = Change.objects.get()
    content = response.content.decode()
    assert (change.state, change.is_emergency) == ("approved", True)
    assert Review.objects.get().change == change
    assert "CR-1 runs without approval, as soon as a worker takes it. A review of it is owed." in content
    assert "Emergency: asked for without anybody's approval" in content
    assert "May give it: bea, ben." in content


def test_before_and_after_it_says_whom_a_message_reaches(ana: Client, on_call: Cast) -> None:
    content = ana.get(PAGE).content.decode()
    assert "No e-mail reaches bea and ben." in content
    assert "Nobody will be written to: no channel reaches anybody." in content
    on_call.bea.email = "bea@example.org"
    on_call.bea.save()
    assert "A message will be written to bea." in ana.get(PAGE).content.decode()
    content = ana.post(PAGE, FILLED, follow=True).content.decode()
    assert content.count("Written, and not sent yet: to bea.") == 2  # the message, and the page itself
    assert content.count("No e-mail was written to ben.") == 2


def test_the_same_form_sent_twice_begins_once(ana: Client) -> None:
    first, second = (ana.post(PAGE, FILLED) for _ in range(2))
    assert Change.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"] == "/changes/CR-1/"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("reason", "Quick!", "An emergency needs a reason of at least 20 characters."),
        ("reason", "r" * 5000, "The reason has 5,000 characters; at most 2,000 are kept."),
        ("typed", "ledger", "This is not the name of the key."),
        ("typed", "", "Type the key&#x27;s alias or id to confirm."),
        ("token", "x", "This form is not one of ours."),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    ana: Client, field: str, value: str, words: str
) -> None:
    content = ana.post(PAGE, {**FILLED, field: value}).content.decode()
    assert words in content
    assert 'class="error-summary' in content
    kept = {name: text for name, text in FILLED.items() if name not in {field, "token"}}
    assert all(text in content for text in kept.values())
    assert not Change.objects.exists()


def test_who_is_not_of_the_group_reads_why_and_is_asked_for_no_password(
    on_call: Cast, as_ben: Client
) -> None:
    content = as_ben.get(PAGE).content.decode()
    assert "Only members of on-call may use the emergency path." in content
    assert 'name="reason"' not in content
    as_ben.post(PAGE, FILLED)
    assert not Change.objects.exists()


def test_without_an_emergency_path_in_the_policy_there_is_none(as_ana: Client, inventory: Inventory) -> None:
    assert "The policy of this key has no emergency path." in as_ana.get(PAGE).content.decode()
    assert "emergency/" not in as_ana.get(ORDINARY).content.decode()


def test_the_ordinary_page_leads_to_it_or_says_why_not(on_call: Cast, as_ana: Client, as_ben: Client) -> None:
    assert f'href="{PAGE}"' in as_ana.get(ORDINARY).content.decode()
    content = as_ben.get(ORDINARY).content.decode()
    assert f'href="{PAGE}"' not in content
    assert "Only members of on-call may use the emergency path." in content


def test_an_overdue_review_closes_the_path(on_call: Cast, ana: Client, inventory: Inventory) -> None:
    ana.post(PAGE, FILLED)
    Review.objects.update(due_at=Change.objects.get().requested_at)
    Change.objects.update(state="done")
    content = ana.get(PAGE).content.decode()
    assert "The review of your emergency CR-1 is overdue. It comes first." in content


@pytest.mark.parametrize("region", ["EU-WEST-1", "%3Cb%3E"])
def test_what_is_no_region_is_not_there(ana: Client, region: str) -> None:
    assert ana.get(PAGE.replace("eu-west-1", region)).status_code == 404


def test_other_methods_are_refused(ana: Client) -> None:
    assert ana.put(PAGE).status_code == 405


def test_keys_outside_ones_accounts_are_not_there(on_call: Cast, ana: Client) -> None:
    on_call.payments.role_grants.filter(person=on_call.ana).delete()
    assert ana.get(PAGE).status_code == 404
    assert ana.post(PAGE, FILLED).status_code == 404


def test_people_without_a_role_may_not_open_it(on_call: Cast, as_dan: Client) -> None:
    assert as_dan.get(PAGE).status_code == 403


def test_signed_out_people_are_sent_to_sign_in(on_call: Cast, anonymous: Client) -> None:
    assert anonymous.post(PAGE, FILLED).headers["Location"].startswith("/sign-in/?")
    assert not Change.objects.exists()


def test_a_form_from_elsewhere_is_refused(on_call: Cast) -> None:
    stranger: Any = FormClient(enforce_csrf_checks=True)
    stranger.force_login(on_call.ana)
    assert stranger.post(PAGE, FILLED).status_code == 403
    assert not Change.objects.exists()


def test_the_number_of_queries_is_fixed(
    ana: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(41):
        ana.get(PAGE)


def test_it_says_before_what_would_give_way(on_call: Cast, inventory: Inventory, ana: Client) -> None:
    ana.post(ORDINARY, FILLED | {"token": "w" * 32})
    waited = Change.objects.get()
    content = ana.get(PAGE).content.decode()
    assert f"{waited.ref}</a>, which waits for this key and was asked for by ana, gives way to it" in content
    assert f'href="{PAGE}"' in ana.get(f"/changes/{waited.ref}/").content.decode()
    ana.post(PAGE, FILLED)
    waited.refresh_from_db()
    assert waited.state == "cancelled"
    content = ana.get(f"/changes/{waited.ref}/").content.decode()
    assert 'Superseded by the emergency <a href="/changes/CR-2/">CR-2</a>' in content
    assert "It took the place of" in ana.get("/changes/CR-2/").content.decode()


@pytest.fixture
def second(on_call: Cast, ana: Client) -> Change:
    """Ana's second emergency, while nobody has reviewed the first; Cleo is on call as well."""
    join("on-call", on_call.cleo)
    ana.post(PAGE, FILLED)
    Change.objects.update(state="done")
    content = ana.get(PAGE).content.decode()
    assert "once another member of on-call agrees" in content
    assert "waits for another member: cleo." in content
    assert "Ask another member to agree" in content
    assert "This runs as soon as a worker takes it" not in content
    assert "No e-mail reaches cleo." in content
    ana.post(PAGE, FILLED | {"token": "s" * 32})
    return Change.objects.get(number=2)


def test_a_second_one_waits_for_another_member_and_says_so(second: Change, ana: Client) -> None:
    assert second.state == "pending"
    content = ana.get("/changes/CR-2/").content.decode()
    assert "Another member of on-call has to agree: cleo." in content
    assert "not begun" in content
    assert "asked for and begun" not in content
    assert "Who uses the emergency path does not agree to it as well" in content


def test_another_member_agrees_behind_a_fresh_proof(second: Change, on_call: Cast) -> None:
    cleo = client_of(on_call.cleo, proved=False)
    url = "/changes/CR-2/agree-to-emergency/"
    assert f'href="{url}"' in cleo.get("/changes/CR-2/").content.decode()
    filled = {"plan_sha256": second.plan_sha256, "comment": "I saw it."}
    assert cleo.post(url, filled).headers["Location"].startswith(AGAIN)
    second.refresh_from_db()
    assert second.state == "pending"
    proved(cleo)
    content = cleo.get(url).content.decode()
    assert "Once you agree it runs" in content
    assert second.plan_sha256 in content
    assert "is not the plan of" in cleo.post(url, filled | {"plan_sha256": "0" * 64}).content.decode()
    assert cleo.post(url, filled).headers["Location"] == "/changes/CR-2/"
    second.refresh_from_db()
    assert second.state == "approved"
    assert "<strong>cleo</strong> agreed" in cleo.get("/changes/CR-2/").content.decode()


def test_nobody_else_agrees_on_the_page(second: Change, ana: Client, as_ben: Client) -> None:
    url, filled = "/changes/CR-2/agree-to-emergency/", {"plan_sha256": second.plan_sha256, "comment": ""}
    for client in (ana, proved(as_ben)):
        assert "You cannot do this now" in client.get(url).content.decode()
        client.post(url, filled)
        second.refresh_from_db()
        assert second.state == "pending"
    assert as_ben.put(url).status_code == 405


def test_one_that_ended_before_anybody_agreed_never_says_that_it_began(second: Change, ana: Client) -> None:
    ana.post("/changes/CR-2/cancel/", {"reason": "Over."})
    content = ana.get("/changes/CR-2/").content.decode()
    assert "never begun" in content
    assert "Nobody agreed before it ended." in content
