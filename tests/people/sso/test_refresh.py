"""Groups are read again while somebody is signed in; and what holds when they cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso import refresh
from keyconsole.people.sso.identity import end_sessions
from keyconsole.people.sso.mapping import add_mapping, wanted
from keyconsole.people.sso.secrets_kept import deciphered
from keyconsole.worker.lanes import lanes
from tests.cast import NOW
from tests.form_client import FormClient
from tests.sso.hostile_provider import Hostile
from tests.sso.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(anonymous: Client, provider: Hostile) -> Client:
    add_mapping(wanted("viewers", role="viewer"), by="ada", now=NOW)
    provider.userinfo = {"groups": ["viewers"]}
    sign_in(anonymous, provider)
    return anonymous


def clock(minutes: int = 20) -> Callable[[], datetime]:
    at = timezone.now() + timedelta(minutes=minutes)
    return lambda: at


def look(minutes: int = 20) -> SsoIdentity:
    refresh.step(refresh.identities().get(), clock=clock(minutes))
    return SsoIdentity.objects.select_related("person").get()


def test_it_is_a_lane_of_the_worker() -> None:
    assert "single sign-on" in {lane.name for lane in lanes(threads=1, clock=timezone.now)}


def test_it_is_due_a_quarter_of_an_hour_after_the_sign_in_and_after_each_look(
    signed_in: Client, provider: Hostile
) -> None:
    identity = SsoIdentity.objects.get()
    assert identity.due_at is not None
    assert timedelta(minutes=14) < identity.due_at - timezone.now() <= timedelta(minutes=15)
    asked = len(provider.asked)
    look(minutes=10)
    assert len(provider.asked) == asked
    after = look(minutes=16)
    assert len(provider.asked) > asked
    assert after.due_at is not None
    assert timedelta(minutes=30) < after.due_at - timezone.now() <= timedelta(minutes=31)
    assert after.lease == ""


def test_who_loses_a_group_loses_the_role_while_signed_in(signed_in: Client, provider: Hostile) -> None:
    assert signed_in.get("/keys/").status_code == 200
    provider.userinfo = {"groups": []}
    look()
    assert signed_in.get("/keys/").status_code == 403
    assert signed_in.get("/help/").status_code == 200


def test_a_refresh_token_that_was_changed_is_the_next_one(signed_in: Client, provider: Hostile) -> None:
    provider.refresh_token = "r-2"
    assert deciphered(look().refresh_token) == "r-2"
    sent = [form for path, form, _ in provider.asked if form.get("grant_type") == "refresh_token"]
    assert sent[-1]["refresh_token"] == "r-1"


def test_absent_at_a_look_takes_nothing(signed_in: Client, provider: Hostile) -> None:
    provider.userinfo = {}
    identity = look()
    assert identity.answer == "absent"
    assert can(identity.person, Permission.VIEW)


def test_a_grant_that_is_over_ends_the_session(signed_in: Client, provider: Hostile) -> None:
    provider.token_error = (400, "invalid_grant")
    identity = look(minutes=16)
    assert (identity.due_at, identity.refresh_token) == (None, "")
    assert Entry.objects.filter(event="sso.ended", subject="anouk").exists()
    assert signed_in.get("/help/").status_code == 302
    assert "no longer stands for it" in signed_in.get("/sign-in/").content.decode()


def test_who_signs_in_anew_meanwhile_is_not_ended_by_the_old_grant(
    signed_in: Client, provider: Hostile
) -> None:
    identity = refresh.identities().get()
    provider.refresh_token = "r-9"
    sign_in(FormClient(), provider)
    assert not end_sessions(identity, why="late", now=timezone.now())
    assert signed_in.get("/help/").status_code == 200


def test_a_provider_that_is_down_changes_nothing_but_what_is_known_of_it(
    signed_in: Client, provider: Hostile
) -> None:
    provider.down = True
    identity = look()
    assert identity.unconfirmed_why.startswith("provider-down")
    assert can(identity.person, Permission.VIEW)
    assert "Your groups were last confirmed" in signed_in.get("/help/").content.decode()
    SsoIdentity.objects.update(due_at=timezone.now())
    look()
    assert Entry.objects.filter(event="sso.unconfirmed").count() == 1
    provider.down = False
    SsoIdentity.objects.update(due_at=timezone.now())
    assert look().unconfirmed_why == ""
    assert Entry.objects.filter(event="sso.confirmed").count() == 1
    assert "Your groups were last confirmed" not in signed_in.get("/help/").content.decode()


@pytest.mark.parametrize(("hours", "stays"), [(11, True), (12, False)])
def test_nobody_stays_in_for_long_whose_groups_nobody_confirmed(
    signed_in: Client, provider: Hostile, hours: int, stays: bool
) -> None:
    """The same where no worker runs: it is the time of the last confirmation that counts."""
    SsoIdentity.objects.update(confirmed_at=timezone.now() - timedelta(hours=hours))
    assert (signed_in.get("/help/").status_code == 200) is stays
    if not stays:
        assert "could not be asked" in signed_in.get("/sign-in/").content.decode()


def test_who_is_signed_out_is_not_asked_about(signed_in: Client, provider: Hostile) -> None:
    signed_in.post("/sign-out/")
    asked = len(provider.asked)
    assert look().due_at is None
    assert len(provider.asked) == asked


def test_who_signs_in_while_a_worker_looks_is_asked_about_again(
    signed_in: Client, provider: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker had seen that nobody is signed in, and would let the row rest."""

    def meanwhile(*_: object, **__: object) -> bool:
        sign_in(FormClient(), provider)
        return False

    monkeypatch.setattr(refresh, "_is_signed_in", meanwhile)
    identity = look(minutes=16)
    assert (identity.lease, identity.due_at is None) == ("", False)


def test_without_a_refresh_token_userinfo_is_asked_as_long_as_it_answers(
    anonymous: Client, provider: Hostile
) -> None:
    provider.refresh_token = ""
    provider.userinfo = {"groups": ["x"]}
    sign_in(anonymous, provider)
    provider.userinfo = {"groups": ["y"]}
    identity = look()
    assert list(identity.groups.values_list("name", flat=True)) == ["y"]
    SsoIdentity.objects.update(access_token="", due_at=timezone.now())
    assert look().due_at is None
    assert "no refresh token" in SsoIdentity.objects.get().unconfirmed_why


def test_pages_ask_nobody(signed_in: Client, provider: Hostile) -> None:
    asked = len(provider.asked)
    SsoIdentity.objects.update(confirmed_at=timezone.now() - timedelta(hours=3), due_at=timezone.now())
    assert signed_in.get("/keys/").status_code == 200
    assert len(provider.asked) == asked
