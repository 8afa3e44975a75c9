"""`manage.py add_account`, and testing a connection."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts import connection_test
from keyconsole.aws_accounts.connection_test import check_connection as try_account
from keyconsole.aws_accounts.connection_test import request_test
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.sandbox.server import Sandbox
from tests.cast import NOW, make_account

pytestmark = pytest.mark.django_db
ROLE = "arn:aws:iam::111122223333:role/KeyConsole"


def add(*arguments: str) -> None:
    call_command("add_account", *arguments)


def at_the_sandbox(kms: Sandbox) -> list[str]:
    return ["--env-keys", "DESK", "--endpoint-url", kms.url, "--regions", "us-east-1,eu-west-1"]


def test_it_adds_the_account_connects_and_says_who_we_are(
    kms: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    add(
        "111122223333", "--name", "payments", "--role-arn", ROLE, "--external-id", "x-1", *at_the_sandbox(kms)
    )
    assert capsys.readouterr().out.splitlines() == [
        "Added payments (111122223333).",
        "Connected as arn:aws:sts::111122223333:assumed-role/KeyConsole/keyconsole-test.",
    ]
    account = AwsAccount.objects.get()
    assert (account.source, account.regions) == ("env-keys", ["eu-west-1", "us-east-1"])
    assert account.tested_at is not None
    assert account.test_problem == ""
    assert list(Entry.objects.values_list("event", "actor")) == [
        ("account.added", "the terminal of keys-1, as OS user root"),
        ("account.tested", "the terminal of keys-1, as OS user root"),
    ]


def test_credentials_of_another_account_are_refused_and_nothing_is_stored(kms: Sandbox) -> None:
    with pytest.raises(
        CommandError, match=r"another account than the one configured.*Nothing was stored"
    ) as no:
        add("222233334444", "--name", "research", *at_the_sandbox(kms))
    assert no.value.returncode == 1
    assert not AwsAccount.objects.exists()
    assert not Entry.objects.exists()


def test_an_account_that_cannot_be_entered_yet_is_added_with_the_reason(
    kms: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    kms.fault("role-missing", account="111122223333")
    add("111122223333", "--name", "payments", "--role-arn", ROLE, *at_the_sandbox(kms))
    assert "cannot enter it yet: The role KeyConsole cannot be assumed" in capsys.readouterr().out
    assert "AssumeRole" in AwsAccount.objects.get().test_problem


def test_without_a_test_nothing_is_asked(kms: Sandbox) -> None:
    add("111122223333", "--name", "payments", "--no-test", *at_the_sandbox(kms))
    assert AwsAccount.objects.get().tested_at is None
    assert kms.calls()["total"] == 0


@pytest.mark.parametrize(
    ("options", "stored"),
    [
        (["--profile", "p", "--profile-location", "/x"], {"source": "profile", "profile_location": "/x"}),
        (["--env-keys", "PAY"], {"source": "env-keys", "env_prefix": "PAY"}),
        (
            ["--web-identity-token-file", "/t", "--web-identity-role-arn", ROLE],
            {"source": "web-identity", "web_identity_token_file": "/t", "web_identity_role_arn": ROLE},
        ),
        (["--role-arn", ROLE, "--session-name", "ops"], {"source": "default", "session_name": "ops"}),
        (["--env-keys", "PAY", "--role-arn", ROLE], {"env_prefix": "PAY", "role_arn": ROLE}),
        (["--fips", "--dual-stack"], {"use_fips": True, "use_dual_stack": True, "regions": []}),
    ],
)
def test_every_way_in_has_its_options(options: list[str], stored: dict[str, Any]) -> None:
    add("111122223333", "--name", "payments", "--no-test", *options)
    account = AwsAccount.objects.get()
    assert {name: getattr(account, name) for name in stored} == stored


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["1", "--name", "payments", "--no-test"], 1, "account id: An AWS account number"),
        (["111122223333", "--name", "payments", "--regions", "mars-1", "--no-test"], 1, "regions: No Region"),
        (["111122223333", "--name", "p", "--profile", "a", "--env-keys", "B"], 2, "Name one of --profile"),
    ],
)
def test_what_cannot_stand_is_told_by_field(arguments: list[str], status: int, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        add(*arguments)
    assert refused.value.returncode == status
    assert not AwsAccount.objects.exists()


def test_a_connection_is_tested_by_a_worker_once_for_each_time_it_is_asked(kms: Sandbox) -> None:
    account = make_account(
        "payments", "111122223333", source="env-keys", env_prefix="DESK", endpoint_url=kms.url
    )
    account.role_arn = ROLE
    account.save()
    request_test(account, by="ada", now=NOW)
    due, late = AwsAccount.objects.get(due_at=NOW), AwsAccount.objects.get(due_at=NOW)
    for found in (due, late):
        connection_test.step(found, clock=lambda: NOW)
    assert not AwsAccount.objects.filter(due_at__isnull=False).exists()
    entry = Entry.objects.get(event="account.tested")
    assert (entry.actor, entry.data["problem"]) == ("ada", "")


def test_a_wrong_account_is_a_problem_of_the_connection(kms: Sandbox) -> None:
    account = make_account(
        "research", "222233334444", source="env-keys", env_prefix="DESK", endpoint_url=kms.url
    )
    assert try_account(account, by="ada", now=NOW + timedelta(minutes=1)).identity is None
    account.refresh_from_db()
    assert "another account than the one configured" in account.test_problem


def test_no_secret_is_stored_shown_or_recorded(
    kms: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"
    (tmp_path / "secret").write_text(secret)
    monkeypatch.delenv("DESK_SECRET_ACCESS_KEY")
    monkeypatch.setenv("DESK_SECRET_ACCESS_KEY_FILE", str(tmp_path / "secret"))
    add("111122223333", "--name", "payments", "--role-arn", ROLE, *at_the_sandbox(kms))
    account = AwsAccount.objects.values().get()
    told = f"{account} {list(Entry.objects.values())} {capsys.readouterr()}"
    assert "Connected as" in told
    assert secret not in told
