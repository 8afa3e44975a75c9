"""Somebody with the AWS command line, outside of KeyConsole."""

from __future__ import annotations

from typing import Any, Self

import boto3

_DESK_KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "only-for-the-sandbox"}


class Outside:
    """Makes SDK clients in any account of a sandbox, and closes all of them: also where a test has failed.

    A failed test keeps its clients for its report, and their sockets would be found open in a later test.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: list[Any] = []

    def client(self, account_id: str, region: str, *, service: str = "kms") -> Any:
        sts = self._make("sts", region, **_DESK_KEYS)
        role = sts.assume_role(RoleArn=f"arn:aws:iam::{account_id}:role/Admin", RoleSessionName="somebody")
        given = role["Credentials"]
        return self._make(
            service,
            region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    def _make(self, service: str, region: str, **keys: str) -> Any:
        client = boto3.client(service, region_name=region, endpoint_url=self._url, **keys)
        self._made.append(client)
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._made:
            client.close()
