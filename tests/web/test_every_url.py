"""Every address of the product, asked by everybody: what comes back follows from what its view declares.

DELETE tells what the guard says and runs nothing: 403 where it refuses, 405 where it lets in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, reverse

from keyconsole.aws_accounts.permissions import can, can_somewhere
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.urls import urlpatterns
from keyconsole.web.guards import Proof, guard_of, proof_of
from keyconsole.web.leads_back import NOTHING_SENT
from tests.cast import make_account, make_person
from tests.conftest import client_of
from tests.form_client import FormClient
from tests.web.hidden_world import OWN, World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
HTMX = {"HX-Request": "true"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SIGN_IN = "/sign-in/"

# What takes a form from whoever is signed in, without a fresh proof: it reads, asks others, or makes safer.
WITHOUT_FRESH_PROOF = {
    "change-reject", "change-withdraw", "change-comment", "change-cancel",
    "change-close", "change-review", "batch-reject", "batch-cancel", "accounts-scan", "account-scan",
    "account-test", "account-remove",
    "account-edit-reject", "account-edit-withdraw", "policy-reject", "policy-withdraw",
    "freeze", "notification-route-add", "notification-route-remove", "notification-route-test",
    "notification-try-again", "proposal-reject", "proposal-withdraw",
    "account_change_password", "link", "me-end-session", "me-end-other-sessions", "token-end",
    "person-take-role", "person-disable", "person-end-session", "person-end-sessions",
    "person-withdraw-invitation", "person-withdraw-reset", "access-review-start",
    "keys-view-save", "keys-view-rename", "keys-view-delete",
}  # fmt: skip
# One's own second factors: the sign-in library asks for the proof, to open them and to send.
BY_THE_LIBRARY = {
    "totp-add", "passkey-add", "passkey-rename", "factor-remove", "recovery-codes", "recovery-codes-make",
}  # fmt: skip
# Where a proof is given: they lead on to the kind that the person has.
PROVING = {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
FRESH = {
    "make-primary", "keys-move",
    "change-approve", "change-run", "change-agree", "batch-approve", "batch-run", "account-add",
    "account-edit", "account-edit-agree", "policy-new", "policy-propose", "policy-retire",
    "policy-agree", "lift-freeze", "group-join", "group-leave", "proposal-agree",
    "person-give-role", "person-enable", "person-reset", "person-invite",
    "person-invite-again", "token-make", "access-review-answer", "access-review-end",
    "sso-mapping-add", "sso-mapping-remove",
}  # fmt: skip
BY_PROOF = {
    Proof.FRESH: FRESH,
    Proof.FRESH_FILE: {
        "keys-export",
        "audit-export",
        "access-review-export",
        "access-review-campaign-export",
    },
    Proof.EMERGENCY: {"break-glass", "agree-to-emergency"},
}
# What asks for more than seeing some account.
BY_GUARD = {
    "administer everywhere": {
        "account-add", "account-remove",
        "notifications", "notification-route-add", "notification-route-remove",
        "notification-route-test", "notification-try-again", "group-join", "group-leave",
        "person-invite", "person-invite-again", "person-withdraw-invitation",
        "person-disable", "person-enable", "person-end-session", "person-end-sessions",
        "person-reset", "person-withdraw-reset", "access-review-start", "access-review-end",
        "sso-mappings", "sso-mapping-add", "sso-mapping-remove",
    },
    "administer somewhere": {
        "account-edit", "people", "person", "person-give-role", "person-take-role", "access-review-answer",
    },
    "read-audit everywhere": {"access-review-campaign-export"},
    "scan somewhere": {"account-scan", "accounts-scan", "account-test"},
    "read-audit somewhere": {
        "audit", "audit-export", "access-review", "access-review-export", "access-review-campaign",
    },
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def address(world: World, pattern: URLPattern) -> str:
    """Of something in Pia's account; of an entry that is not there where she has none."""
    name = str(pattern.name)
    refs = {"batch": world.mixed.ref, "proposal": world.own_access.ref}
    values: dict[str, str | int] = {
        "account_id": OWN,
        "key_id": world.own_keys[0].key_id,
        "region": "eu-west-1",
        "ref": refs.get(name.partition("-")[0], world.own_change.ref),
        "name": "none" if "route" in name else "payments",
        "slug": "keys",
        "fmt": "csv",
        "secret": "nothing",
        "pk": 1,
        "username": "pia",
    }
    if name == "notification-try-again":
        return reverse(name, args=["00000000-0000-4000-8000-000000000000"])
    if name == "person-take-role":
        return f"{reverse(name, args=['pia'])}?role=viewer&account={OWN}"
    return reverse(name, kwargs={each: values[each] for each in pattern.pattern.converters})


def everything(world: World) -> Iterator[tuple[str, str, str]]:
    """The name, the address and the guard of each."""
    for pattern in urlpatterns:
        yield str(pattern.name), address(world, pattern), guard_of(pattern.callback)


def lets_in(guard: str, person: User) -> bool:
    """What the words of a guard mean, read anew."""
    if guard in {"anyone", "signed in"}:
        return True
    permission, _, where = guard.rpartition(" ")
    asked = Permission(permission)
    return can(person, asked) if where == "everywhere" else can_somewhere(person, asked)


def is_gone_to_sign_in(response: Any) -> bool:
    to = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    status: int = response.status_code
    return to.startswith(f"{SIGN_IN}?next=") and status == (204 if "HX-Redirect" in response.headers else 302)


def test_every_address_declares_who_may_and_by_which_proof() -> None:
    silent = [p.name for p in urlpatterns if not guard_of(p.callback) or proof_of(p.callback) is None]
    assert silent == []


def test_what_asks_for_a_fresh_proof_is_known_by_name() -> None:
    found = {proof: {p.name for p in urlpatterns if proof_of(p.callback) is proof} for proof in BY_PROOF}
    assert found == BY_PROOF


def test_what_asks_for_more_than_seeing_an_account_is_known_by_name() -> None:
    plain = {"anyone", "signed in", "view somewhere"}
    found: dict[str, set[str]] = {}
    for pattern in urlpatterns:
        if (guard := guard_of(pattern.callback)) not in plain:
            found.setdefault(guard, set()).add(str(pattern.name))
    assert found == BY_GUARD


@pytest.mark.parametrize("who", ["anonymous", "disabled"])
def test_nobody_gets_in_without_a_person_who_may_sign_in(world: World, who: str) -> None:
    client: Client = FormClient()
    if who == "disabled":
        client = client_of(world.pia)
        User.objects.filter(pk=world.pia.pk).update(is_active=False)
    for name, url, guard in everything(world):
        for method, headers in (("get", {}), ("get", HTMX), ("post", {})):
            response = getattr(client, method)(url, headers=headers)
            if guard == "anyone":
                assert response.status_code != 403, name
            else:
                assert is_gone_to_sign_in(response), (name, method, headers)


@pytest.mark.parametrize("role", [*Role, None])
def test_each_role_gets_where_its_permissions_reach(world: World, role: Role | None) -> None:
    for place, headers in ((world.payments, HTMX), (None, {})):
        person = make_person(f"somebody-{bool(place)}", *([role] if role else []), accounts=(place,))
        client = client_of(person, proved=False)
        for name, url, guard in everything(world):
            if guard != "anyone" and name not in PROVING | BY_THE_LIBRARY:
                status = client.delete(url, headers=headers).status_code
                assert status == (405 if lets_in(guard, person) else 403), name


def test_what_lies_in_another_account_is_not_there_for_who_may_do_everything_elsewhere(world: World) -> None:
    elsewhere = make_account("elsewhere", "555566667777")
    client = client_of(make_person("stranger", *Role, accounts=(elsewhere,)))
    for pattern in urlpatterns:
        names = set(pattern.pattern.converters)
        if not names & {"account_id", "ref"} or "everywhere" in guard_of(pattern.callback):
            continue
        url = address(world, pattern)
        for method, headers in (("get", {}), ("get", HTMX), ("post", {})):
            status = getattr(client, method)(url, headers=headers).status_code
            assert status in {404, 405}, (pattern.name, method)


def test_what_takes_a_form_asks_for_a_fresh_proof_or_is_known_not_to(world: World) -> None:
    client = client_of(world.ada, proved=False)
    for pattern in urlpatterns:
        known = WITHOUT_FRESH_PROOF | PROVING | BY_THE_LIBRARY
        if proof_of(pattern.callback) is Proof.SESSION and pattern.name not in known:
            assert lets_in(guard_of(pattern.callback), world.ada), pattern.name
            assert client.post(address(world, pattern)).status_code == 405, pattern.name


def test_every_page_opens_for_who_may_without_any_fresh_proof_but_files_and_emergencies(world: World) -> None:
    """Reading asks for nothing; a fragment is answered as its page is."""
    client = client_of(world.pia, proved=False)
    for name, url, guard in everything(world):
        proof = proof_of(next(p for p in urlpatterns if p.name == name).callback)
        asks_to_open = proof in {Proof.FRESH_FILE, Proof.EMERGENCY} or name in PROVING | BY_THE_LIBRARY
        is_there = name != "access-review-campaign"  # there is no review in this world
        if guard == "anyone" or not lets_in(guard, world.pia) or asks_to_open or not is_there:
            continue
        if name == "sso-again":  # leads to the provider, for who is known there
            continue
        statuses = {client.get(url, headers=headers).status_code for headers in ({}, HTMX)}
        assert len(statuses) == 1, name
        assert statuses <= {200, 405}, (name, statuses)


def test_a_browser_that_opens_what_only_takes_a_form_is_led_to_the_page_that_has_it(world: World) -> None:
    client, led = client_of(world.pia), {}
    for name, url, guard in everything(world):
        is_there = not name.startswith("access-review-")  # there is no review in this world
        opens = guard != "anyone" and lets_in(guard, world.pia) and is_there
        if not opens or client.get(url).status_code != 405:
            continue
        assert client.head(url, headers=BROWSER).status_code == 405, name
        assert client.get(url, headers=BROWSER | HTMX).status_code == 405, name
        answer = client.get(url, headers=BROWSER, follow=True)
        assert answer.status_code == 200, name
        assert answer.content.decode().count(NOTHING_SENT) == 1, name
        [(led[name], _)] = answer.redirect_chain
    assert led["account-scan"] == f"/accounts/{OWN}/"
    assert led["accounts-scan"] == "/accounts/"
    assert len(led) > 10


def test_ones_own_second_factors_are_neither_shown_nor_changed_without_a_fresh_proof(world: World) -> None:
    client = client_of(world.pia, proved=False)
    for pattern in urlpatterns:
        if pattern.name in BY_THE_LIBRARY:
            for send in (client.get, client.post):
                to = send(address(world, pattern)).headers.get("Location", "")
                assert to.startswith("/sign-in/again/?next="), pattern.name
