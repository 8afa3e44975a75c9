"""An administrator of one account tries to read the server's files, run a program, be sent a secret."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts import connection_test
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import TERMINAL_ONLY
from keyconsole.inventory.models import Scan
from keyconsole.inventory.scan.run import request_scan, run_scans
from tests.cast import Cast
from tests.kms.stub import StubAws

pytestmark = pytest.mark.django_db
EDIT = "/accounts/111122223333/edit/"
ROLE = "arn:aws:iam::111122223333:role/KeyConsole"
OF_THE_SERVER = ("external_id", *TERMINAL_ONLY)
SECRET = "the-canary-that-nobody-may-see"


@pytest.fixture
def elsewhere() -> Iterator[StubAws]:
    """What the administrator listens with."""
    with StubAws() as stub:
        yield stub


@pytest.fixture
def mallory(client_as: Any, cast: Cast) -> Client:
    """Administers *payments*, and nothing else."""
    grant = cast.ada.role_grants.get()
    grant.account = cast.payments
    grant.save()
    client: Client = client_as("ada")
    return client


@pytest.fixture(params=["terminal", "page"])
def payments(request: pytest.FixtureRequest, cast: Cast) -> AwsAccount:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(
        origin=request.param, role_arn=ROLE, external_id="keyconsole-1", regions=["us-east-1"]
    )
    cast.payments.refresh_from_db()
    return cast.payments


@pytest.fixture
def secrets_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "token").write_text(SECRET)
    program = tmp_path / "program.py"
    program.write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()\n")
    (tmp_path / "profiles").write_text(
        f"[profile hub]\ncredential_process = {sys.executable} {program}\n"
        f"[keys]\naws_access_key_id = {SECRET}\naws_secret_access_key = {SECRET}\n"
        f"aws_session_token = {SECRET}\n"
    )
    monkeypatch.setenv("HUB_ACCESS_KEY_ID", SECRET)
    monkeypatch.setenv("HUB_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("HUB_SESSION_TOKEN", SECRET)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "profiles"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


def attacks(folder: Path, url: str) -> dict[str, dict[str, str]]:
    token = {"web_identity_token_file": str(folder / "token"), "web_identity_role_arn": ROLE}
    own_file = {"source": "profile", "profile_location": str(folder / "profiles")}
    every = {"endpoint_url": url}
    return {
        "a token is sent to an endpoint": {"source": "web-identity", **token, **every},
        "any file is sent as a token": {
            "source": "web-identity",
            "web_identity_role_arn": ROLE,
            "web_identity_token_file": "/etc/passwd",
            **every,
        },
        "a program of a file of one's own": {**own_file, "profile_name": "hub", **every},
        "keys of a file of one's own": {**own_file, "profile_name": "keys", **every},
        "a profile of the server": {"source": "profile", "profile_name": "keys", **every},
        "a program of the server": {"source": "profile", "profile_name": "hub", **every},
        "variables of the server": {"source": "env-keys", "env_prefix": "HUB", **every},
        "the server's own identity elsewhere": {"source": "default", **every},
        "by the names of the choices": {"identity": "profile:keys", **every},
        "by the prefix of the choices": {"identity": "env-keys:HUB", **every},
    }


NAMES = list(attacks(Path(), ""))


def try_everything(account: AwsAccount) -> None:
    """What a worker does with the account afterwards."""
    account.refresh_from_db()
    connection_test.check_connection(account, by="ada", now=timezone.now())
    run_scans([request_scan(account, by="ada", now=timezone.now())])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_read_run_or_sent(
    mallory: Client, payments: AwsAccount, secrets_of_the_server: Path, elsewhere: StubAws, name: str
) -> None:
    stored = AwsAccount.objects.filter(pk=payments.pk).values(*OF_THE_SERVER)
    before = stored.get()
    sent = {"name": "payments", "regions": "us-east-1", "role_arn": ROLE, "external_id": "mine"}
    mallory.post(EDIT, {**sent, **attacks(secrets_of_the_server, elsewhere.url)[name]})
    assert stored.get() == before
    # Nothing was stored that a worker would follow; were it followed, it would end here and not at AWS.
    AwsAccount.objects.filter(pk=payments.pk, endpoint_url="").update(endpoint_url="http://127.0.0.1:9")
    AwsAccount.objects.filter(pk=payments.pk).update(origin="terminal")
    try_everything(payments)
    assert elsewhere.requests == []
    assert not (secrets_of_the_server / "ran").exists()


def test_whether_a_file_is_there_is_told_neither_by_the_page_nor_by_what_is_stored(
    mallory: Client, payments: AwsAccount, secrets_of_the_server: Path
) -> None:
    def told(path: Path) -> str:
        form = {"name": "payments", "regions": "us-east-1", "role_arn": ROLE}
        page = mallory.post(
            EDIT, {**form, "source": "profile", "profile_name": "x", "profile_location": str(path)}
        )
        return page.content.decode() + page.headers.get("Location", "")

    assert told(secrets_of_the_server / "token") == told(secrets_of_the_server / "no such file")


def test_what_the_server_lacks_stands_on_no_page_and_in_no_record(
    mallory: Client, payments: AwsAccount, secrets_of_the_server: Path
) -> None:
    """Set at the terminal, and amiss: the administrator of the account learns that, and no more."""
    told = set()
    for way in (
        {"source": "profile", "profile_name": "nobody"},
        {"source": "profile", "profile_name": "x", "profile_location": str(secrets_of_the_server / "none")},
        {"source": "profile", "profile_name": "x", "profile_location": str(secrets_of_the_server / "token")},
        {"source": "env-keys", "env_prefix": "NOT_SET"},
        {"source": "web-identity", "web_identity_token_file": "/no/such", "web_identity_role_arn": ROLE},
    ):
        clean = dict.fromkeys(
            ("profile_name", "profile_location", "env_prefix", "web_identity_token_file"), ""
        )
        AwsAccount.objects.filter(pk=payments.pk).update(origin="terminal", **{**clean, **way})
        try_everything(payments)
        payments.refresh_from_db()
        [scan] = Scan.objects.filter(account=payments).order_by("-pk")[:1]
        entry = Entry.objects.filter(event="account.tested").order_by("-number")[0]
        page = mallory.get("/accounts/111122223333/").content.decode()
        assert "its log says why" in page
        told.add((payments.test_problem, scan.problem, str(entry.data["problem"])))
    assert len(told) == 1
