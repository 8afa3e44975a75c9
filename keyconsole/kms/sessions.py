"""One connection to one AWS account: who we are there, its Regions, and a KMS client for each.

Clients are shared by threads and made one at a time. Never lets credentials of another account pass.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, Self

from botocore.config import Config
from botocore.session import Session

from keyconsole.kms.calls import CallCounter
from keyconsole.kms.client import Kms
from keyconsole.kms.credential_source import CredentialSource, Source, clean_session_name
from keyconsole.kms.credentials import (
    configured_region,
    find_credentials,
    must_be_complete,
    session_with,
)
from keyconsole.kms.errors import AccessDenied, WrongAccount
from keyconsole.kms.facts import Identity, principal_of
from keyconsole.kms.mapping import aws_errors
from keyconsole.kms.organization import Organization
from keyconsole.kms.regions import home_region, known_regions, partition_of
from keyconsole.kms.sdk import SDK_LOCK
from keyconsole.logs.secrets import keep_out

__all__ = ["AccountSession", "CallCounter", "CredentialSource", "Source", "connect", "own_identity"]

CONNECT_SECONDS = 3
READ_SECONDS = 10
READ_ATTEMPTS = 4
POOLED_CONNECTIONS = 20


def connect(
    credential_source: CredentialSource, *, account_id: str, session_name: str = "keyconsole"
) -> AccountSession:
    """Enter the account and ask STS who we are; raise WrongAccount if that is not `account_id`."""
    clients = _Clients(
        credential_source, session_name=clean_session_name(credential_source.session_name or session_name)
    )
    try:
        identity = _who_we_are(clients, expected=account_id)
    except BaseException:
        clients.close()
        raise
    return AccountSession(clients, identity=identity)


def own_identity(credential_source: CredentialSource) -> Identity:
    """Who the server is before it assumes the role: whom the role has to trust."""
    keep_out([credential_source.external_id])
    home = credential_source.region_hint or _home(credential_source)
    clients = _Clients(
        replace(credential_source, role_arn="", external_id="", region_hint=home), session_name="keyconsole"
    )
    try:
        with aws_errors("GetCallerIdentity", region=home):
            return Identity.from_answer(clients.get("sts", home).get_caller_identity())
    finally:
        clients.close()


def _who_we_are(clients: _Clients, *, expected: str) -> Identity:
    with aws_errors("GetCallerIdentity", region=clients.home):
        identity = Identity.from_answer(clients.get("sts", clients.home).get_caller_identity())
        if identity.account_id != expected:
            raise WrongAccount(
                operation="GetCallerIdentity",
                region=clients.home,
                expected=expected,
                actual=identity.account_id,
            )
    return identity


class AccountSession:
    """Safe to share between threads. Close it, or use it in a `with`, to give its connections back."""

    def __init__(self, clients: _Clients, *, identity: Identity) -> None:
        self._clients = clients
        self.identity = identity
        self.calls = clients.calls

    def kms(self, region: str) -> Kms:
        return Kms(
            self._clients.get("kms", region),
            account_id=self.identity.account_id,
            region=region,
            write_client=lambda: self._clients.for_one_attempt("kms", region),
        )

    def enabled_regions(self) -> tuple[str, ...]:
        """The Regions with KMS that the account has enabled, from EC2 or, where denied, from Account."""
        try:
            enabled = self._regions_from_ec2()
        except AccessDenied:
            enabled = self._regions_from_account()
        return tuple(region for region in known_regions(self.identity.partition) if region in enabled)

    def _regions_from_ec2(self) -> set[str]:
        home = self._clients.home
        with aws_errors("DescribeRegions", region=home):
            answer = self._clients.get("ec2", home).describe_regions()
            return {region["RegionName"] for region in answer["Regions"]}

    def _regions_from_account(self) -> set[str]:
        home = home_region(self.identity.partition)
        with aws_errors("ListRegions", region=home):
            pages = self._clients.get("account", home).get_paginator("list_regions")
            answers = pages.paginate(RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"])
            return {region["RegionName"] for answer in answers for region in answer["Regions"]}

    def iam_allows(self, action: str, *, resource: str) -> bool:
        """What the identity's own IAM policies say; a key's policy may say otherwise."""
        home = home_region(self.identity.partition)
        with aws_errors("SimulatePrincipalPolicy"):
            answer = self._clients.get("iam", home).simulate_principal_policy(
                PolicySourceArn=principal_of(self.identity.arn),
                ActionNames=[action],
                ResourceArns=[resource],
            )
            return [each["EvalDecision"] for each in answer["EvaluationResults"]] == ["allowed"]

    def organization(self) -> Organization:
        home = home_region(self.identity.partition)
        return Organization(self._clients.get("organizations", home), region=home)

    def close(self) -> None:
        self._clients.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Clients:
    """The SDK's clients of one account: created once each, under the lock that the SDK needs."""

    def __init__(self, credential_source: CredentialSource, *, session_name: str) -> None:
        self._credential_source = credential_source
        self._made: dict[tuple[str, str, bool], Any] = {}
        self._others: list[Any] = []
        self._lock = threading.Lock()
        self.calls = CallCounter()
        must_be_complete(credential_source)
        self.home = _home(credential_source)
        self._credentials = find_credentials(
            credential_source, session_name=session_name, make_sts=self._make_sts
        )
        self._session = session_with(credential_source, self._credentials)

    def get(self, service: str, region: str, *, attempts: int = READ_ATTEMPTS) -> Any:
        key = (service, region, attempts == 1)
        with self._lock:
            client = self._made.get(key)
            if client is None:
                client = self._make(self._session, service, region, attempts=attempts)
                self._made[key] = client
            return client

    def for_one_attempt(self, service: str, region: str) -> Any:
        """A client that sends once. Credentials are renewed first, so that cannot fail within a write."""
        self._credentials.get_frozen_credentials()
        return self.get(service, region, attempts=1)

    def close(self) -> None:
        with self._lock:
            for client in (*self._made.values(), *self._others):
                client.close()

    def _make_sts(self, session: Session, config: Config | None) -> Any:
        client = self._make(session, "sts", self.home, config=config)
        self._others.append(client)
        return client

    def _make(
        self,
        session: Session,
        service: str,
        region: str,
        *,
        attempts: int = READ_ATTEMPTS,
        config: Config | None = None,
    ) -> Any:
        settings = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=POOLED_CONNECTIONS,
            use_fips_endpoint=self._credential_source.use_fips or None,
            use_dualstack_endpoint=self._credential_source.use_dual_stack or None,
            user_agent_extra="keyconsole",
        )
        with SDK_LOCK, aws_errors("CreateClient", region=region):
            client = session.create_client(
                service,
                region_name=region,
                endpoint_url=self._credential_source.endpoint_url or None,
                config=settings.merge(config) if config else settings,
            )
        self.calls.watch(client, region=region)
        return client


def _home(credential_source: CredentialSource) -> str:
    """Where to ask STS: the Region given, else the one configured, else the home of the role's partition."""
    if credential_source.region_hint:
        return credential_source.region_hint
    role = credential_source.role_arn or credential_source.web_identity_role_arn
    partition = role.split(":")[1] if role else None
    region = configured_region(credential_source)
    if region and partition in (None, partition_of(region)):
        return region
    return home_region(partition)
