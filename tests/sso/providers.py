"""Fixtures: the settings that name a provider, and the one that lies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from keyconsole.people.sso.oidc import discovery
from tests.sso.hostile_provider import CLIENT_ID, CLIENT_SECRET, Hostile, serving


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    discovery.forget()
    yield
    discovery.forget()


def name_provider(settings: Settings, issuer: str, *, client_id: str = CLIENT_ID) -> None:
    settings.KEYCONSOLE_OIDC_DISCOVERY_URL = f"{issuer}/.well-known/openid-configuration"
    settings.KEYCONSOLE_OIDC_CLIENT_ID = client_id
    settings.KEYCONSOLE_OIDC_CLIENT_SECRET = CLIENT_SECRET
    settings.KEYCONSOLE_OIDC_NAME = "Example ID"


@pytest.fixture
def provider(settings: Settings, db: None) -> Iterator[Hostile]:
    with serving() as hostile:
        name_provider(settings, hostile.issuer)
        yield hostile
