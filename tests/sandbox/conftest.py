"""A running sandbox and plain boto3 clients that talk to it over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from keyconsole.demo.seed_kms import seed_story
from keyconsole.sandbox.server import Sandbox
from tests.patience import PATIENCE

PAYMENTS = "111122223333"
RESEARCH = "222233334444"
CONFIG = Config(connect_timeout=PATIENCE, read_timeout=PATIENCE, retries={"total_max_attempts": 1})
HURRIED = CONFIG.merge(Config(read_timeout=0.2))  # for calls that the sandbox does not answer at all
SESSION = boto3.Session()

ClientMaker = Callable[..., Any]


@pytest.fixture
def kms() -> Iterator[Sandbox]:
    """Settles at once; a test that wants to look in between sets `kms.settle_seconds(60)`."""
    with Sandbox(settle_seconds=0, story=seed_story) as sandbox:
        yield sandbox


@pytest.fixture
def client(kms: Sandbox) -> Iterator[ClientMaker]:
    made = []

    def make(
        region: str = "us-east-1",
        *,
        account: str = PAYMENTS,
        service: str = "kms",
        config: Config = CONFIG,
        **keys: str,
    ) -> Any:
        credentials = keys or {"aws_access_key_id": account, "aws_secret_access_key": "x"}
        made.append(
            SESSION.client(service, region_name=region, endpoint_url=kms.url, config=config, **credentials)
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def ask(kms: Sandbox, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """One request to the sandbox's own paths: status and JSON."""
    with closing(HTTPConnection(urlsplit(kms.url).netloc, timeout=PATIENCE)) as connection:
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """The code and the message with which AWS refuses."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def arn(region: str, key_id: str, account: str = PAYMENTS) -> str:
    return f"arn:aws:kms:{region}:{account}:key/{key_id}"


def described(client: ClientMaker, region: str, key_id: str) -> dict[str, Any]:
    metadata: dict[str, Any] = client(region).describe_key(KeyId=arn(region, key_id))["KeyMetadata"]
    return metadata


def role(client: ClientMaker, region: str, key_id: str) -> str:
    return str(described(client, region, key_id)["MultiRegionConfiguration"]["MultiRegionKeyType"])
