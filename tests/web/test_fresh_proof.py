"""What needs a fresh proof waits for it and goes on: once, in its own session, with all that was typed."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Approval, Change
from keyconsole.web.guards import Proof, requires
from keyconsole.web.reauthentication import SUSPENDED, SUSPENDED_AT_MOST
from tests.cast import CARD_VAULT, PASSWORD, Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments, join
from tests.conftest import client_of, prove
from tests.form_client import FormClient
from tests.people.factors.holding import code, give_totp
from tests.web.stories import ask

pytestmark = pytest.mark.django_db
URL, AGAIN, CODE = "/changes/CR-1/approve/", "/sign-in/again/", "/sign-in/again/code/"


def nothing(request: Any) -> Any:
    raise NotImplementedError(request.path)


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast)
    return ask(cast.ana, inventory.card_vault, at=timezone.now())


@pytest.fixture
def ben(cast: Cast, change: Change) -> Client:
    return client_of(cast.ben, proved=False)


def sent(change: Change, **over: str) -> dict[str, str]:
    return {"plan_sha256": change.plan_sha256, "comment": "Read it — twice & all.", **over}


def asked(client: Client, url: str, data: dict[str, str]) -> str:
    """Where they are sent to prove it."""
    to = client.post(url, data).headers["Location"]
    assert to.startswith(f"{AGAIN}?next=")
    return str(to)


def test_the_page_says_what_is_confirmed_and_how_long_it_lasts(ben: Client, change: Change) -> None:
    content = ben.get(asked(ben, URL, sent(change))).content.decode()
    assert "<h1>Confirm: approve CR-1</h1>" in content
    assert "payments: make eu-west-1 the primary of card-vault" in content
    assert "For 15 minutes your proof then counts" in content


def test_what_was_typed_goes_on_after_the_proof_and_keeps_which_it_was(ben: Client, change: Change) -> None:
    to = asked(ben, URL, sent(change))
    assert not Approval.objects.exists()
    assert ben.post(to, {"password": PASSWORD}).headers["Location"] == "/changes/CR-1/"
    given = Approval.objects.get()
    assert (given.comment, given.proof) == ("Read it — twice & all.", "password")
    assert given.proved_at
    data = Entry.objects.get(event="change.approval_given").data
    assert (data["proof"], data["proof_age_seconds"]) == ("password", 0)


def test_the_sign_in_itself_is_no_proof(cast: Cast, change: Change) -> None:
    client = FormClient()
    client.post("/sign-in/", {"login": "ben", "password": PASSWORD})
    asked(client, URL, sent(change))
    assert not Approval.objects.exists()


def test_a_wrong_password_proves_nothing_and_what_waits_goes_on_waiting(ben: Client, change: Change) -> None:
    to = asked(ben, URL, sent(change))
    again = ben.post(to, {"password": "guess"})
    assert "Confirm: approve CR-1" in again.content.decode()
    assert not Approval.objects.exists()
    ben.post(to, {"password": PASSWORD})
    assert Approval.objects.count() == 1


def test_it_goes_on_once(ben: Client, change: Change) -> None:
    to = asked(ben, URL, sent(change))
    ben.post(to, {"password": PASSWORD})
    Approval.objects.update(withdrawn_at=timezone.now())
    after = ben.post(to, {"password": PASSWORD})
    assert after.headers["Location"].startswith(URL)
    assert Approval.objects.filter(withdrawn_at=None).count() == 0


def test_two_tabs_do_not_take_each_others(ben: Client, change: Change) -> None:
    first = asked(ben, URL, sent(change, comment="first tab"))
    second = asked(ben, URL, sent(change, comment="second tab"))
    assert first != second
    ben.post(first, {"password": PASSWORD})
    assert Approval.objects.get().comment == "first tab"
    content = ben.post(second, {"password": PASSWORD}, follow=True).content.decode()
    assert "Sent twice, it counts once." in content


def test_of_many_that_wait_the_last_ones_are_kept(ben: Client, change: Change) -> None:
    addresses = [asked(ben, URL, sent(change, comment=str(n))) for n in range(SUSPENDED_AT_MOST + 2)]
    assert len(ben.session[SUSPENDED]) == SUSPENDED_AT_MOST
    ben.post(addresses[0], {"password": PASSWORD})
    assert not Approval.objects.exists()
    ben.post(addresses[-1], {"password": PASSWORD})
    assert Approval.objects.get().comment == str(SUSPENDED_AT_MOST + 1)


def test_another_person_who_signs_in_meanwhile_sends_nothing_of_it(
    ben: Client, cast: Cast, change: Change
) -> None:
    to = asked(ben, URL, sent(change))
    ben.post("/sign-out/")
    ben.post("/sign-in/", {"login": "bea", "password": PASSWORD})
    ben.post(to, {"password": PASSWORD})
    assert not Approval.objects.exists()


def test_a_form_from_elsewhere_is_refused_before_it_could_wait(cast: Cast, change: Change) -> None:
    client: Any = FormClient(enforce_csrf_checks=True)
    client.force_login(cast.ben)
    assert client.post(URL, sent(change)).status_code == 403
    assert SUSPENDED not in client.session


def test_a_form_as_large_as_any_goes_on_whole(cast: Cast, inventory: Inventory) -> None:
    client, why = client_of(cast.ada, proved=False), "w" * 2000
    written = (
        '{"name": "large", "rule": "approve", "requirements": [{"at_least": 1}], "applies_to": {"accounts":'
    )
    document = f'{written}{" " * 90_000}["111122223333"]}}}}'
    form = {"as": "json", "step": "propose", "document": document, "why": why}
    to = asked(client, "/policies/new/", form)
    assert client.post(to, {"password": PASSWORD}).headers["Location"] == "/policies/large/"


def test_what_cannot_stand_is_shown_after_the_proof_with_a_form_that_leads_back(
    ben: Client, change: Change
) -> None:
    to = asked(ben, URL, sent(change, plan_sha256="0" * 64))
    content = ben.post(to, {"password": PASSWORD}).content.decode()
    assert "is not the plan of CR-1" in content
    assert f'action="{URL}"' in content
    assert "Read it — twice &amp; all." in content


def test_what_cannot_stand_by_itself_is_said_before_any_proof(ben: Client, change: Change) -> None:
    response = ben.post(URL, {"plan_sha256": "", "comment": "x"})
    assert response.status_code == 200


def test_a_file_comes_after_the_proof_and_leaves_a_page_that_leads_back(
    cast: Cast, inventory: Inventory
) -> None:
    client = client_of(cast.cleo, proved=False)
    to = client.get("/audit/export.csv?actor=ana").headers["Location"]
    assert "Confirm: export the audit as CSV" in client.get(to).content.decode()
    page = client.post(to, {"password": PASSWORD}).content.decode()
    assert 'content="0; url=/audit/export.csv?actor=ana"' in page
    assert 'href="/audit/?actor=ana"' in page
    assert client.get("/audit/export.csv?actor=ana").status_code == 200


def test_a_part_of_a_page_sends_the_whole_window_to_the_proof(cast: Cast, inventory: Inventory) -> None:
    client = client_of(cast.cleo, proved=False)
    response = client.get("/audit/export.csv", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response.headers["HX-Redirect"].startswith(AGAIN)


@override_settings(KEYCONSOLE_FRESH_PROOF_MINUTES=2)
def test_how_fresh_is_a_setting(ben: Client, cast: Cast, change: Change) -> None:
    prove(ben, cast.ben, seconds_ago=121)
    assert "For 2 minutes" in ben.get(asked(ben, URL, sent(change))).content.decode()
    prove(ben, cast.ben, seconds_ago=115)
    assert ben.post(URL, sent(change)).headers["Location"] == "/changes/CR-1/"


def test_an_emergency_keeps_its_shorter_time() -> None:
    with override_settings(KEYCONSOLE_FRESH_PROOF_MINUTES=60):
        assert Proof.EMERGENCY.lasts.total_seconds() == 300
    with override_settings(KEYCONSOLE_FRESH_PROOF_MINUTES=1):
        assert Proof.EMERGENCY.lasts.total_seconds() == 60


def test_a_clock_that_goes_ahead_makes_nobody_prove_it_for_ever(
    ben: Client, cast: Cast, change: Change
) -> None:
    prove(ben, cast.ben, seconds_ago=-3600)
    asked(ben, URL, sent(change))
    prove(ben, cast.ben, seconds_ago=-5)
    assert ben.post(URL, sent(change)).headers["Location"] == "/changes/CR-1/"


def give_factor(person: User, kind: str = "totp") -> None:
    Authenticator.objects.create(user=person, type=kind, data={})


@pytest.mark.parametrize(("kind", "page"), [("totp", CODE), ("webauthn", "/sign-in/again/passkey/")])
def test_where_there_is_a_second_factor_the_password_is_not_enough(
    ben: Client, cast: Cast, change: Change, kind: str, page: str
) -> None:
    give_factor(cast.ben, kind)
    prove(ben, cast.ben)
    to = ben.post(URL, sent(change)).headers["Location"]
    assert to.startswith(f"{page}?next=")
    assert ben.get(AGAIN).headers["Location"].startswith(page)
    assert ben.post(to.replace(page, AGAIN), {"password": PASSWORD}).headers["Location"].startswith(page)
    assert not Approval.objects.exists()


def test_a_code_lets_it_go_on_and_is_kept(ben: Client, cast: Cast, change: Change) -> None:
    give_totp(cast.ben)
    to = ben.post(URL, sent(change)).headers["Location"]
    assert "<h1>Confirm: approve CR-1</h1>" in ben.get(to).content.decode()
    assert "Confirm: approve CR-1" in ben.post(to, {"code": "000000"}).content.decode()
    assert not Approval.objects.exists()
    assert ben.post(to, {"code": code()}).headers["Location"] == "/changes/CR-1/"
    assert Approval.objects.get().proof == "totp"


@pytest.mark.parametrize(
    ("kind", "how"), [("totp", "totp"), ("webauthn", "passkey"), ("recovery_codes", "recovery code")]
)
def test_a_second_factor_is_kept_by_its_name(
    ben: Client, cast: Cast, change: Change, kind: str, how: str
) -> None:
    give_factor(cast.ben)
    prove(ben, cast.ben, method="mfa", type=kind)
    ben.post(URL, sent(change))
    assert Approval.objects.get().proof == how


def test_who_has_no_way_to_prove_it_here_is_told_to_sign_in_again(cast: Cast, change: Change) -> None:
    cast.ben.set_unusable_password()
    cast.ben.save()
    client = client_of(cast.ben, proved=False)
    response = client.post(URL, sent(change))
    assert response.status_code == 403
    content = response.content.decode()
    assert "Confirm: approve CR-1" in content
    assert "only a new sign-in proves it" in content
    assert not Approval.objects.exists()


def test_a_fresh_sign_in_of_who_has_no_other_way_counts(cast: Cast, change: Change) -> None:
    cast.ben.set_unusable_password()
    cast.ben.save()
    client = client_of(cast.ben, proved=False)
    prove(client, cast.ben, method="socialaccount", reauthenticated=False)
    client.post(URL, sent(change))
    assert Approval.objects.get().proof == "sign-in"


def test_a_providers_fresh_sign_in_counts_by_its_own_name(cast: Cast, ben: Client, change: Change) -> None:
    prove(ben, cast.ben, method="sso")
    ben.post(URL, sent(change))
    assert Approval.objects.get().proof == "sso"


def test_what_makes_things_safer_asks_for_nothing(ben: Client, change: Change) -> None:
    assert ben.post("/changes/CR-1/reject/", {"reason": "Not now."}).headers["Location"] == "/changes/CR-1/"
    data = Entry.objects.get(event="change.rejected").data
    assert data["proof"] == "sign-in"
    assert data["proof_age_seconds"] < 60


def test_a_view_that_asks_for_a_proof_has_to_say_what_it_confirms() -> None:
    with pytest.raises(TypeError, match="says what it confirms"):
        requires(Permission.VIEW, proof=Proof.FRESH)(nothing)
    with pytest.raises(TypeError, match="says what it confirms"):
        requires(Permission.VIEW, confirms=lambda _request: None)(nothing)


def test_a_person_who_was_disabled_while_it_waited_sends_nothing(
    ben: Client, cast: Cast, change: Change
) -> None:
    to = asked(ben, URL, sent(change))
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)
    assert ben.post(to, {"password": PASSWORD}).headers["Location"].startswith("/sign-in/")
    assert not Approval.objects.exists()


def test_the_emergency_page_says_what_it_is_about(cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast, emergency_group="platform")
    join("platform", cast.ana)
    client = client_of(cast.ana, proved=False)
    to = client.get(f"/keys/111122223333/{CARD_VAULT}/make-primary/eu-west-1/emergency/").headers["Location"]
    content = client.get(to).content.decode()
    assert "<h1>Confirm: use the emergency path</h1>" in content
    assert "payments: make eu-west-1 the primary of card-vault" in content
    assert "For 5 minutes" in content
