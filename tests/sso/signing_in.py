"""A browser's way to the provider and back, as tests go it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from tests.sso.hostile_provider import Hostile


def go_there(client: Client, path: str = "/sign-in/sso/", **query: str) -> dict[str, str]:
    """What the provider is asked."""
    response = client.get(path, query)
    assert response.status_code == 302, response.content.decode()
    return {name: each[0] for name, each in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def come_back(client: Client, provider: Hostile, asked: dict[str, str], **over: str) -> Any:
    provider.last_nonce = asked["nonce"]
    answer = {"code": "c-1", "state": asked["state"], **over}
    return client.get("/sign-in/sso/callback/", {name: each for name, each in answer.items() if each})


def sign_in(client: Client, provider: Hostile, **query: str) -> Any:
    return come_back(client, provider, go_there(client, **query))
