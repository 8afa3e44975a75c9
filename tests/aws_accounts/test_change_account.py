"""`manage.py change_account`: what a page can only choose is said here."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.sandbox.server import Sandbox
from tests.cast import make_account

pytestmark = pytest.mark.django_db
ROLE = "arn:aws:iam::111122223333:role/KeyConsole"


@pytest.fixture
def payments(db: None) -> AwsAccount:
    return make_account(
        "payments",
        "111122223333",
        source="profile",
        profile_name="hub",
        role_arn=ROLE,
        external_id="kc-1",
        use_fips=True,
        regions=["us-east-1"],
        origin="page",
    )


def change(*arguments: str, test: bool = False) -> AwsAccount:
    call_command("change_account", "payments", *arguments, *([] if test else ["--no-test"]))
    return AwsAccount.objects.get()


@pytest.mark.parametrize(
    ("options", "stored"),
    [
        (["--name", "cards"], {"name": "cards", "origin": "page"}),
        (["--regions", "eu-west-1"], {"regions": ["eu-west-1"], "origin": "page"}),
        (["--no-fips"], {"use_fips": False, "origin": "page"}),
        (["--dual-stack"], {"use_dual_stack": True, "use_fips": True}),
        (
            ["--profile-location", "/x"],
            {"profile_location": "/x", "profile_name": "hub", "origin": "terminal"},
        ),
        (["--env-keys", "PAY"], {"source": "env-keys", "env_prefix": "PAY", "profile_name": ""}),
        (["--endpoint-url", "https://kms.example.org"], {"endpoint_url": "https://kms.example.org"}),
        (["--server-identity"], {"source": "default", "profile_name": "", "origin": "terminal"}),
        (["--external-id", "as-agreed"], {"external_id": "as-agreed", "role_arn": ROLE, "origin": "page"}),
        (["--role-arn", "", "--external-id", ""], {"role_arn": "", "external_id": ""}),
    ],
)
def test_it_changes_what_is_named_and_keeps_the_rest(
    payments: AwsAccount, options: list[str], stored: dict[str, Any]
) -> None:
    account = change(*options)
    assert {name: getattr(account, name) for name in stored} == stored
    [entry] = Entry.objects.all()
    assert (entry.event, entry.actor) == ("account.changed", "the terminal of keys-1, as OS user root")


def test_it_tries_the_new_way_and_says_who_we_are(
    payments: AwsAccount, kms: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    account = change("--env-keys", "DESK", "--endpoint-url", kms.url, "--no-fips", test=True)
    assert capsys.readouterr().out.splitlines() == [
        "Changed payments (111122223333).",
        "Connected as arn:aws:sts::111122223333:assumed-role/KeyConsole/keyconsole-test.",
    ]
    assert account.tested_at is not None


def test_where_it_cannot_be_entered_the_operator_reads_why(
    payments: AwsAccount, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    account = change("--env-keys", "NOT_SET", test=True)
    assert "cannot enter it yet: The server had no valid credentials" in capsys.readouterr().out
    assert "Neither NOT_SET_ACCESS_KEY_ID nor NOT_SET_ACCESS_KEY_ID_FILE is set." in caplog.text
    assert "NOT_SET" not in account.test_problem


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["payments", "--regions", "mars-1"], 1, "regions: No Region"),
        (["payments", "--role-arn", ROLE.replace("1111", "9999")], 1, "role arn: The role belongs to"),
        (["payments", "--profile", "a", "--env-keys", "B"], 2, "Name one of --profile"),
        (["payments", "--profile", "a", "--server-identity"], 2, "Name one of --profile"),
        (["nobody"], 2, "There is no account 'nobody'"),
    ],
)
def test_what_cannot_stand_is_told_and_nothing_changes(
    payments: AwsAccount, arguments: list[str], status: int, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("change_account", *arguments, "--no-test")
    assert refused.value.returncode == status
    assert not Entry.objects.exists()
