"""Every way into an account, against STS over real HTTP."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from keyconsole.kms import errors
from keyconsole.kms.sessions import CredentialSource, Source, connect
from tests.kms.stub import StubAws, grants, refuses

PAYMENTS, RESEARCH = "111122223333", "222233334444"
ROLE = f"arn:aws:iam::{PAYMENTS}:role/KeyConsole"
SECRET = "a-secret-that-nobody-may-see"


@pytest.fixture
def user_keys(aws_url: str) -> Iterator[tuple[str, str]]:
    """Long-lived keys of a user in *payments*: the emulator knows the account by them.

    Made for each test: a sandbox that another test starts in this process forgets all users.
    """
    sts = boto3.client("sts", "us-east-1", endpoint_url=aws_url, **static("AKIAROOT", "x"))
    granted = sts.assume_role(RoleArn=ROLE, RoleSessionName="setup")["Credentials"]
    temporary = static(granted["AccessKeyId"], granted["SecretAccessKey"], granted["SessionToken"])
    iam = boto3.client("iam", "us-east-1", endpoint_url=aws_url, **temporary)
    iam.create_user(UserName="keyconsole")
    made = iam.create_access_key(UserName="keyconsole")["AccessKey"]
    yield made["AccessKeyId"], made["SecretAccessKey"]
    iam.delete_access_key(UserName="keyconsole", AccessKeyId=made["AccessKeyId"])
    iam.delete_user(UserName="keyconsole")
    for client in (sts, iam):
        client.close()


def static(access_key: str, secret_key: str, token: str | None = None) -> dict[str, Any]:
    return {
        "aws_access_key_id": access_key,
        "aws_secret_access_key": secret_key,
        "aws_session_token": token,
    }


@pytest.fixture
def environment_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAY_ACCESS_KEY_ID", "AKIASTATIC")
    monkeypatch.setenv("PAY_SECRET_ACCESS_KEY", SECRET)


def who(credential_source: CredentialSource, *, account_id: str = PAYMENTS) -> str:
    with connect(credential_source, account_id=account_id) as session:
        assert session.identity.account_id == account_id
        assert session.identity.partition == "aws"
        return session.identity.arn


def profile_file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "profiles"
    path.write_text(text)
    return str(path)


def test_keys_from_environment_variables(
    aws_url: str, user_keys: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PAY_ACCESS_KEY_ID", user_keys[0])
    monkeypatch.setenv("PAY_SECRET_ACCESS_KEY", user_keys[1])
    credential_source = CredentialSource(source=Source.ENV_KEYS, env_prefix="PAY", endpoint_url=aws_url)
    assert who(credential_source) == f"arn:aws:iam::{PAYMENTS}:user/keyconsole"


def test_keys_from_secret_files_are_those_that_are_sent(
    stub: StubAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    texts = {"ACCESS_KEY_ID": "AKIAFILE\n", "SECRET_ACCESS_KEY": SECRET, "SESSION_TOKEN": "t"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        monkeypatch.setenv(f"PAY_{name}_FILE", str(tmp_path / name))
    who(CredentialSource(source=Source.ENV_KEYS, env_prefix="PAY", endpoint_url=stub.url))
    (request,) = stub.sent("GetCallerIdentity")
    assert "Credential=AKIAFILE/" in request["authorization"]
    assert "x-amz-security-token" in request["authorization"]


def test_a_named_profile_in_a_file_of_its_own(
    aws_url: str, user_keys: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    text = f"[pay]\naws_access_key_id={user_keys[0]}\naws_secret_access_key={user_keys[1]}\n"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODYELSE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    credential_source = CredentialSource(
        source=Source.PROFILE,
        profile_name="pay",
        profile_location=profile_file(tmp_path, text),
        endpoint_url=aws_url,
    )
    assert who(credential_source) == f"arn:aws:iam::{PAYMENTS}:user/keyconsole"


def test_a_profile_with_a_credential_program(aws_url: str, user_keys: tuple[str, str], tmp_path: Path):
    program = tmp_path / "program.py"
    keys = {"Version": 1, "AccessKeyId": user_keys[0], "SecretAccessKey": user_keys[1]}
    program.write_text(f"print({json.dumps(keys)!r})\n")
    text = f"[profile vault]\ncredential_process = {sys.executable} {program}\n"
    credential_source = CredentialSource(
        source=Source.PROFILE,
        profile_name="vault",
        profile_location=profile_file(tmp_path, text),
        endpoint_url=aws_url,
    )
    assert who(credential_source) == f"arn:aws:iam::{PAYMENTS}:user/keyconsole"


def test_a_credential_program_that_fails_is_quoted_to_the_operator(stub: StubAws, tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text("import sys; sys.exit('vault is sealed')\n")
    text = f"[profile vault]\ncredential_process = {sys.executable} {program}\n"
    location = profile_file(tmp_path, text)
    source = CredentialSource(Source.PROFILE, "vault", location, endpoint_url=stub.url)
    assert "sealed" not in str(refused(source, "vault is sealed"))


def test_an_sso_profile_that_is_not_signed_in_says_so(stub: StubAws, tmp_path: Path):
    text = (
        "[profile sso]\nsso_start_url=https://example.com/start\nsso_region=us-east-1\n"
        f"sso_account_id={PAYMENTS}\nsso_role_name=KeyConsole\n"
    )
    location = profile_file(tmp_path, text)
    refused(CredentialSource(Source.PROFILE, "sso", location, endpoint_url=stub.url), "SSO")


def test_the_default_chain_takes_what_the_server_has(
    aws_url: str, user_keys: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", user_keys[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", user_keys[1])
    assert who(CredentialSource(endpoint_url=aws_url)).endswith("user/keyconsole")


@pytest.mark.usefixtures("environment_keys")
def test_a_role_on_top_of_keys(aws_url: str):
    credential_source = CredentialSource(
        source=Source.ENV_KEYS, env_prefix="PAY", role_arn=ROLE, session_name="ana", endpoint_url=aws_url
    )
    assert who(credential_source) == f"arn:aws:sts::{PAYMENTS}:assumed-role/KeyConsole/ana"


def test_a_role_on_top_of_a_web_identity(aws_url: str, tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("a.b.c\n")
    credential_source = CredentialSource(
        source=Source.WEB_IDENTITY,
        web_identity_token_file=str(token),
        web_identity_role_arn=f"arn:aws:iam::{RESEARCH}:role/Hub",
        endpoint_url=aws_url,
    )
    assert f":{RESEARCH}:assumed-role/Hub/keyconsole" in who(credential_source, account_id=RESEARCH)
    chained = CredentialSource(
        source=Source.WEB_IDENTITY,
        web_identity_token_file=str(token),
        web_identity_role_arn=f"arn:aws:iam::{RESEARCH}:role/Hub",
        role_arn=ROLE,
        endpoint_url=aws_url,
    )
    assert f":{PAYMENTS}:assumed-role/KeyConsole/keyconsole" in who(chained)


@pytest.mark.usefixtures("environment_keys")
def test_external_id_and_a_clean_session_name_are_sent(stub: StubAws):
    stub.answers["AssumeRole"] = grants()
    credential_source = CredentialSource(
        Source.ENV_KEYS, env_prefix="PAY", role_arn=ROLE, external_id="x-1", endpoint_url=stub.url
    )
    with connect(credential_source, account_id=PAYMENTS, session_name="Ana Müller <ana@example.com>\n"):
        pass
    (request,) = stub.sent("AssumeRole")
    assert (request["RoleArn"], request["ExternalId"]) == (ROLE, "x-1")
    assert request["RoleSessionName"] == "Ana-M-ller-ana@example.com"


def test_a_web_identity_is_sent_unsigned_and_its_token_read_again(stub: StubAws, tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("first")
    stub.answers["AssumeRoleWithWebIdentity"] = grants(expires="2020-01-01T00:00:00Z")
    credential_source = CredentialSource(
        source=Source.WEB_IDENTITY,
        web_identity_token_file=str(token),
        web_identity_role_arn=ROLE,
        endpoint_url=stub.url,
    )
    refused(credential_source, "still expired")
    token.write_text("second")
    stub.answers["AssumeRoleWithWebIdentity"] = grants()
    who(credential_source)
    requests = stub.sent("AssumeRoleWithWebIdentity")
    assert [request["WebIdentityToken"] for request in requests] == ["first", "second"]
    assert {request["authorization"] for request in requests} == {""}


@pytest.mark.usefixtures("environment_keys")
def test_credentials_of_a_role_renew_themselves(stub: StubAws):
    """Within ten minutes of their end the SDK renews them before it sends anything."""
    stub.answers["AssumeRole"] = [grants(), grants()]
    credential_source = CredentialSource(
        Source.ENV_KEYS, env_prefix="PAY", role_arn=ROLE, endpoint_url=stub.url
    )
    with connect(credential_source, account_id=PAYMENTS) as session:
        session._clients._credentials._expiry_time = datetime(2026, 1, 1, tzinfo=UTC)
        stub.answers["ListKeys"] = refuses(400, "AccessDeniedException")
        with pytest.raises(errors.AccessDenied):
            session.kms("us-east-1").list_keys()
    assert len(stub.sent("AssumeRole")) == 2
    assert "Credential=ASIA2/" in stub.sent("ListKeys")[0]["authorization"]


def test_another_account_than_the_one_configured_is_refused(aws_url: str, environment_keys: None):
    credential_source = CredentialSource(
        Source.ENV_KEYS, env_prefix="PAY", role_arn=ROLE, endpoint_url=aws_url
    )
    with pytest.raises(errors.WrongAccount, match=f"expected {RESEARCH}") as caught:
        connect(credential_source, account_id=RESEARCH)
    assert (caught.value.expected, caught.value.actual) == (RESEARCH, PAYMENTS)


@pytest.mark.usefixtures("environment_keys")
def test_a_role_that_may_not_be_assumed_is_a_denial_of_that_step(stub: StubAws):
    stub.answers["AssumeRole"] = refuses(403, "AccessDenied", "not authorized to perform: sts:AssumeRole")
    credential_source = CredentialSource(
        Source.ENV_KEYS, env_prefix="PAY", role_arn=ROLE, endpoint_url=stub.url
    )
    with pytest.raises(errors.AccessDenied) as caught:
        connect(credential_source, account_id=PAYMENTS)
    assert caught.value.operation == "AssumeRole"


def refused(credential_source: CredentialSource, why: str) -> errors.KmsError:
    """`why` is told to everybody, or to the server's operator alone; a test below says which."""
    with pytest.raises(errors.CredentialsRefused) as caught:
        connect(credential_source, account_id=PAYMENTS)
    assert re.search(f"(?i){why}", caught.value.detail or str(caught.value))
    return caught.value


def incomplete() -> Iterator[tuple[str, CredentialSource]]:
    yield "No profile is named", CredentialSource(source=Source.PROFILE)
    yield "No prefix", CredentialSource(source=Source.ENV_KEYS)
    yield "token file and a role", CredentialSource(source=Source.WEB_IDENTITY)
    yield "not the ARN of a role", CredentialSource(role_arn="KeyConsole")
    yield "not the ARN of a role", CredentialSource(role_arn="arn:aws-moon:iam::111122223333:role/x")
    yield "not the ARN of a role", CredentialSource(role_arn="arn:aws:iam::111122223333:user/ana")
    yield "not the ARN of a role", CredentialSource(role_arn=f"{ROLE}\n" + "x" * 5000)


def not_there(folder: Path) -> Iterator[tuple[str, CredentialSource]]:
    """What the server holds or lacks: who could ask for it by a page would learn of files and variables."""
    there = folder / "there"
    there.write_text("[other]\nregion=eu-west-1\n")
    junk, program, sso = folder / "junk", folder / "program", folder / "sso"
    junk.write_bytes(b"\xff\xfe not text")
    program.write_text("[pay]\ncredential_process = /no/such/program\n")
    sso.write_text(
        "[profile pay]\nsso_start_url=https://example.com/start\nsso_region=us-east-1\n"
        f"sso_account_id={PAYMENTS}\nsso_role_name=KeyConsole\n"
    )
    yield "holds no credentials", CredentialSource()
    yield "profile .*nobody", CredentialSource(source=Source.PROFILE, profile_name="nobody")
    yield "no profile file /no/such", CredentialSource(Source.PROFILE, "pay", "/no/such")
    yield "no profile file", CredentialSource(Source.PROFILE, "pay", str(folder))
    yield "profile .*pay", CredentialSource(Source.PROFILE, "pay", str(there))
    yield "parse", CredentialSource(Source.PROFILE, "pay", str(junk))
    yield "/no/such/program", CredentialSource(Source.PROFILE, "pay", str(program))
    yield "SSO", CredentialSource(Source.PROFILE, "pay", str(sso))
    yield "NOPE_ACCESS_KEY_ID", CredentialSource(source=Source.ENV_KEYS, env_prefix="NOPE")
    yield "SET_SECRET_ACCESS_KEY", CredentialSource(source=Source.ENV_KEYS, env_prefix="SET")
    yield "cannot be read", CredentialSource(source=Source.ENV_KEYS, env_prefix="AWAY")
    for path in ("/no/such", str(folder), str(junk), "/etc/shadow-of-nobody"):
        yield (
            "cannot be read",
            CredentialSource(Source.WEB_IDENTITY, web_identity_token_file=path, web_identity_role_arn=ROLE),
        )


@pytest.mark.parametrize(("why", "credential_source"), list(incomplete()))
def test_what_is_incomplete_is_said_before_anything_is_sent(why: str, credential_source: CredentialSource):
    error = refused(credential_source, why)
    assert (error.detail, re.search(why, str(error)) is None) == ("", False)


def test_what_the_server_holds_or_lacks_is_told_to_its_log_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("SET_ACCESS_KEY_ID", "AKIASTATIC")
    monkeypatch.setenv("AWAY_ACCESS_KEY_ID_FILE", "/no/such/key")
    for why, credential_source in not_there(tmp_path):
        caplog.clear()
        error = refused(replace(credential_source, endpoint_url="http://127.0.0.1:9"), why)
        told = (str(error), error.message, error.code, error.operation, error.region)
        sentence = "The server had no valid credentials: its log says why."
        assert told == (sentence, "its log says why", "", "The server", ""), why
        assert re.search(f"(?i){why}", caplog.text)


def test_a_profile_without_credentials_does_not_fall_back_on_the_server_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODYELSE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    location = profile_file(tmp_path, "[pay]\nregion=eu-west-1\n")
    refused(CredentialSource(Source.PROFILE, "pay", location), "The profile pay holds no credentials")


def test_a_profile_that_needs_a_person_s_device_is_refused_and_does_not_ask(tmp_path: Path):
    text = (
        "[profile mfa]\nsource_profile=base\nmfa_serial=arn:aws:iam::111122223333:mfa/ana\n"
        f"role_arn={ROLE}\n[profile base]\naws_access_key_id=AKIAX\naws_secret_access_key=x\n"
    )
    refused(CredentialSource(Source.PROFILE, "mfa", profile_file(tmp_path, text)), "a person's device")


def test_a_profile_s_region_is_where_sts_is_asked(stub: StubAws, tmp_path: Path):
    text = "[pay]\nregion=eu-central-1\naws_access_key_id=AKIAX\naws_secret_access_key=x\n"
    who(CredentialSource(Source.PROFILE, "pay", profile_file(tmp_path, text), endpoint_url=stub.url))
    assert "/eu-central-1/sts/" in stub.sent("GetCallerIdentity")[0]["authorization"]


def test_keys_of_the_environment_ignore_a_profile_of_the_server(
    stub: StubAws, environment_keys: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    who(CredentialSource(Source.ENV_KEYS, env_prefix="PAY", endpoint_url=stub.url))


@pytest.mark.usefixtures("environment_keys")
@pytest.mark.parametrize(
    "code", ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "IncompleteSignature"]
)
def test_expired_and_malformed_credentials_are_told(stub: StubAws, code: str):
    stub.answers["GetCallerIdentity"] = refuses(403, code, "no good")
    credential_source = CredentialSource(Source.ENV_KEYS, env_prefix="PAY", endpoint_url=stub.url)
    with pytest.raises(errors.CredentialsRefused) as caught:
        connect(credential_source, account_id=PAYMENTS)
    assert caught.value.code == code


@pytest.mark.usefixtures("environment_keys")
def test_no_secret_is_in_the_repr_of_anything(aws_url: str):
    credential_source = CredentialSource(
        Source.ENV_KEYS, env_prefix="PAY", role_arn=ROLE, endpoint_url=aws_url
    )
    with connect(credential_source, account_id=PAYMENTS) as session:
        parts = (credential_source, session, session.identity, vars(session), session.kms("us-east-1"))
        shown = " ".join(map(repr, parts))
    assert SECRET not in shown
