"""From a way in to credentials that renew themselves.

Secrets stay inside the SDK's objects, never in our messages. Each account has an SDK session of its own, so
nothing leaks from one account to another; only the models are shared.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import Credentials, DeferredRefreshableCredentials
from botocore.session import Session

from keyconsole.kms.credential_source import CredentialSource, Source
from keyconsole.kms.errors import CredentialsRefused
from keyconsole.kms.mapping import CREDENTIALS, amiss_here, aws_errors
from keyconsole.kms.regions import known_partitions
from keyconsole.kms.sdk import SDK_LOCK, make_session
from keyconsole.logs.secrets import keep_out

# A named profile is taken at its word: where it holds no credentials, the machine's own are not used instead.
_MACHINE_PROVIDERS = ("env", "boto-config", "container-role", "iam-role")

_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/[\w+=,.@/-]+", re.ASCII)

MakeSts = Callable[[Session, Config | None], Any]


class _Given:
    """The SDK's place for credentials that somebody already has."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load_credentials(self) -> Any:
        return self._credentials


def session_with(credential_source: CredentialSource, credentials: Any) -> Session:
    """An SDK session that signs with these credentials, or with none if they are None."""
    with SDK_LOCK:
        session = _bare_session(credential_source)
        session.register_component("credential_provider", _Given(credentials))
        return session


def must_be_complete(credential_source: CredentialSource) -> None:
    """Raise CredentialsRefused for a way in that lacks a part, before anything is sent."""
    if credential_source.source is Source.PROFILE and not credential_source.profile_name:
        _refuse("No profile is named.")
    if credential_source.profile_location and not Path(credential_source.profile_location).is_file():
        raise amiss_here(f"There is no profile file {credential_source.profile_location}.")
    if credential_source.source is Source.ENV_KEYS and not credential_source.env_prefix:
        _refuse("No prefix of environment variables is named.")
    if credential_source.source is Source.WEB_IDENTITY and not (
        credential_source.web_identity_token_file and credential_source.web_identity_role_arn
    ):
        _refuse("A web identity needs a token file and a role.")
    for role in (credential_source.web_identity_role_arn, credential_source.role_arn):
        if role and not (_ROLE_ARN.fullmatch(role) and role.split(":")[1] in known_partitions()):
            _refuse(f"{role[:200]!r} is not the ARN of a role.")


def configured_region(credential_source: CredentialSource) -> str | None:
    """The Region that the profile or the server's environment names."""
    with aws_errors(CREDENTIALS):
        region: str | None = _bare_session(credential_source).get_config_variable("region")
        return region


def find_credentials(credential_source: CredentialSource, *, session_name: str, make_sts: MakeSts) -> Any:
    """The source's credentials, then the role's on top; AWS is not asked before they are first used."""
    base = _base_credentials(credential_source, session_name=session_name, make_sts=make_sts)
    if not credential_source.role_arn:
        return base
    sts = make_sts(session_with(credential_source, base), None)
    request = {"RoleArn": credential_source.role_arn, "RoleSessionName": session_name}
    if credential_source.external_id:
        keep_out([credential_source.external_id])
        request["ExternalId"] = credential_source.external_id

    def assume_role() -> dict[str, str]:
        with aws_errors("AssumeRole"):
            return _renewable(sts.assume_role(**request))

    return DeferredRefreshableCredentials(assume_role, "assume-role")


def _base_credentials(credential_source: CredentialSource, *, session_name: str, make_sts: MakeSts) -> Any:
    if credential_source.source is Source.ENV_KEYS:
        return _keys_from_environment(credential_source.env_prefix)
    if credential_source.source is Source.WEB_IDENTITY:
        return _web_identity(credential_source, session_name=session_name, make_sts=make_sts)
    return _sdk_credentials(credential_source)


def _sdk_credentials(credential_source: CredentialSource) -> Any:
    """The SDK's own chain: variables, profiles, SSO, credential_process, containers, instance roles."""
    with aws_errors(CREDENTIALS):
        session = _bare_session(credential_source)
        if session.get_scoped_config().get("mfa_serial"):
            raise amiss_here("The profile asks for a code of a person's device; a server has none.")
        if credential_source.source is Source.PROFILE:
            resolver = session.get_component("credential_provider")
            for provider in _MACHINE_PROVIDERS:
                resolver.remove(provider)
        credentials = session.get_credentials()
    if credentials is None:
        place = (
            f"The profile {credential_source.profile_name}"
            if credential_source.profile_name
            else "The server's environment"
        )
        raise amiss_here(f"{place} holds no credentials.")
    return credentials


def _bare_session(credential_source: CredentialSource) -> Session:
    # Elsewhere AWS_PROFILE must not reach in: its profile may not exist, or change endpoints.
    session = make_session(
        profile=credential_source.profile_name if credential_source.source is Source.PROFILE else None,
        heed_environment_profile=credential_source.source is Source.DEFAULT,
    )
    session.set_config_variable("sts_regional_endpoints", "regional")
    if credential_source.profile_location:
        session.set_config_variable("credentials_file", credential_source.profile_location)
        session.set_config_variable("config_file", credential_source.profile_location)
    return session


def _keys_from_environment(prefix: str) -> Credentials:
    access_key = _secret(f"{prefix}_ACCESS_KEY_ID")
    secret_key = _secret(f"{prefix}_SECRET_ACCESS_KEY")
    for name, value in (("ACCESS_KEY_ID", access_key), ("SECRET_ACCESS_KEY", secret_key)):
        if not value:
            raise amiss_here(f"Neither {prefix}_{name} nor {prefix}_{name}_FILE is set.")
    session_token = _secret(f"{prefix}_SESSION_TOKEN")
    keep_out([secret_key, session_token])
    return Credentials(access_key, secret_key, session_token or None, method="env-keys")


def _secret(name: str) -> str:
    """The variable, else the content of the file that its _FILE twin names."""
    if value := os.environ.get(name, "").strip():
        return value
    path = os.environ.get(f"{name}_FILE", "")
    return _file_text(path, named_by=f"{name}_FILE").strip() if path else ""


def _web_identity(
    credential_source: CredentialSource, *, session_name: str, make_sts: MakeSts
) -> DeferredRefreshableCredentials:
    sts = make_sts(session_with(credential_source, None), Config(signature_version=UNSIGNED))

    def assume_role() -> dict[str, str]:
        # Read again each time: the platform that writes the token also renews it.
        token = _file_text(credential_source.web_identity_token_file, named_by="the web identity").strip()
        with aws_errors("AssumeRoleWithWebIdentity"):
            return _renewable(
                sts.assume_role_with_web_identity(
                    RoleArn=credential_source.web_identity_role_arn,
                    RoleSessionName=session_name,
                    WebIdentityToken=token,
                )
            )

    return DeferredRefreshableCredentials(assume_role, "assume-role-with-web-identity")


def _renewable(answer: dict[str, Any]) -> dict[str, str]:
    granted = answer["Credentials"]
    return {
        "access_key": granted["AccessKeyId"],
        "secret_key": granted["SecretAccessKey"],
        "token": granted["SessionToken"],
        "expiry_time": granted["Expiration"].isoformat(),
    }


def _file_text(path: str, *, named_by: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise amiss_here(f"The file {path}, named by {named_by}, cannot be read.") from error


def _refuse(message: str) -> NoReturn:
    """For what is incomplete as it was entered: everybody may read that."""
    raise CredentialsRefused(operation=CREDENTIALS, message=message)
