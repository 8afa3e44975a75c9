"""A proxy's header says who somebody is: from its own address, with each request, and from nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.models import GroupsAnswer, SsoIdentity
from keyconsole.people.sso.identity import link
from keyconsole.people.sso.mapping import add_mapping, wanted
from tests.cast import NOW, Cast
from tests.form_client import FormClient

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
HERE: dict[str, Any] = {"REMOTE_ADDR": "10.0.0.7"}


@pytest.fixture(autouse=True)
def _proxy(settings: Settings) -> None:
    settings.KEYCONSOLE_PROXY_USER_HEADER = "X-Remote-User"
    settings.KEYCONSOLE_PROXY_GROUPS_HEADER = "X-Remote-Groups"
    settings.KEYCONSOLE_PROXY_ADDRESSES = ["10.0.0.0/29", "fd00::1"]


def ask(client: Client, user: str = "", path: str = "/help/", **more: Any) -> Any:
    headers = {"HTTP_X_REMOTE_USER": user} if user else {}
    sent: dict[str, Any] = {**HERE, **headers, **more}
    return client.get(path, **sent)


def who(client: Client, user: str = "", **more: Any) -> str:
    response = ask(client, user, **more)
    return response.context["request"].user.username if response.status_code == 200 else ""


def test_whom_the_proxy_names_is_signed_in_and_recorded(anonymous: Client) -> None:
    assert who(anonymous, "anouk") == "anouk"
    assert list(Entry.objects.values_list("event", flat=True)) == ["person.added", "person.signed_in"]
    assert who(anonymous, "anouk") == "anouk"
    assert Entry.objects.count() == 2
    assert SsoIdentity.objects.get().issuer == "proxy"


@pytest.mark.parametrize("peer", ["10.0.0.8", "127.0.0.1", "fd00::2", "", "nonsense"])
def test_from_elsewhere_the_header_counts_for_nothing_and_is_recorded_once(
    anonymous: Client, peer: str
) -> None:
    for _ in range(3):
        assert who(anonymous, "anouk", REMOTE_ADDR=peer) == ""
    assert not User.objects.exists()
    entry = Entry.objects.get()
    assert entry.event == "sso.header_ignored"
    assert entry.data["header"] == "X-Remote-User"


@pytest.mark.parametrize("peer", ["10.0.0.1", "fd00::1", "::ffff:10.0.0.2"])
def test_addresses_and_networks_are_known_by_either_family(anonymous: Client, peer: str) -> None:
    assert who(anonymous, "anouk", REMOTE_ADDR=peer) == "anouk"


def test_a_forwarded_address_is_no_peer(anonymous: Client) -> None:
    assert who(anonymous, "anouk", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR="10.0.0.7") == ""


def test_a_unix_socket_is_the_proxy_only_where_that_is_said(anonymous: Client, settings: Settings) -> None:
    settings.KEYCONSOLE_PROXY_ADDRESSES = ["unix"]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # as KEYCONSOLE_BEHIND_PROXY sets it, which the check demands
    assert who(anonymous, "anouk", REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="9.9.9.9") == "anouk"
    assert who(FormClient(), "anouk", REMOTE_ADDR="10.0.0.7") == ""


def test_a_proxy_that_names_nobody_any_more_ends_the_session(anonymous: Client) -> None:
    ask(anonymous, "anouk")
    assert who(anonymous) == ""
    assert Entry.objects.filter(event="person.signed_out").exists()


def test_a_request_around_the_proxy_ends_the_session(anonymous: Client) -> None:
    ask(anonymous, "anouk")
    assert who(anonymous, REMOTE_ADDR="9.9.9.9") == ""
    assert who(anonymous, "", REMOTE_ADDR="9.9.9.9") == ""


def test_another_name_in_mid_session_is_another_person(anonymous: Client) -> None:
    ask(anonymous, "anouk")
    session = anonymous.session
    session["of"] = "anouk"
    session.save()
    assert who(anonymous, "bernd") == "bernd"
    assert "of" not in anonymous.session


def test_who_signs_out_is_signed_in_again_by_the_proxy(anonymous: Client) -> None:
    ask(anonymous, "anouk")
    anonymous.post("/sign-out/", **HERE, HTTP_X_REMOTE_USER="anouk")
    assert who(anonymous, "anouk") == "anouk"


def test_a_local_name_is_not_taken_over(anonymous: Client, cast: Cast) -> None:
    response = ask(anonymous, "ana")
    assert response.status_code == 403
    assert "link_sso" in response.content.decode()
    assert Entry.objects.get().data["why"] == "name-taken"


def test_who_was_linked_to_another_name_is_no_longer_signed_in_by_the_old_one(anonymous: Client) -> None:
    ask(anonymous, "anouk")
    link(User.objects.get(), issuer="proxy", sub="anouk.a", by="ops", now=NOW)
    assert ask(anonymous, "anouk").status_code == 403
    assert who(FormClient(), "anouk.a") == "anouk"


def test_disabled_people_stay_out(anonymous: Client) -> None:
    ask(anonymous, "anouk")
    User.objects.update(is_active=False)
    assert ask(anonymous, "anouk").status_code == 403


def test_its_groups_have_three_answers(anonymous: Client, cast: Cast) -> None:
    add_mapping(wanted("viewers", role="viewer"), by="ada", now=NOW)

    def may_view(**more: str) -> bool:
        ask(anonymous, "anouk", **more)
        return can(User.objects.get(username="anouk"), Permission.VIEW)

    assert may_view(HTTP_X_REMOTE_GROUPS="staff, viewers")
    assert may_view()  # absent
    assert SsoIdentity.objects.get().answer == GroupsAnswer.ABSENT
    assert may_view(HTTP_X_REMOTE_GROUPS="staff,viewers")
    assert not may_view(HTTP_X_REMOTE_GROUPS="")
    assert SsoIdentity.objects.get().answer == GroupsAnswer.EMPTY


def test_probes_sign_nobody_in(anonymous: Client) -> None:
    ask(anonymous, "anouk", path="/healthy/")
    assert not User.objects.exists()


def test_without_the_setting_the_header_is_nothing(anonymous: Client, settings: Settings) -> None:
    settings.KEYCONSOLE_PROXY_USER_HEADER = ""
    assert who(anonymous, "anouk") == ""
    assert not Entry.objects.exists()
