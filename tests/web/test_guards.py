"""Every page says who may open it, and what one may not see is not there."""

from __future__ import annotations

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from keyconsole.aws_accounts.roles import Permission
from keyconsole.urls import urlpatterns
from keyconsole.web.guards import (
    account_for,
    change_for,
    guard_of,
    key_for,
    open_to_anyone,
    requires,
    signed_in,
)
from tests.cast import CARD_VAULT, OLD_VAULT, Cast, Inventory

OPEN_TO_ANYONE = {
    "healthy",
    "ready",
    "account_login",
    "account_logout",
    "account_inactive",
    "link",
    "link-open",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "sso-sign-in",
    "sso-callback",
    "emergency-sign-in",
}
OPEN_TO_EVERYBODY_SIGNED_IN = {
    "overview",
    "help",
    "search",
    "help-page",
    "patterns",
    "account_reauthenticate",
    "sso-again",
    "account_change_password",
    "me",
    "me-end-session",
    "me-end-other-sessions",
    "token-make",
    "token-end",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "factors",
    "factor-remove",
    "passkey-add",
    "passkey-rename",
    "recovery-codes",
    "recovery-codes-make",
    "totp-add",
    "proposals",
    "proposal",
    "proposal-agree",
    "proposal-reject",
    "proposal-withdraw",
}


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def request_by(person: object) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = person  # type: ignore[assignment]
    return request


def test_every_page_declares_a_guard() -> None:
    assert [pattern.name for pattern in urlpatterns if not guard_of(pattern.callback)] == []


def test_a_view_without_a_guard_would_be_noticed() -> None:
    assert guard_of(answer) == ""


def test_only_the_listed_pages_are_open() -> None:
    by_guard: dict[str, set[str]] = {}
    for pattern in urlpatterns:
        by_guard.setdefault(guard_of(pattern.callback), set()).add(str(pattern.name))
    assert by_guard["anyone"] == OPEN_TO_ANYONE
    assert by_guard["signed in"] == OPEN_TO_EVERYBODY_SIGNED_IN


def test_only_pages_open_to_anyone_escape_the_sign_in() -> None:
    escaping = {p.name for p in urlpatterns if not getattr(p.callback, "login_required", True)}
    assert escaping == OPEN_TO_ANYONE


@pytest.mark.parametrize(("name", "gets_in"), [("ana", True), ("cleo", True), ("dan", False)])
def test_a_permission_somewhere_opens_a_page(cast: Cast, name: str, gets_in: bool) -> None:
    view = requires(Permission.VIEW)(answer)
    if gets_in:
        assert view(request_by(getattr(cast, name))).status_code == 200
    else:
        with pytest.raises(PermissionDenied):
            view(request_by(getattr(cast, name)))


def test_a_permission_in_some_accounts_is_not_one_everywhere(cast: Cast) -> None:
    assert requires(Permission.REQUEST)(answer)(request_by(cast.ana)).status_code == 200
    with pytest.raises(PermissionDenied):
        requires(Permission.REQUEST, everywhere=True)(answer)(request_by(cast.ana))
    assert requires(Permission.ADMINISTER, everywhere=True)(answer)(request_by(cast.ada)).status_code == 200


def test_people_who_were_locked_out_lose_every_permission(cast: Cast) -> None:
    cast.ada.is_active = False
    with pytest.raises(PermissionDenied):
        requires(Permission.VIEW)(answer)(request_by(cast.ada))


def test_guards_say_what_they_ask_for() -> None:
    assert guard_of(requires(Permission.SCAN)(answer)) == "scan somewhere"
    assert guard_of(requires(Permission.SCAN, everywhere=True)(answer)) == "scan everywhere"
    assert guard_of(signed_in(partial(answer))) == "signed in"
    assert guard_of(open_to_anyone(partial(answer))) == "anyone"


def test_an_account_of_others_is_not_there(cast: Cast) -> None:
    assert account_for(cast.ana, "111122223333") == cast.payments
    for number in ("333344445555", "999999999999", "\x00", "x" * 500):
        with pytest.raises(Http404):
            account_for(cast.ana, number)


def test_an_account_that_one_sees_but_may_not_change_is_forbidden(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        account_for(cast.ana, "111122223333", Permission.ADMINISTER)
    assert account_for(cast.ada, "111122223333", Permission.ADMINISTER) == cast.payments


def test_a_key_is_found_only_in_its_own_account(cast: Cast, inventory: Inventory) -> None:
    assert key_for(cast.ana, "111122223333", CARD_VAULT) == inventory.card_vault
    for account_id, key_id in (("222233334444", CARD_VAULT), ("333344445555", OLD_VAULT)):
        with pytest.raises(Http404):
            key_for(cast.ana, account_id, key_id)


@pytest.mark.parametrize("ref", ["CR-1", "CR-", "1", "CR-01", "cr-1", "CR-1x", "CR-²", "CR-" + "9" * 30, ""])
def test_a_change_that_is_not_there_is_not_there(cast: Cast, ref: str) -> None:
    with pytest.raises(Http404):
        change_for(cast.ada, ref)
