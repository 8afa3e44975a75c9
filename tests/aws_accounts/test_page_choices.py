"""What a page may say about the way into an account, judged where it is stored and where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.connect import enter
from keyconsole.aws_accounts.connection_test import check_connection
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import AT_THE_TERMINAL, NOT_ALLOWED, TERMINAL_ONLY, Origin
from keyconsole.aws_accounts.register import Invalid, add_account, change_account
from keyconsole.kms.errors import CredentialsRefused
from keyconsole.sandbox.server import Sandbox
from tests.cast import NOW

pytestmark = pytest.mark.django_db
NUMBER = "111122223333"
ROLE = f"arn:aws:iam::{NUMBER}:role/KeyConsole"
OTHER_ROLE = f"arn:aws:iam::{NUMBER}:role/Other"
PAGE, TERMINAL = Origin.PAGE, Origin.TERMINAL
ENDPOINT = "https://kms.example.org"
OF_THE_SERVER: list[dict[str, Any]] = [
    {"source": "profile", "profile_name": "hub"},
    {"source": "profile", "profile_name": "hub", "profile_location": "/etc/passwd"},
    {"source": "env-keys", "env_prefix": "HUB"},
    {"source": "web-identity", "web_identity_token_file": "/etc/passwd", "web_identity_role_arn": ROLE},
    {"endpoint_url": ENDPOINT},
]


@pytest.fixture
def allowing(settings: Settings) -> Settings:
    settings.KEYCONSOLE_ALLOWED_PROFILES = ["hub"]
    settings.KEYCONSOLE_ALLOWED_ENV_PREFIXES = ["HUB"]
    settings.KEYCONSOLE_ALLOWED_ENDPOINTS = [ENDPOINT]
    return settings


def add(origin: Origin = PAGE, **fields: Any) -> AwsAccount:
    wanted = {"name": "payments", "role_arn": ROLE, **fields}
    return add_account(NUMBER, origin=origin, by="ada", now=NOW, **wanted)


def change(account: AwsAccount, origin: Origin = PAGE, **fields: Any) -> AwsAccount:
    return change_account(account, origin=origin, by="ada", now=NOW, **fields)


def problems_of(*arguments: Any, **fields: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        (change if arguments else add)(*arguments, **fields)
    return refused.value.problems


@pytest.mark.parametrize("fields", OF_THE_SERVER)
def test_by_default_a_page_chooses_nothing_of_the_server(fields: dict[str, Any]) -> None:
    assert set(problems_of(**fields).values()) == {NOT_ALLOWED}
    assert not AwsAccount.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("fields", OF_THE_SERVER)
def test_what_a_page_added_no_page_turns_into_it(fields: dict[str, Any]) -> None:
    account = add()
    assert set(problems_of(account, **fields).values()) == {NOT_ALLOWED}
    assert AwsAccount.objects.get().source == "default"


@pytest.mark.parametrize("fields", OF_THE_SERVER)
def test_the_terminal_says_it_and_from_then_on_no_page_does(fields: dict[str, Any]) -> None:
    account = change(add(), TERMINAL, **fields)
    assert account.origin == TERMINAL
    changed = change(account, session_name="desk")
    assert (changed.origin, changed.session_name) == (TERMINAL, "desk")
    stored = AwsAccount.objects.get()
    assert {name: getattr(stored, name) for name in fields} == fields


@pytest.mark.parametrize(
    "fields", [{"source": "profile", "profile_name": "hub"}, {"source": "env-keys", "env_prefix": "HUB"}]
)
@pytest.mark.parametrize("endpoint", [{}, {"endpoint_url": ENDPOINT}])
def test_a_page_chooses_among_the_names_that_the_operator_allowed(
    allowing: Settings, fields: dict[str, Any], endpoint: dict[str, Any]
) -> None:
    account = add(**fields, **endpoint)
    assert (account.origin, account.role_arn) == (PAGE, ROLE)


@pytest.mark.parametrize(
    "fields",
    [
        {"source": "profile", "profile_name": "hub", "profile_location": "/srv/mine"},
        {"source": "profile", "profile_name": "HUB"},
        {"source": "profile", "profile_name": "hub/../other"},
        {"source": "env-keys", "env_prefix": "HUB_2"},
        {"source": "env-keys", "env_prefix": "AWS"},
        {"source": "web-identity", "web_identity_token_file": "hub", "web_identity_role_arn": ROLE},
        {"endpoint_url": f"{ENDPOINT}/"},
        {"endpoint_url": f"{ENDPOINT}.example.com"},
        {"endpoint_url": "http://kms.example.org"},
        {"endpoint_url": "http://169.254.169.254"},
    ],
)
def test_what_is_like_an_allowed_name_is_not_one(allowing: Settings, fields: dict[str, Any]) -> None:
    assert set(problems_of(**fields).values()) == {NOT_ALLOWED}


def test_a_file_that_is_there_gets_the_same_answer_as_one_that_is_not(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("[hub]\n")
    for way in (
        {"source": "profile", "profile_name": "hub"},
        {"source": "web-identity", "web_identity_role_arn": ROLE},
    ):
        name = "profile_location" if way["source"] == "profile" else "web_identity_token_file"
        answers = [problems_of(**way, **{name: path}) for path in (str(there), str(tmp_path / "not there"))]
        assert answers[0] == answers[1]


@pytest.mark.parametrize("name", TERMINAL_ONLY)
def test_each_thing_that_the_terminal_said_stays(allowing: Settings, name: str) -> None:
    account = add(TERMINAL, source="env-keys", env_prefix="PAYMENTS", endpoint_url="https://vpce.example.org")
    other: dict[str, Any] = (
        {"source": "profile", "profile_name": "hub"} if name == "source" else {name: "HUB"}
    )
    if name == "endpoint_url":
        other = {name: ENDPOINT}
    if name in {"profile_name", "profile_location", "web_identity_token_file", "web_identity_role_arn"}:
        # They belong to another source, and are left out where it is not chosen.
        assert change(account, **other).credential_source == account.credential_source
        return
    assert AT_THE_TERMINAL in problems_of(account, **other).values()
    stored = AwsAccount.objects.get()
    assert (stored.source, stored.env_prefix, stored.endpoint_url) == (
        "env-keys",
        "PAYMENTS",
        "https://vpce.example.org",
    )


def test_not_even_the_servers_own_identity_takes_the_place_of_what_the_terminal_said() -> None:
    account = add(TERMINAL, source="env-keys", env_prefix="PAYMENTS")
    assert problems_of(account, source="default")["source"] == AT_THE_TERMINAL


def test_the_terminal_wins_over_a_page_that_was_opened_before() -> None:
    add()
    opened, at_terminal = AwsAccount.objects.get(), AwsAccount.objects.get()
    change(at_terminal, TERMINAL, source="env-keys", env_prefix="PAYMENTS")
    assert problems_of(opened, name="cards", source="default")["source"] == AT_THE_TERMINAL
    assert change(opened, name="cards").env_prefix == "PAYMENTS"


def test_a_page_always_names_a_role_and_never_takes_one_away() -> None:
    assert set(problems_of(role_arn="")) == {"role_arn"}
    account = add()
    assert "role_arn" in problems_of(account, role_arn="")
    kept = change(account, TERMINAL, source="env-keys", env_prefix="HUB")
    assert "role_arn" in problems_of(kept, role_arn="")
    without = change(kept, TERMINAL, role_arn="", external_id="")
    assert change(without, name="cards").role_arn == ""


def test_the_external_id_is_ours_and_nobody_guesses_it() -> None:
    account = add()
    first = account.external_id
    assert len(first) >= 32
    account.delete()
    assert add().external_id != first
    assert "external_id" in problems_of(AwsAccount.objects.get(), external_id="mine")
    AwsAccount.objects.all().delete()
    assert set(problems_of(external_id="mine")) == {"external_id"}


def test_it_stays_when_the_role_changes_and_is_made_where_there_was_none() -> None:
    account = add()
    first = account.external_id
    assert change(account, role_arn=OTHER_ROLE).external_id == first
    without = change(account, TERMINAL, external_id="")
    assert change(without, name="cards").external_id == ""
    assert len(change(without, role_arn=ROLE).external_id) >= 32
    assert change(without, TERMINAL, external_id="as-agreed-1").external_id == "as-agreed-1"


def test_a_name_that_is_taken_back_enters_nothing_and_nothing_is_sent(
    kms: Sandbox, settings: Settings
) -> None:
    settings.KEYCONSOLE_ALLOWED_ENV_PREFIXES, settings.KEYCONSOLE_ALLOWED_ENDPOINTS = ["DESK"], [kms.url]
    account = add(source="env-keys", env_prefix="DESK", endpoint_url=kms.url, regions=["us-east-1"])
    assert check_connection(account, by="ada", now=NOW) is not None
    sent = kms.calls()["total"]
    settings.KEYCONSOLE_ALLOWED_ENDPOINTS = []
    with pytest.raises(CredentialsRefused, match="the operator of the server does not allow"):
        enter(account)
    settings.KEYCONSOLE_ALLOWED_ENV_PREFIXES, settings.KEYCONSOLE_ALLOWED_ENDPOINTS = [], [kms.url]
    assert check_connection(account, by="ada", now=NOW).identity is None
    assert "does not allow" in AwsAccount.objects.get().test_problem
    assert kms.calls()["total"] == sent
    assert change(account, TERMINAL, session_name="desk").origin == PAGE
    assert change(account, TERMINAL, source="env-keys", env_prefix="DESK").origin == TERMINAL
    assert Entry.objects.order_by("-number")[0].data == {"origin": {"from": "page", "to": "terminal"}}
    assert check_connection(account, by="terminal", now=NOW) is not None
